"""A site with every type of input and output, each with a function behind it."""

import base64
import io
import subprocess
import sys
import wave
from pathlib import Path

from building import mkdocs_build, write_project
from playwright.sync_api import Browser

INPUTS_APP = '''
import os
import wave

counted = 0


def pixels(image):
    return image and {"size": [len(image[0]), len(image)], "first": image[0][0],
                      "dark": sum(value < 128 for row in image for value in row if isinstance(value, int))}


def held(path):
    return path and {"name": os.path.basename(path), "text": open(path, "rb").read()[:40].decode("latin-1")}


def heard(sound):
    return sound and {"rate": sound[0], "frames": len(sound[1]), "loudest": max(map(abs, sound[1]), default=0)}


def describe(line, lines, number: float, slider: float, checkbox: bool, radio, dropdown, several: list, picture: list,
             photo: list, sketch: list, drawn_file: str, sound: str, samples: tuple, file: str, files: list,
             table: dict, rows: list, folded: str = "x") -> dict:
    """What arrived."""
    global counted
    counted += 1
    rate = None
    if sound:
        with wave.open(sound) as opened:
            rate = [opened.getframerate(), opened.getsampwidth(), opened.getnframes()]
    return {
        "count": counted, "line": line, "lines": lines, "number": number, "slider": slider, "checkbox": checkbox,
        "radio": radio, "dropdown": dropdown, "several": several, "picture": pixels(picture), "photo": pixels(photo),
        "sketch": pixels(sketch), "drawn_file": held(drawn_file), "sound": sound and [os.path.basename(sound), rate],
        "samples": heard(samples), "file": held(file), "files": files and [held(path) for path in files],
        "table": table, "rows": rows, "folded": folded,
    }
'''
INPUTS = """
paper: {title: Every input}
demo:
  run: demo/inputs.py:describe
  inputs:
    - {id: line, type: text, label: A line, help: Any words., placeholder: words, default: one}
    - {id: lines, type: text, label: Several lines, lines: 3}
    - {id: number, type: number, label: A number, min: -5, max: 5, step: 0.5}
    - {id: slider, type: slider, label: A slider, min: 0, max: 10, step: 0.5, default: 2.5, help: From 0 to 10.}
    - {id: checkbox, type: checkbox, label: A box}
    - {id: radio, type: radio, label: One of these, choices: [red, green]}
    - {id: dropdown, type: dropdown, label: One of a list, choices: [a, b, c], default: b}
    - {id: several, type: dropdown, label: Several of a list, choices: [a, b, c], multiple: true}
    - {id: picture, type: image, label: A picture, value: list}
    - {id: photo, type: image, label: A photo, value: list, sources: [webcam, paste]}
    - {id: sketch, type: image, label: A sketch, value: list, sources: [sketch, upload], image_mode: L,
       width: 64, height: 48}
    - {id: drawn_file, type: image, label: A picture file, value: path}
    - {id: sound, type: audio, label: A sound, value: path}
    - {id: samples, type: audio, label: Samples, value: list, sources: [microphone, upload]}
    - {id: file, type: file, label: A file, accept: [.txt, .csv]}
    - {id: files, type: file, label: Several files, multiple: true}
    - {id: table, type: table, label: A table, headers: [name, value], default: [[x, 1], [y, 2.5]]}
    - {id: rows, type: table, label: Rows, headers: [a]}
    - {id: folded, type: text, label: Folded away, advanced: true, default: y}
  outputs: [{id: got, type: json}]
  examples:
    - label: Files
      inputs: {picture: demo/red.png, sound: demo/tone.wav, file: demo/words.txt,
               files: [demo/words.txt, demo/tone.wav],
               table: [[z, 3]]}
    - {label: Words, inputs: {line: two}}
"""
INFERRED_APP = """
from pathlib import Path
from typing import Literal


def guess(word: str, count: int = 3, share: float = 0.5, sure: bool = True, kind: Literal["a", "b"] = "b",
          *, place: Path | None = None) -> tuple[str, dict[str, float]]:
    return f"{word} {count + 1} {share / 2} {sure} {kind} {place}", {"yes": 0.75, "no": 0.25}
"""
INFERRED = """
paper: {title: Nothing declared}
demo: {run: demo/inferred.py:guess}
"""
OUTPUTS_APP = '''
import os
import sys
import tempfile

SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8" width="80" height="80">
<script>parent.reached = true</script><rect width="8" height="8" fill="teal"/></svg>"""
HTML = """<h1>A heading</h1><p style="color: inherit">Shown <b>as written</b>.</p><script>parent.reached = true</script>
<img src="x" onerror="parent.reached = true"><img src="https://example.org/spy.png">
<iframe src="javascript:parent.parent.reached = true"></iframe><a href="javascript:parent.reached = true">link</a>"""
MARKDOWN = """# Findings

Read **this** and `that`, see [the docs](https://example.org/docs) or [not this](javascript:alert(1)).

- one
- two

| name | value |
|------|------:|
| <b>x</b> | 1 |

<img src=x onerror="window.reached = true">
"""
PLOT = {"mark": "bar", "data": {"values": [{"x": "a", "y": 2}, {"x": "b", "y": 3}]},
        "encoding": {"x": {"field": "x", "type": "nominal"},
                     "y": {"field": "y", "type": "quantitative", "scale": {"domain": {"expr": "[0, 4]"}}}}}


def square(level):
    return [[(level, 0, 0)] * 40 for _ in range(30)]


def answer(what: str = "usual") -> dict:
    place = tempfile.mkdtemp()
    notes = os.path.join(place, "notes.csv")
    with open(notes, "w") as stream:
        stream.write("a,b\\n1,2\\n")
    answer = {
        "text": "Just words, and <b>no markup</b>.", "measured": 12.5, "markdown": MARKDOWN,
        "label": {f"class {n}": 0.3 / (n + 1) for n in range(8)}, "named": "one name", "image": square(200),
        "gallery": [(square(100), "first"), square(50)],
        "audio": (8000, [int(8000 * ((n % 40) / 20 - 1)) for n in range(4000)]), "video": "demo/clip.webm",
        "table": {"headers": ["name", "value"], "rows": [["x", 1.5], ["<i>y</i>", 20]]},
        "json": {"a": [1, 2.5, None, True]}, "svg": SVG, "plot": PLOT, "file": notes, "html": HTML,
    }
    if what == "long":
        answer["text"] = "many words " * 10_000_000
        answer["table"] = [[n, n / 7, f"row {n}"] for n in range(10_000)]
    if what == "fetching":
        answer["plot"] = {**PLOT, "data": {"url": "https://example.org/data.json"}}
    if what == "no library":
        answer["svg"] = PLOT
    if what == "large":
        answer["json"] = ["x" * 1_000_000] * 100
    return answer
'''
OUTPUTS = """
paper: {title: Every output}
demo:
  run: demo/outputs.py:answer
  files: [demo/clip.webm]
  inputs:
    - {id: what, type: dropdown, label: What, choices: [usual, long, fetching, no library, large]}
  outputs:
    - {id: text, type: text, label: Words}
    - {id: measured, type: text, label: Measured, unit: mm, help: With a unit.}
    - {id: markdown, type: markdown, label: Report}
    - {id: label, type: label, label: Classes, top: 3}
    - {id: named, type: label, label: Name}
    - {id: image, type: image, label: Picture}
    - {id: gallery, type: gallery, label: Pictures}
    - {id: audio, type: audio, label: Sound}
    - {id: video, type: video, label: Film}
    - {id: table, type: table, label: Table}
    - {id: json, type: json, label: Data}
    - {id: svg, type: plot, label: Drawing}
    - {id: plot, type: plot, label: Plot, library: vega-lite}
    - {id: file, type: file, label: Notes}
    - {id: html, type: html, label: Page}
  examples: [{inputs: {what: usual}}]
"""
CONFIG = """
theme:
  name: material
  font: false
  palette:
    - {media: "(prefers-color-scheme: light)", scheme: default}
    - {media: "(prefers-color-scheme: dark)", scheme: slate}
"""
# A film is what a browser says it is: half a second of a canvas that changes.
FILM = """async () => {
    const canvas = document.createElement("canvas");
    const context = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(20));
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    for (let step = 0; step < 10; step += 1) {
        context.fillStyle = `hsl(${36 * step} 80% 50%)`;
        context.fillRect(0, 0, 300, 150);
        await new Promise(requestAnimationFrame);
    }
    recorder.stop();
    await ended;
    const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}"""


