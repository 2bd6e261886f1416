"""Examples: what a reader can try, as the author's files say, and in the form in which the bridge takes it."""

import base64
import io
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from paper_companion.demo.bridge.comparison import compared
from paper_companion.demo.bridge.wire import unpacked
from paper_companion.demo.code import browser_demo
from paper_companion.demo.form import Field, plain_number
from paper_companion.paper.model import Demo, Paper
from paper_companion.paper.reader import PaperError, PaperFile, Problem

FILE_TYPES = ("image", "audio", "file")
DEFAULT_TOLERANCE = 0.001
"""Relative and absolute, as in bioimage.io model 0.5."""


def example_values(paper_file: PaperFile, number: int, fields: Sequence[Field]) -> dict[str, Any]:
    """The values of one example, by input; bytes as base64 text (see `wire.packed`).

    Inputs that the example leaves out have their default. Raises PaperError with every value that cannot be used.
    """
    given = browser_demo(paper_file).examples[number].inputs
    problems: list[Problem] = []
    values = {}
    for field in fields:
        value = given.get(field["id"], field.get("default"))
        try:
            values[field["id"]] = _value(field, plain_number(value), paper_file.root)
        except (OSError, ValueError) as error:
            key = ("demo", "examples", number, "inputs", field["id"])
            problems.append(paper_file.problem(str(error), *key))
    if problems:
        raise PaperError(problems)
    return values


def example_files(fields: Sequence[Field], inputs: Mapping[str, Any]) -> dict[str, list[str]]:
    """The paths that an example's inputs name, by input."""
    found = {}
    for field in fields:
        value = inputs.get(field["id"])
        if field["type"] in FILE_TYPES and value:
            found[field["id"]] = list(value) if isinstance(value, list | tuple) else [value]
    return found


def tolerance(paper: Paper, demo: Demo, number: int) -> tuple[float, float]:
    """rtol and atol of an example: its own, else its weights', else bioimage.io's."""
    example = demo.examples[number]
    name = (demo.weights or "").partition("#")[0]
    weights = next((weights for weights in paper.weights if weights.id == name), None)
    rtol = weights.tolerance.rtol if weights else DEFAULT_TOLERANCE
    atol = weights.tolerance.atol if weights else DEFAULT_TOLERANCE
    return (
        float(example.rtol if example.rtol is not None else rtol),
        float(example.atol if example.atol is not None else atol),
    )


def unmet_expectation(
    paper_file: PaperFile, number: int, outputs: Sequence[Field], answer: Mapping[str, Any] | None
) -> str:
    """What of an answer is not as the example's `expect` says, in a phrase; empty where all is."""
    demo = browser_demo(paper_file)
    expected = {name: plain_number(value) for name, value in demo.examples[number].expect.items()}
    if not expected or answer is None:
        return ""
    rtol, atol = tolerance(paper_file.paper, demo, number)
    wanted = [output for output in outputs if output["id"] in expected]
    recorded = {output["id"]: _as_recorded(output, expected[output["id"]]) for output in wanted}
    given = {output["id"]: _part(output, unpacked(answer[output["id"]]), expected[output["id"]]) for output in wanted}
    for one in compared(wanted, given, recorded, rtol, atol):
        if not one["agrees"]:
            where = f" at {one['where']}" if one["where"] else ""
            return f"{one['id']}: " + (one["difference"] or f"deviates by {one['deviation']:.3g}{where}")
    return ""


def _as_recorded(output: Field, expected: Any) -> Any:
    """What is expected in the form of a recorded answer: labels as a dict of confidences, or as the highest one."""
    if output["type"] != "label":
        return expected
    pairs = expected.items() if isinstance(expected, Mapping) else [(str(expected), None)]
    return [{"label": label, "confidence": confidence} for label, confidence in pairs]


def _part(output: Field, answer: Any, expected: Any) -> Any:
    """The part of an answer that something is expected of."""
    if output["type"] == "label" and not isinstance(expected, Mapping):
        return [{"label": one["label"], "confidence": None} for one in answer[:1]]
    if isinstance(answer, Mapping) and isinstance(expected, Mapping):
        return {key: _part(output, answer[key], value) for key, value in expected.items() if key in answer}
    return answer


def _value(field: Field, value: Any, root: Path) -> Any:
    low, high = field.get("min"), field.get("max")
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        raise ValueError(f"{value} is not between {low} and {high}")
    if value is None and "sketch" in field.get("sources", ()):
        # Paper on which nothing has been drawn.
        width, height, mode = field["width"], field["height"], field["image_mode"]
        white = base64.b64encode(bytes([255]) * (width * height * len(mode))).decode()
        return {"width": width, "height": height, "mode": mode, "base64": white}
    if value is None or field["type"] not in FILE_TYPES:
        return value
    if isinstance(value, list):
        return [_value(field, item, root) for item in value]
    path = root / value
    if not path.is_file():
        raise ValueError(f"there is no file {value} (paths are relative to {root})")
    if field["type"] == "image":
        return _image(field, path)
    data = path.read_bytes()
    if field["type"] == "audio":
        _check_sound(path, data)
    return {"name": path.name, "base64": base64.b64encode(data).decode()}


def _image(field: Field, path: Path) -> dict[str, Any]:
    """A picture on white paper, as the page's field gives it."""
    try:
        from PIL import Image
    except ImportError:
        raise ValueError("pictures need Pillow (pip install 'mkdocs-paper-companion[demo]')") from None
    with Image.open(path) as file:
        picture = file.convert("RGBA")
    canvas = (field["width"], field["height"])
    if "sketch" in field["sources"] and picture.size != canvas:
        # The browser would scale it, with pixels between pixels of its own making.
        size = "x".join(map(str, picture.size))
        raise ValueError(f"{path.name} has {size} pixels, the drawing area {canvas[0]}x{canvas[1]} (scale it to that)")
    mode = field["image_mode"]
    paper = Image.new("RGBA", picture.size, "white")
    picture = Image.alpha_composite(paper, picture).convert("RGB").convert(mode)
    data = base64.b64encode(picture.tobytes()).decode()
    return {"width": picture.width, "height": picture.height, "mode": mode, "base64": data}


def _check_sound(path: Path, data: bytes) -> None:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            bits = 8 * sound.getsampwidth()
    except (EOFError, wave.Error) as error:
        raise ValueError(f"{path.name} is not a WAV file ({error})") from None
    if bits != 16:
        raise ValueError(f"{path.name} has samples of {bits} bits (convert it to 16)")
