"""The form: the fields and outputs of a demo, as declared, or else as the function's annotations and defaults say."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from paper_companion.demo.code import DemoCode, browser_demo, read_code
from paper_companion.demo.tensors import Plan, Side, tensor_plans
from paper_companion.paper.demo_rules import check_examples
from paper_companion.paper.model import Demo, DemoInput, DemoOutput
from paper_companion.paper.reader import PaperError, PaperFile, Problem
from paper_companion.paper.values import plain_number

Field = Mapping[str, Any]
"""One field or output: the keys of the paper file that were given or inferred, as plain values."""

IMAGE_PIXELS = 256
FILES = ("image", "audio", "file")

_INPUT_OF_ANNOTATION = {
    "str": {"type": "text"},
    "int": {"type": "number", "step": 1},
    "float": {"type": "number"},
    "bool": {"type": "checkbox"},
    "ndarray": {"type": "image", "value": "numpy"},
    "Image": {"type": "image", "value": "pil"},
    "Path": {"type": "file"},
    "DataFrame": {"type": "table", "value": "pandas"},
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
_AGREEING = {
    "text": {"text", "radio", "dropdown", "file", "image", "audio"},
    "number": {"number", "slider"},
    "checkbox": {"checkbox"},
    "image": {"image", "audio"},
    "file": {"file", "image", "audio"},
    "table": {"table"},
}
_FILES = {"image", "audio", "video", "file", "plot"}
_AGREEING_OUTPUTS = {
    "str": {"text", "markdown", "html", "label", *_FILES},
    "int": {"text", "json"},
    "float": {"text", "json"},
    "bool": {"text", "json"},
    "dict": {"label", "json", "table", "plot"},
    "list": {"json", "table", "image", "gallery"},
    "Image": {"image"},
    "ndarray": {"image", "table", "json", "text"},
    "Figure": {"plot"},
    "DataFrame": {"table"},
    "Path": _FILES,
}
_VALUE_OF_ANNOTATION = {"ndarray": "numpy", "Image": "pil", "str": "path", "Path": "path", "list": "list"}


@dataclass(frozen=True)
class Form:
    """The fields, one for each argument of the function, and the outputs, one for each part of its answer."""

    code: DemoCode
    inputs: tuple[Field, ...]
    outputs: tuple[Field, ...]


def read_form(paper_file: PaperFile) -> Form:
    """The form of a demo that runs in the browser. Raises PaperError where it and the function's signature disagree."""
    demo = browser_demo(paper_file)
    code = read_code(paper_file)
    arguments = _arguments(code)
    plans = tensor_plans(paper_file.paper)
    if problems := list(_problems(paper_file, code, arguments)):
        raise PaperError(problems)
    if demo.inputs:
        inputs = tuple(_completed(declared(field), arguments.get(field.id, _Argument()), demo) for field in demo.inputs)
    else:
        inputs = tuple(_inferred_input(name, argument, demo) for name, argument in arguments.items())
    inputs = tuple(_prepared(field, "inputs", plans) for field in inputs)
    outputs = tuple(_prepared(output, "outputs", plans) for output in _outputs(demo, code))
    if problems := _example_problems(paper_file, inputs, outputs):
        raise PaperError(problems)
    return Form(code, inputs, outputs)


def check_form(paper_file: PaperFile) -> None:
    """Hold a demo's form, where it has one, against its function. Raises PaperError."""
    demo = paper_file.paper.demo
    if demo is not None and demo.kind == "pyodide" and demo.run is not None:
        read_form(paper_file)


def _prepared(entry: Field, side: Side, plans: Mapping[tuple[Side, str], Plan]) -> Field:
    """A field or an output with the plan of the tensor that it names."""
    plan = plans.get((side, entry.get("tensor", "")))
    if plan is None:
        return entry
    gives = {"value": "numpy"} if plan["numeric"] and entry["type"] in ("image", "audio") else {}
    return {**entry, **gives, "plan": plan}


