"""A Gradio app with an endpoint for each thing that a form has to get right."""

import threading
from pathlib import Path

import altair
import gradio as gr

RELEASED = threading.Event()


def describe(text, number, part, flag, letter, digit, several, picture, note):
    """Everything that came, in the answer's JSON."""
    shape = None if picture is None else [*picture.shape, int(picture[0, 0, 0]), int(picture[0, 0, 2])]
    told = {
        "text": text,
        "number": number,
        "part": part,
        "flag": flag,
        "letter": letter,
        "digit": digit,
        "several": several,
        "picture": shape,
        "note": note,
    }
    return (
        told,
        picture,
        {"cat": 0.75, "dog": 0.25},
        "**bold** <img src=x>\n\n- ![far](https://example.org/spy.png)",
        3.5,
        [(picture, "the same")] if picture is not None else [],
    )


def others(name):
    return f"<b>{name}</b><script>parent.document.title = 'stolen'</script>", gr.update(value=[[1, "a"]]), name


def files(sound, file, several, table, chart):
    """The files' contents and the table, in the answer's JSON; the files themselves."""
    told = {
        "sound": Path(sound).read_bytes()[:4].decode(),
        "file": Path(file).read_text(),
        "several": [Path(one).read_text() for one in several],
        "table": table.to_dict("split", index=False),
    }
    plot = altair.Chart(table).mark_point().encode(x="n:Q") if chart else None
    return told, sound, file, plot


def count(number, progress=gr.Progress()):  # noqa: B008
    for _ in progress.tqdm(range(int(number)), desc="Counting"):
        RELEASED.wait(60)
    return f"counted to {int(number)}"


def letters(word):
    for end in range(1, len(word) + 1):
        yield word[:end]
        RELEASED.wait(60)


def refuse(word):
    raise gr.Error(f"{word} is not a leaf")


def crash(word):
    raise ValueError("a secret of the host")


def release():
    RELEASED.set()


def hold():
    RELEASED.clear()


with gr.Blocks() as demo:
    gr.Button("describe").click(
        describe,
        [
            gr.Textbox(label="Text", value="leaf"),
            gr.Number(label="Number", value=3),
            gr.Slider(0, 10, value=4, step=1, label="Part"),
            gr.Checkbox(label="Flag", value=True),
            gr.Radio(["a", "b"], value="b", label="Letter"),
            gr.Dropdown([("one", 1), ("two", 2)], value=2, label="Digit"),
            gr.CheckboxGroup(["x", "y", "z"], value=["x"], label="Several"),
            gr.Image(label="Picture"),
            gr.JSON(label="Note"),
        ],
        [
            gr.JSON(label="Told"),
            gr.Image(label="Same"),
            gr.Label(label="Animal"),
            gr.Markdown(label="Marked"),
            gr.Number(label="Half"),
            gr.Gallery(label="Gallery"),
        ],
        api_name="describe",
    )
    word, answer = gr.Textbox(label="Word", value="oak"), gr.Textbox(label="Answer")
    number = gr.Number(label="Up to", value=3)
    gr.Button("others").click(
        others, word, [gr.HTML(label="Page"), gr.Dataframe(label="Rows", headers=["n", "s"]), answer], api_name="others"
    )
    gr.Button("files").click(
        files,
        [
            gr.Audio(label="Sound", type="filepath"),
            gr.File(label="One file"),
            gr.File(label="Several files", file_count="multiple"),
            gr.Dataframe(label="Table", headers=["n", "s"], datatype=["number", "str"]),
            gr.Checkbox(label="Chart", value=True),
        ],
        [gr.JSON(label="Told"), gr.Audio(label="Sound again"), gr.File(label="File again"), gr.Plot(label="Chart")],
        api_name="files",
    )
    gr.Button("count").click(count, number, answer, api_name="count")
    gr.Button("letters").click(letters, word, answer, api_name="letters")
    gr.Button("refuse").click(refuse, word, answer, api_name="refuse")
    gr.Button("crash").click(crash, word, answer, api_name="crash")
    gr.Button("release").click(release, api_name="release", queue=False)
    gr.Button("hold").click(hold, api_name="hold", queue=False)

if __name__ == "__main__":
    demo.launch()
