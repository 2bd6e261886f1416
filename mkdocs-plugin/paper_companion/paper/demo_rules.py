"""What must hold inside the demo: fields fit their type, examples fit the fields, nothing unshared is handed out."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields
from functools import cache
from keyword import iskeyword
from pathlib import Path
from typing import Any, Literal

from paper_companion.paper.artifacts import Weights
from paper_companion.paper.interface import Demo, DemoInput, DemoOutput
from paper_companion.paper.problems import did_you_mean, quoted
from paper_companion.paper.values import Number

Report = Callable[..., None]

_NUMBERS = ("min", "max", "step")
_IMAGE = ("sources", "value", "image_mode", "width", "height")
_KEYS_OF_INPUT: Mapping[str, Collection[str]] = {
    "text": ("placeholder", "lines"),
    "number": _NUMBERS,
    "slider": _NUMBERS,
    "checkbox": (),
    "radio": ("choices",),
    "dropdown": ("choices", "multiple"),
    "image": _IMAGE,
    "audio": ("sources", "value"),
    "file": ("multiple", "accept"),
    "table": ("headers",),
}
_SOURCES_OF_INPUT = {"image": ("upload", "webcam", "sketch", "paste"), "audio": ("upload", "microphone")}
_VALUES_OF_INPUT = {"image": ("list", "numpy", "pil", "path"), "audio": ("list", "numpy", "path")}
_KEYS_OF_OUTPUT: Mapping[str, Collection[str]] = {
    "label": ("top",),
    "text": ("unit",),
    "table": ("headers",),
    "plot": ("library",),
}
_TEXTS = Path(__file__).parents[1] / "web/strings.mjs"
_TEXT = re.compile(r'^  (\w+): "(.*)",$', re.MULTILINE)
_PLACE = re.compile(r"\{(\w+)\}")
_LOOPBACK = r"http://(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::|/|$)"


def check_demo(demo: Demo, weights_of: Mapping[str, Weights], report: Report) -> None:
    """Reports everything in a demo that does not fit together."""
    if demo.access in ("withheld", "withdrawn"):
        for key in ("run", "url", "fallback"):
            if getattr(demo, key):
                report(f"a demo that is {demo.access} cannot be run (delete this)", "demo", key)
    elif demo.kind == "pyodide":
        if not demo.run:
            report("is required (the function that answers, as demo/app.py:predict)", "demo", "run")
        if demo.url:
            report("a demo in the browser has no address (add kind: iframe, or move it to fallback)", "demo", "url")
    elif demo.kind:
        if not demo.url:
            report(f"is required for {demo.kind}", "demo", "url")
        check_hosted_url(demo.url, report, "demo", "url")
    if demo.fallback:
        check_hosted_url(demo.fallback.url, report, "demo", "fallback", "url")
    _check_weights(demo, weights_of, report)
    for index, field in enumerate(demo.inputs):
        if field and field.type:
            _check_input(field, demo.kind, report, "demo", "inputs", index)
            _check_tensor(field, "inputs", demo, weights_of, report, "demo", "inputs", index)
    for index, output in enumerate(demo.outputs):
        if output and output.type:
            _check_keys(output, report, "demo", "outputs", index)
            _check_tensor(output, "outputs", demo, weights_of, report, "demo", "outputs", index)
    _check_ids(demo.inputs, report, "demo", "inputs")
    _check_ids(demo.outputs, report, "demo", "outputs")
    inputs = {field.id: field.choices for field in demo.inputs if field and field.id}
    outputs = {output.id for output in demo.outputs if output and output.id}
    check_examples(demo, inputs or None, outputs or None, report)
    _check_strings(demo, report)


def check_hosted_url(url: str | None, report: Report, *keys: str | int) -> None:
    """A page that is served over https cannot frame an address over http, other than one on the same machine."""
    if url and url.startswith("http://") and not re.match(_LOOPBACK, url):
        report("a hosted demo needs https", *keys)


def _check_weights(demo: Demo, weights_of: Mapping[str, Weights], report: Report) -> None:
    if demo.weights is None:
        return
    weights = weights_of.get(demo.weights_id)
    if weights is None:
        known = did_you_mean(demo.weights_id, weights_of)
        report(f"there are no weights called {quoted(demo.weights_id)}{known}", "demo", "weights")
        return
    if not any(demo.uses(file) for file in weights.files if file) and "#" in demo.weights:
        wanted = demo.weights.partition("#")[2]
        formats = {file.format: None for file in weights.files if file and file.format}
        report(f"{weights.id} has no file of format {quoted(wanted)}{did_you_mean(wanted, formats)}", "demo", "weights")
    if weights.access != "open" and demo.kind == "pyodide" and demo.is_shared:
        report(f"{demo.weights} are {weights.access}: a demo in the browser would hand them out", "demo", "weights")


def _check_tensor(
    entry: DemoInput | DemoOutput,
    side: Literal["inputs", "outputs"],
    demo: Demo,
    weights_of: Mapping[str, Weights],
    report: Report,
    *keys: str | int,
) -> None:
    """Whether the tensor that an input or an output names is there, and can be computed in the demo."""
    if entry.tensor is None:
        return
    if demo.kind != "pyodide":
        report(f"a tensor is prepared in the browser alone, not for {demo.kind}", *keys, "tensor")
        return
    weights = weights_of.get(demo.weights_id)
    if weights is None:
        if demo.weights is None:
            report("needs the weights whose tensor it is (add weights: to the demo)", *keys, "tensor")
        return
    tensors = {tensor.id: tensor for tensor in getattr(weights, side) if tensor}
    tensor = tensors.get(entry.tensor)
    if tensor is None:
        known = did_you_mean(entry.tensor, tensors)
        report(f"{weights.id} has no {side[:-1]} called {quoted(entry.tensor)}{known}", *keys, "tensor")
        return
    if tensor.is_numeric and "numpy" not in demo.package_names:
        report("its steps compute with NumPy (add numpy to demo.packages, or use call alone)", *keys, "tensor")
    if side == "inputs":
        if (tensor.resize or tensor.crop) and entry.type != "image":
            report(f"only an image can be resized or cropped, not a field of type {entry.type}", *keys, "tensor")
        if tensor.is_numeric and entry.value not in (None, "numpy"):
            report(f"the function gets the tensor, not {entry.value} (delete this)", *keys, "value")
    elif entry.type == "label" and not tensor.channels:
        report("a label needs channel names (list them under axes: {channel: […]} of the tensor)", *keys, "tensor")


def _check_ids(entries: Collection[DemoInput | DemoOutput], report: Report, *keys: str | int) -> None:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        if entry and entry.id:
            if entry.id in seen:
                report(f"{quoted(entry.id)} is there twice (an id names one entry)", *keys, index, "id")
            seen.add(entry.id)


def _check_keys(entry: DemoInput | DemoOutput, report: Report, *keys: str | int) -> None:
    for name, default in _keys_of_others(type(entry), entry.type):
        if getattr(entry, name) != default:
            report(f"has no meaning for {entry.type}", *keys, name)


@cache
def _keys_of_others(cls: type, entry_type: str) -> tuple[tuple[str, Any], ...]:
    """The keys that other types of input or output have and this one has not, with their defaults."""
    keys_of = _KEYS_OF_INPUT if cls is DemoInput else _KEYS_OF_OUTPUT
    others = {name for names in keys_of.values() for name in names}.difference(keys_of.get(entry_type, ()))
    return tuple((field.name, field.default) for field in fields(cls) if field.name in others)


def _check_input(field: DemoInput, kind: str, report: Report, *keys: str | int) -> None:
    _check_keys(field, report, *keys)
    if kind == "pyodide" and field.id and (not field.id.isidentifier() or iskeyword(field.id)):
        report(f"expected the name of an argument of the function, got {quoted(field.id)}", *keys, "id")
    for key, known_of in (("sources", _SOURCES_OF_INPUT), ("value", _VALUES_OF_INPUT)):
        given = getattr(field, key)
        known = known_of.get(field.type, ())
        for choice in given if isinstance(given, tuple) else (given,):
            if choice and known and choice not in known:
                report(f"{choice} has no meaning for {field.type}{did_you_mean(choice, known)}", *keys, key)
    if field.type in ("radio", "dropdown"):
        _check_choices(field, report, *keys)
    if field.type == "slider":
        for key in ("min", "max"):
            if getattr(field, key) is None:
                report("is required for slider", *keys, key)
    if field.min is not None and field.max is not None and field.min >= field.max:
        report(f"must be lower than max, which is {field.max}", *keys, "min")
    if field.step is not None and field.step <= 0:
        report("must be above 0", *keys, "step")
    if isinstance(field.default, Number):
        if field.min is not None and field.default < field.min:
            report(f"is below min, which is {field.min}", *keys, "default")
        if field.max is not None and field.default > field.max:
            report(f"is above max, which is {field.max}", *keys, "default")
    for key in ("width", "height", "lines"):
        if getattr(field, key) == 0:
            report("must be at least 1", *keys, key)


def _check_choices(field: DemoInput, report: Report, *keys: str | int) -> None:
    if not field.choices:
        report(f"is required for {field.type}", *keys, "choices")
        return
    default = field.default
    for choice in default if isinstance(default, list) else () if default is None else (default,):
        if choice not in field.choices:
            report(f"{quoted(str(choice))} is not among the choices", *keys, "default")


def check_examples(
    demo: Demo, inputs: Mapping[str, Collection[str]] | None, outputs: Collection[str] | None, report: Report
) -> None:
    """Whether examples fit the inputs, given with their choices, and the outputs; all fit those that are not known."""
    for index, example in enumerate(demo.examples):
        if not example:
            continue
        at = ("demo", "examples", index)
        for name, value in (example.inputs or {}).items():
            if inputs is not None and name not in inputs:
                report(f"the demo has no input {quoted(name)}{did_you_mean(name, inputs)}", *at, "inputs", name)
            elif inputs is not None and inputs[name]:
                for choice in value if isinstance(value, list) else (value,):
                    if choice not in inputs[name]:
                        hint = " (put it in quotes: choices are text)" if str(choice) in inputs[name] else ""
                        report(f"{quoted(str(choice))} is not among the choices{hint}", *at, "inputs", name)
        for name in example.expect:
            if outputs is not None and name not in outputs:
                report(f"the demo has no output {quoted(name)}{did_you_mean(name, outputs)}", *at, "expect", name)
        for key in ("rtol", "atol"):
            tolerance = getattr(example, key)
            if tolerance is not None and tolerance < 0:
                report("a tolerance is never negative", *at, key)


def _check_strings(demo: Demo, report: Report) -> None:
    for name, text in demo.strings.items():
        if name not in demo_texts():
            report(
                f"the demo has no text called {quoted(name)}{did_you_mean(name, demo_texts())}", "demo", "strings", name
            )
            continue
        places = _PLACE.findall(demo_texts()[name])
        for place in _PLACE.findall(text or ""):
            if place not in places:
                report(f"nothing takes the place of {{{place}}}{did_you_mean(place, places)}", "demo", "strings", name)


@cache
def demo_texts() -> Mapping[str, str]:
    """The texts that the demo's script has, by the names that `demo.strings` knows them by."""
    return dict(_TEXT.findall(_TEXTS.read_text(encoding="utf-8")))
