"""The bridge: values of the form as arguments, return values as answers. The same modules run in the browser."""

import asyncio
import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from paper_companion.demo.bridge import answer_or_error, answers, open_or_error
from paper_companion.demo.bridge.answers import AnswerError
from paper_companion.demo.bridge.arguments import argument
from paper_companion.demo.bridge.wire import packed, unpacked
from PIL import Image


def shown(kind: str, value, **output):
    return answers.shown({"id": "out", "type": kind, **output}, value)


def opened(tmp_path, code: str, inputs=({"id": "x", "type": "text"},), outputs=({"id": "y", "type": "text"},)):
    (tmp_path / "app.py").write_text(code)
    return open_or_error("app.py:f", str(tmp_path), list(inputs), list(outputs))


@pytest.fixture(autouse=True)
def working_folder(monkeypatch, tmp_path):
    """Opening a demo changes the working folder, the path and the modules: all three come back."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    yield
    __import__("sys").modules.pop("app", None)


def ask(demo, **values):
    return asyncio.run(answer_or_error(demo, values))


GREY = {"width": 3, "height": 2, "mode": "L", "data": bytes([0, 1, 2, 3, 4, 5])}
COLOUR = {"width": 2, "height": 1, "mode": "RGB", "data": bytes([1, 2, 3, 4, 5, 6])}


def test_an_image_becomes_rows_an_array_a_pillow_image_or_a_file(tmp_path):
    def given(form, image):
        return argument({"id": "i", "type": "image", "value": form}, image, str(tmp_path))

    assert given("list", GREY) == [[0, 1, 2], [3, 4, 5]]
    assert given("list", COLOUR) == [[(1, 2, 3), (4, 5, 6)]]
    assert given("numpy", GREY).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert given("numpy", COLOUR).shape == (1, 2, 3)
    assert given("pil", COLOUR).getpixel((1, 0)) == (4, 5, 6)
    assert np.asarray(Image.open(given("path", GREY))).tolist() == [[0, 1, 2], [3, 4, 5]]


def test_a_sound_becomes_a_file_or_a_rate_with_samples(tmp_path):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setparams((2, 2, 8000, 0, "NONE", ""))
        sound.writeframes(struct.pack("<4h", 1, 2, -3, 4))
    given = {"name": "a.wav", "data": stream.getvalue()}

    rate, samples = argument({"id": "s", "type": "audio", "value": "numpy"}, given, str(tmp_path))
    path = argument({"id": "s", "type": "audio", "value": "path"}, given, str(tmp_path))

    assert (rate, samples.tolist()) == (8000, [[1, 2], [-3, 4]])
    assert Path(path).read_bytes() == given["data"]


def test_files_of_one_name_do_not_meet_and_names_cannot_leave_the_folder(tmp_path):
    field = {"id": "f", "type": "file", "multiple": True}
    files = [{"name": "../../a.txt", "data": b"1"}, {"name": "a.txt", "data": b"2"}]

    paths = argument(field, files, str(tmp_path))

    assert [Path(path).read_bytes() for path in paths] == [b"1", b"2"]
    assert all(path.startswith(str(tmp_path)) and path.endswith("/a.txt") for path in paths)


def test_labels_come_ranked_whatever_kind_of_number_they_have():
    assert shown("label", {"a": 0.25, "b": np.float32(0.75)}) == [
        {"label": "b", "confidence": 0.75},
        {"label": "a", "confidence": 0.25},
    ]
    assert shown("label", "cat") == [{"label": "cat", "confidence": None}]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("label", object(), "expected a dict of label to confidence"),
        ("label", {}, "expected a dict of label to confidence"),
        ("label", {"a": float("nan")}, "expected a finite number for 'a', got nan"),
        ("label", {"a": "high"}, "expected a finite number for 'a', got 'high'"),
        ("json", {"a": object()}, "cannot be written as JSON"),
        ("json", [float("inf")], "cannot be written as JSON"),
        ("table", 3, "expected headers and rows, got int 3"),
        ("table", [1, 2], "expected every row to be a list of values"),
        ("image", "nowhere.png", "expected the path of a file"),
        ("image", [[1, 2], [3]], "rows of one length"),
        ("image", [], "expected an image"),
        ("audio", (8000, ["a"]), "expected a path or (rate, samples)"),
        ("gallery", 1, "expected a list of images"),
        ("plot", 1, "expected a Matplotlib figure"),
        ("file", 7, "expected the path of a file"),
    ],
)
def test_what_an_output_cannot_show_is_said_with_what_was_expected(kind, value, words):
    with pytest.raises(AnswerError) as error:
        shown(kind, value)

    assert str(error.value).startswith(f"output out ({kind}): ")
    assert words in str(error.value)


def test_a_message_about_a_huge_value_stays_short():
    with pytest.raises(AnswerError) as error:
        shown("table", "x" * 10_000_000)

    assert len(str(error.value)) < 200


@pytest.mark.parametrize(
    "value",
    [
        {"headers": ["a", "b"], "rows": [[1, 2.5], ["x", None]]},
        [{"a": 1, "b": 2.5}, {"a": "x", "b": None}],
        {"a": [1, "x"], "b": [2.5, None]},
    ],
)
def test_a_table_comes_in_the_forms_that_people_write(value):
    assert shown("table", value) == {"headers": ["a", "b"], "rows": [[1, 2.5], ["x", None]]}


def test_a_table_of_an_array_has_the_declared_headers():
    assert shown("table", np.eye(2), headers=["a", "b"]) == {"headers": ["a", "b"], "rows": [[1.0, 0.0], [0.0, 1.0]]}


@pytest.mark.parametrize(
    ("value", "pixels"),
    [
        (np.array([[0, 255]], np.uint8), [[0, 255]]),
        (np.array([[0.0, 1.0]]), [[0, 255]]),
        ([[0, 255]], [[0, 255]]),
        (np.zeros((1, 2, 3), np.uint8), [[[0, 0, 0], [0, 0, 0]]]),
        (Image.new("L", (2, 1), 7), [[7, 7]]),
        (Image.new("P", (1, 1)), [[[0, 0, 0, 255]]]),
    ],
)
def test_images_come_out_as_png(value, pixels):
    answer = shown("image", value)

    assert answer["mime"] == "image/png"
    assert np.asarray(Image.open(io.BytesIO(answer["data"]))).tolist() == pixels


def test_a_gallery_holds_images_with_captions():
    first, second = shown("gallery", [([[0]], "black"), [[255]]])

    assert (first["caption"], second["caption"]) == ("black", "")


def test_samples_come_out_as_a_wav_file():
    answer = shown("audio", (8000, np.array([0.0, 1.0, -1.0])))

    with wave.open(io.BytesIO(answer["data"])) as sound:
        assert (sound.getframerate(), sound.readframes(3)) == (8000, struct.pack("<3h", 0, 32767, -32767))


def test_a_plot_is_svg_or_vega():
    assert shown("plot", "<svg/>") == {"mime": "image/svg+xml", "name": "plot.svg", "data": b"<svg/>"}
    assert shown("plot", {"mark": "bar"}, library="vega-lite") == {"vega": {"mark": "bar"}}
    with pytest.raises(AnswerError, match="library: vega-lite"):
        shown("plot", {"mark": "bar"})
    with pytest.raises(AnswerError, match="expected a Vega-Lite specification"):
        shown("plot", {"bars": 3}, library="vega-lite")


def test_a_table_is_given_as_headers_and_rows_or_as_rows(tmp_path):
    def given(form, table):
        return argument({"id": "t", "type": "table", "value": form, "headers": ["a", "b"]}, table, str(tmp_path))

    assert given(None, [[1, "x"]]) == {"headers": ["a", "b"], "rows": [[1, "x"]]}
    assert given(None, {"headers": ["c"], "rows": [[1]]}) == {"headers": ["c"], "rows": [[1]]}
    assert given("list", {"headers": ["a", "b"], "rows": [[1, "x"]]}) == [[1, "x"]]


def test_what_is_too_large_for_a_page_is_cut_or_refused_with_its_size(tmp_path, monkeypatch):
    text = shown("text", "x" * 1_000_000)
    assert len(text) < 300_000 and text.endswith("… (cut after 200,000 of 1,000,000 characters)")
    table = shown("table", [[number] for number in range(25_000)])
    assert (len(table["rows"]), table["total"]) == (10_000, 25_000)
    monkeypatch.setattr(answers, "MAX_JSON_CHARACTERS", 100)
    with pytest.raises(AnswerError, match="return it as a file"):
        shown("json", ["x" * 1000])
    monkeypatch.setattr(answers, "MAX_BYTES", 10)
    (tmp_path / "large.bin").write_bytes(bytes(11))
    with pytest.raises(AnswerError, match=r"large\.bin has 0 MB, more than the 0 MB that a page takes"):
        shown("file", str(tmp_path / "large.bin"))


def test_several_outputs_come_as_a_tuple_or_by_name(tmp_path):
    outputs = [{"id": "a", "type": "text"}, {"id": "b", "type": "json"}]
    by_order = opened(tmp_path, "def f(x): return x, [1]", outputs=outputs)
    by_name = opened(tmp_path, "def f(x): return {'b': [1], 'a': x}", outputs=outputs)

    assert ask(by_order, x="t")["outputs"] == ask(by_name, x="t")["outputs"] == {"a": "t", "b": [1]}
    wrong = opened(tmp_path, "def f(x): return x", outputs=outputs)
    assert "must return 2 values (a, b), not str 't'" in ask(wrong, x="t")["error"]["message"]


def test_a_coroutine_function_is_awaited(tmp_path):
    demo = opened(tmp_path, "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x")

    assert ask(demo, x="later")["outputs"] == {"y": "later"}


def test_an_error_holds_the_authors_frames_alone(tmp_path):
    demo = opened(tmp_path, "def g():\n    raise KeyError('k')\ndef f(x):\n    g()")

    error = ask(demo)["error"]

    assert (error["type"], error["message"]) == ("KeyError", "'k'")
    assert "bridge" not in error["traceback"]
    assert error["traceback"].count("app.py") == 2


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("import nowhere_at_all\ndef f(x): pass", "ModuleNotFoundError", "nowhere_at_all"),
        ("def f(x): raise SystemExit(2)", "SystemExit", "the function called sys.exit(2)"),
        ("def f(x): raise KeyboardInterrupt", "KeyboardInterrupt", ""),
        ("def f(x): return f(x)", "RecursionError", "maximum recursion depth"),
    ],
)
def test_nothing_that_a_function_raises_ends_the_process(tmp_path, code, kind, words):
    demo = opened(tmp_path, code)
    error = demo["error"] if isinstance(demo, dict) else ask(demo)["error"]

    assert error["type"] == kind
    assert words in error["message"]
    assert len(error["traceback"]) <= 20_000


def test_the_function_finds_its_files_by_their_paths_in_the_project(tmp_path):
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights/w.txt").write_text("5")
    demo = opened(tmp_path, "from pathlib import Path\ndef f(x): return Path('weights/w.txt').read_text()")

    assert ask(demo)["outputs"] == {"y": "5"}


def test_packing_for_json_and_back_changes_nothing():
    value = {"a": [{"mime": "image/png", "name": "p", "data": b"\0\xff"}], "b": {"c": None}}

    assert unpacked(packed(value)) == value