def tone(rate: int = 8000, frames: int = 800) -> bytes:
    """A WAV file of 16-bit samples."""
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join((1000 * (n % 8)).to_bytes(2, "little", signed=True) for n in range(frames)))
    return stream.getvalue()


def red_picture() -> bytes:
    """A PNG of 6 x 4 red pixels."""
    from paper_companion.demo.bridge.png import png

    return png(6, 4, "RGB", bytes([255, 0, 0] * 24))


def film(browser: Browser) -> bytes:
    """A short film as WebM."""
    page = browser.new_page()
    try:
        return base64.b64decode(page.evaluate(FILM))
    finally:
        page.close()


def types_project(folder: Path, browser: Browser) -> Path:
    """Writes, locks, records and builds; returns the site's folder. Its pages are inputs/, inferred/ and outputs/."""
    papers = {"inputs": (INPUTS_APP, INPUTS), "inferred": (INFERRED_APP, INFERRED), "outputs": (OUTPUTS_APP, OUTPUTS)}
    (folder / "demo").mkdir(parents=True)
    data = {"red.png": red_picture(), "tone.wav": tone(), "words.txt": b"some words", "clip.webm": film(browser)}
    for name, content in data.items():
        (folder / "demo" / name).write_bytes(content)
    for name, (app, paper) in papers.items():
        write_project(folder, CONFIG, paper, f"docs/{name}/paper.yml")
        (folder / f"demo/{name}.py").write_text(app, encoding="utf-8")
        for command in ("lock", "record") if "examples" in paper else ("lock",):
            arguments = [sys.executable, "-m", "paper_companion", command, f"docs/{name}/paper.yml"]
            done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, done.stderr
    built = mkdocs_build(folder, "--strict")
    assert built.code == 0, built.output
    return built.site
