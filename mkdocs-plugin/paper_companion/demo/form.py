"""The form: the fields and outputs of a demo, as declared, or else as the function's annotations and defaults say."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from paper_companion.demo.code import DemoCode
from paper_companion.paper.model import Demo, DemoInput, DemoOutput, Number
from paper_companion.paper.reader import PaperFile, Problem

Field = Mapping[str, Any]
"""One field or output: the keys of the paper file that were given or inferred, as plain values."""

IMAGE_PIXELS = 256

_INPUT_OF_ANNOTATION = {
    "str": {"type": "text"},
    "int": {"type": "number", "step": 1},
    "float": {"type": "number"},
    "bool": {"type": "checkbox"},
    "ndarray": {"type": "image", "value": "numpy"},
    "Image": {"type": "image", "value": "pil"},
    "Path": {"type": "file"},
}
_OUTPUT_OF_ANNOTATION = {
    "str": "text",
    "int": "text",
    "float": "text",
    "bool": "text",
    "Image": "image",
    "ndarray": "image",
    "Figure": "plot",
    "DataFrame": "table",
    "Path": "file",
    "dict": "json",
    "list": "json",
}
_VALUE_OF_ANNOTATION = {"ndarray": "numpy", "Image": "pil", "str": "path", "Path": "path", "list": "list"}


def form_inputs(demo: Demo, code: DemoCode) -> tuple[Field, ...]:
    """The fields, one for each argument of the function."""
    annotations = {argument.arg: argument.annotation for argument, _ in _arguments(code)}
    if not demo.inputs:
        return tuple(_inferred_input(argument, default) for argument, default in _arguments(code))
    return tuple(_completed(declared(field), annotations.get(field.id), demo) for field in demo.inputs)


def form_outputs(demo: Demo, code: DemoCode) -> tuple[Field, ...]:
    """The outputs, one for each part of the answer."""
    if demo.outputs:
        return tuple(declared(output) for output in demo.outputs)
    returns = code.definition.returns if code.definition else None
    if _name(returns) in ("tuple", "Tuple") and isinstance(returns, ast.Subscript):
        parts = returns.slice.elts if isinstance(returns.slice, ast.Tuple) else [returns.slice]
        return tuple({"id": f"answer{n}", "type": _output_type(part)} for n, part in enumerate(parts, 1))
    return ({"id": "answer", "type": _output_type(returns)},)


def form_problems(paper_file: PaperFile, code: DemoCode) -> Iterator[Problem]:
    """Where the declared fields and the function's signature disagree."""
    demo = paper_file.paper.demo
    assert demo is not None
    if code.definition is None or not demo.inputs:
        return
    signature = code.definition.args
    arguments = {argument.arg: default for argument, default in _arguments(code)}
    for number, field in enumerate(demo.inputs):
        if field.id not in arguments and signature.kwarg is None:
            what = (
                f"{code.function} in {code.path} has no argument {field.id} (it has {', '.join(arguments) or 'none'})"
            )
            yield paper_file.problem(what, "demo", "inputs", number, "id")
    declared = {field.id for field in demo.inputs}
    for name, default in arguments.items():
        if name not in declared and default is None:
            what = f"{code.function} in {code.path} needs an argument {name}, which is not among the inputs"
            yield paper_file.problem(what, "demo", "inputs")
    annotations = {argument.arg: argument.annotation for argument, _ in _arguments(code)}
    for number, field in enumerate(demo.inputs):
        expected = _INPUT_OF_ANNOTATION.get(_name(annotations.get(field.id)), {}).get("type")
        if expected and not _agrees(field, expected):
            what = (
                f"{code.function} in {code.path} takes {field.id} as {ast.unparse(annotations[field.id])}, "
                f"which a field of type {field.type} does not give"
            )
            yield paper_file.problem(what, "demo", "inputs", number, "type")


def _agrees(field: DemoInput, expected: str) -> bool:
    gives = {
        "text": {"text", "radio", "dropdown", "file", "image", "audio"},
        "number": {"number", "slider"},
        "checkbox": {"checkbox"},
        "image": {"image", "audio"},
        "file": {"file", "image", "audio"},
    }
    return field.type in gives[expected]