def _outputs(demo: Demo, code: DemoCode) -> tuple[Field, ...]:
    if demo.outputs:
        return tuple(declared(output) for output in demo.outputs)
    returns = _evaluated(code.definition.returns if code.definition else None)
    if _name(returns) in ("tuple", "Tuple") and isinstance(returns, ast.Subscript):
        parts = returns.slice.elts if isinstance(returns.slice, ast.Tuple) else [returns.slice]
        return tuple({"id": f"answer{n}", "type": _output_type(part)} for n, part in enumerate(parts, 1))
    return ({"id": "answer", "type": _output_type(returns)},)


def _problems(paper_file: PaperFile, code: DemoCode, arguments: Mapping[str, "_Argument"]) -> Iterator[Problem]:
    demo = browser_demo(paper_file)
    if code.definition is None:
        return
    function = f"{code.function} in {code.path}"
    for number, field in enumerate(demo.inputs):
        key = ("demo", "inputs", number)
        argument = arguments.get(field.id)
        if argument is None:
            if code.definition.args.kwarg is None:
                there = ", ".join(arguments) or "none"
                yield paper_file.problem(f"{function} has no argument {field.id} (its arguments: {there})", *key, "id")
            continue
        expected = _INPUT_OF_ANNOTATION.get(_name(argument.annotation), {}).get("type")
        if expected and not field.tensor and field.type not in _AGREEING[expected]:
            annotation = ast.unparse(argument.annotation)
            what = f"{function} takes {field.id} as {annotation}, which a field of type {field.type} does not give"
            yield paper_file.problem(what, *key, "type")
    yield from _output_problems(paper_file, code, function)
    there = {field.id for field in demo.inputs}
    for name, argument in arguments.items():
        if demo.inputs and name not in there and argument.default is None:
            what = f"{function} needs an argument {name}, which is not among the inputs"
            yield paper_file.problem(what, "demo", "inputs")


def _output_problems(paper_file: PaperFile, code: DemoCode, function: str) -> Iterator[Problem]:
    """Where the declared outputs are not what the function's annotation says that it returns."""
    outputs = browser_demo(paper_file).outputs
    returns = _evaluated(code.definition.returns if code.definition else None)
    parts = [returns]
    if isinstance(returns, ast.Subscript) and _name(returns) in ("tuple", "Tuple"):
        parts = returns.slice.elts if isinstance(returns.slice, ast.Tuple) else [returns.slice]
    by_name = len(outputs) > 1 and _name(returns) in ("dict", "Dict")
    if not outputs or returns is None or by_name or (len(outputs) == 1 and len(parts) > 1):
        return  # one output may take a tuple whole: a sound is one
    if len(parts) != len(outputs):
        what = f"{function} returns {ast.unparse(returns)}, which does not fill {len(outputs)} outputs"
        yield paper_file.problem(what, "demo", "outputs")
        return
    for number, (output, part) in enumerate(zip(outputs, parts, strict=True)):
        agreeing = _AGREEING_OUTPUTS.get(_name(_evaluated(part)))
        if agreeing and not output.tensor and output.type not in agreeing:
            what = f"{function} returns {ast.unparse(part)}, which an output of type {output.type} does not show"
            yield paper_file.problem(what, "demo", "outputs", number, "type")


def _example_problems(paper_file: PaperFile, inputs: Sequence[Field], outputs: Sequence[Field]) -> list[Problem]:
    """Where examples do not fit fields and outputs that are inferred: declared ones were known when they were read."""
    problems: list[Problem] = []

    def report(message: str, *keys: str | int) -> None:
        problems.append(paper_file.problem(message, *keys))

    demo = browser_demo(paper_file)
    needed = () if demo.inputs else [field for field in inputs if field["type"] == "number" and "default" not in field]
    for number, example in enumerate(demo.examples):
        for field in needed:
            if example.inputs.get(field["id"]) is None:
                report(f"{field['id']} needs a value (give one, or a default)", "demo", "examples", number, "inputs")
    choices = None if demo.inputs else {field["id"]: field.get("choices", ()) for field in inputs}
    check_examples(demo, choices, None if demo.outputs else {output["id"] for output in outputs}, report)
    return problems