def declared(entry: DemoInput | DemoOutput) -> dict[str, Any]:
    """The keys that were given for a field or an output, numbers as numbers."""
    found = {}
    for key in fields(entry):
        value = getattr(entry, key.name)
        if value != key.default:
            found[key.name] = plain_number(value)
    return found


def plain_number(value: Any) -> Any:
    """A number of the paper file as int or float, whole numbers as int; everything else as it is."""
    if isinstance(value, tuple):
        return [plain_number(item) for item in value]
    if isinstance(value, Number):
        return int(value) if value.is_integer() and value.text.lstrip("-").isdecimal() else float(value)
    return value


def _completed(field: dict[str, Any], annotation: ast.expr | None, demo: Demo) -> Field:
    """What the field did not say: what the function gets for an image or a sound, and the size of a canvas."""
    if field["type"] == "image":
        fallback = "numpy" if "numpy" in demo.packages else "list"
        field.setdefault("value", _VALUE_OF_ANNOTATION.get(_name(annotation), fallback))
        field.setdefault("image_mode", "RGB")
        field.setdefault("sources", ["upload"])
        field.setdefault("width", IMAGE_PIXELS)
        field.setdefault("height", IMAGE_PIXELS)
    elif field["type"] == "audio":
        field.setdefault("value", "numpy" if _name(annotation) in ("tuple", "Tuple") else "path")
        field.setdefault("sources", ["upload", "microphone"])
    return field


def _arguments(code: DemoCode) -> list[tuple[ast.arg, ast.expr | None]]:
    """The function's arguments with their defaults."""
    if code.definition is None:
        return []
    signature = code.definition.args
    positional = [*signature.posonlyargs, *signature.args]
    defaults = [None] * (len(positional) - len(signature.defaults)) + list(signature.defaults)
    return [*zip(positional, defaults, strict=True), *zip(signature.kwonlyargs, signature.kw_defaults, strict=True)]


def _inferred_input(argument: ast.arg, default: ast.expr | None) -> Field:
    field: dict[str, Any] = {"id": argument.arg, "type": "text"}
    annotation = _without_none(argument.annotation)
    value = default.value if isinstance(default, ast.Constant) else None
    if _name(annotation) == "Literal" and isinstance(annotation, ast.Subscript):
        elements = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        choices = [str(element.value) for element in elements if isinstance(element, ast.Constant)]
        field |= {"type": "radio" if len(choices) <= 4 else "dropdown", "choices": choices}
    elif annotation is not None:
        field |= _INPUT_OF_ANNOTATION.get(_name(annotation), {})
    elif isinstance(value, bool | int | float):
        field |= _INPUT_OF_ANNOTATION[type(value).__name__]
    if field["type"] == "image":
        field |= {"image_mode": "RGB", "sources": ["upload"], "width": IMAGE_PIXELS, "height": IMAGE_PIXELS}
    if value is not None:
        field["default"] = value
    return field


def _output_type(annotation: ast.expr | None) -> str:
    annotation = _without_none(annotation)
    if isinstance(annotation, ast.Subscript) and _name(annotation) in ("dict", "Dict"):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        if [_name(part) for part in parts] == ["str", "float"]:
            return "label"
    return _OUTPUT_OF_ANNOTATION.get(_name(annotation), "text")


def _without_none(annotation: ast.expr | None) -> ast.expr | None:
    """`T | None` and `Optional[T]` as T."""
    if isinstance(annotation, ast.BinOp) and isinstance(annotation.right, ast.Constant):
        return annotation.left
    if isinstance(annotation, ast.Subscript) and _name(annotation) == "Optional":
        return annotation.slice
    return annotation


def _name(annotation: ast.expr | None) -> str:
    """The last word of an annotation's name: `Image` for `PIL.Image.Image`, `dict` for `dict[str, float]`."""
    if isinstance(annotation, ast.Subscript):
        return _name(annotation.value)
    if isinstance(annotation, ast.Attribute):
        return annotation.attr
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _name(ast.parse(annotation.value, mode="eval").body)
    return annotation.id if isinstance(annotation, ast.Name) else ""