def declared(entry: DemoInput | DemoOutput) -> dict[str, Any]:
    """The keys that were given for a field or an output, numbers as numbers."""
    found = {}
    for key in fields(entry):
        value = getattr(entry, key.name)
        if value != key.default:
            found[key.name] = plain_number(value)
    return found


def _completed(field: dict[str, Any], argument: "_Argument", demo: Demo) -> Field:
    """What the field did not say: where it starts, what the function gets for an image, and the size of a canvas."""
    annotated = _name(argument.annotation)
    if field.get("default") is None and (default := _start(field, argument)) is not None:
        field["default"] = default
    if field["type"] == "image":
        fallback = "numpy" if "numpy" in demo.package_names else "list"
        field.setdefault("value", _VALUE_OF_ANNOTATION.get(annotated, fallback))
        field.setdefault("image_mode", "RGB")
        field.setdefault("sources", ["upload"])
        field.setdefault("width", IMAGE_PIXELS)
        field.setdefault("height", IMAGE_PIXELS)
    elif field["type"] == "audio":
        field.setdefault("value", "numpy" if annotated in ("tuple", "Tuple") else "path")
        field.setdefault("sources", ["upload", "microphone"])
    elif field["type"] == "table" and annotated in ("DataFrame", "list"):
        field["value"] = "pandas" if annotated == "DataFrame" else "list"
    return field


def _start(field: Field, argument: "_Argument") -> Any:
    """What a field holds at first, on the page and where an example leaves it out; None when it is empty."""
    default = argument.default.value if isinstance(argument.default, ast.Constant) else None
    kind, choices = field["type"], field.get("choices", ())
    if default is not None and kind not in FILES and (not choices or default in choices):
        return default
    if kind in ("radio", "dropdown"):
        return [] if field.get("multiple") else next(iter(choices), None)
    if kind == "file" and field.get("multiple"):
        return []
    if kind == "table":
        return {"headers": list(field.get("headers", ())), "rows": []}
    return {"text": "", "checkbox": False, "slider": field.get("min")}.get(kind)


@dataclass(frozen=True)
class _Argument:
    """An argument of the function."""

    annotation: ast.expr | None = None
    default: ast.expr | None = None


def _arguments(code: DemoCode) -> dict[str, _Argument]:
    if code.definition is None:
        return {}
    signature = code.definition.args
    positional = [*signature.posonlyargs, *signature.args]
    defaults = [None] * (len(positional) - len(signature.defaults)) + list(signature.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(signature.kwonlyargs, signature.kw_defaults, strict=True)]
    return {argument.arg: _Argument(_evaluated(argument.annotation), default) for argument, default in pairs}


def _inferred_input(name: str, argument: _Argument, demo: Demo) -> Field:
    field: dict[str, Any] = {"id": name, "type": "text"}
    annotation = argument.annotation
    value = argument.default.value if isinstance(argument.default, ast.Constant) else None
    if _name(annotation) == "Literal" and isinstance(annotation, ast.Subscript):
        elements = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        choices = [str(element.value) for element in elements if isinstance(element, ast.Constant)]
        field |= {"type": "radio" if len(choices) <= 4 else "dropdown", "choices": choices}
    elif annotation is not None:
        field |= _INPUT_OF_ANNOTATION.get(_name(annotation), {})
    elif isinstance(value, bool | int | float):
        field |= _INPUT_OF_ANNOTATION[type(value).__name__]
    if value is not None:
        field["default"] = value
    return _completed(field, argument, demo)


def _output_type(annotation: ast.expr | None) -> str:
    annotation = _evaluated(annotation)
    if isinstance(annotation, ast.Subscript) and _name(annotation) in ("dict", "Dict"):
        parts = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else []
        if [_name(part) for part in parts] == ["str", "float"]:
            return "label"
    return _OUTPUT_OF_ANNOTATION.get(_name(annotation), "text")


def _evaluated(annotation: ast.expr | None) -> ast.expr | None:
    """An annotation as it is meant: out of its quotes, `T | None` and `Optional[T]` as T."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
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
    return annotation.id if isinstance(annotation, ast.Name) else ""
