"""How weights are used: how inputs are prepared, and what outputs mean."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from paper_companion.page.artifacts import Fact, with_value
from paper_companion.page.companion import Companion
from paper_companion.paper.model import Step, Tensor
from paper_companion.paper.operations import OPERATIONS


class StepView(NamedTuple):
    """One step of a preparation: its name, what it does in words, and the docstring of the author's function."""

    name: str
    description: str
    parameters: tuple[Fact, ...]
    docstring: str | None = None


class TensorView(NamedTuple):
    """What the template for usage is given for one tensor. `labels` is the label map, in order."""

    id: str
    description: str | None
    shape: str
    axes: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    steps: tuple[StepView, ...]
    labels: tuple[str, ...]


class UsageView(NamedTuple):
    """How one entry of the weights is used."""

    name: str
    inputs: tuple[TensorView, ...]
    outputs: tuple[TensorView, ...]


def usage_views(companion: Companion) -> tuple[UsageView, ...]:
    """One view for each entry that says something about its tensors."""
    root = companion.file.root
    return tuple(
        UsageView(
            weights.name or weights.id,
            tuple(_tensor(tensor, root) for tensor in weights.inputs),
            tuple(_tensor(tensor, root) for tensor in weights.outputs),
        )
        for weights in companion.file.paper.weights
        if weights.inputs or weights.outputs
    )


def _tensor(tensor: Tensor, root: Path) -> TensorView:
    sizes = [len(size) if isinstance(size, tuple) else size for size in tensor.axes.values()]
    facts = [
        Fact("Data type", tensor.dtype or "", code=True),
        Fact("Range", f"{tensor.range[0]} … {tensor.range[1]}" if tensor.range else ""),
        Fact("Unit", tensor.unit or ""),
    ]
    return TensorView(
        tensor.id,
        tensor.description,
        " × ".join(map(str, sizes)),
        tuple(
            Fact(axis, ", ".join(size) if isinstance(size, tuple) else str(size)) for axis, size in tensor.axes.items()
        ),
        with_value(facts),
        tuple(_steps(tensor, root)),
        tensor.channels if len(tensor.channels) > 1 else (),
    )


def _steps(tensor: Tensor, root: Path):
    if tensor.resize is not None:
        size = f"{tensor.resize.height} × {tensor.resize.width}"
        yield StepView("resize", "Brings the image to a height and a width in pixels.", (
            Fact("size", size), Fact("method", tensor.resize.method),
        ))  # fmt: skip
    if tensor.crop is not None:
        size = f"{tensor.crop.height} × {tensor.crop.width}"
        yield StepView("crop", "Keeps the middle of the image.", (Fact("size", size),))
    for step in (*tensor.preprocess, *tensor.postprocess):
        yield _step(step, root)


def _step(step: Step, root: Path) -> StepView:
    if step.name == "call":
        reference = str(step.parameters.get("function", ""))
        return StepView("call", reference, (), docstring(root, reference))
    parameters = tuple(Fact(key, _number(value)) for key, value in step.parameters.items() if value is not None)
    return StepView(step.name, OPERATIONS[step.name].description, parameters)


def _number(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_number, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_number(item)}" for key, item in value.items())
    return str(value)


def docstring(root: Path, reference: str) -> str | None:
    """The docstring of `folder/file.py:function`, read without running the file; None where there is none."""
    path, _, name = reference.partition(":")
    source = root / path
    try:
        stat = source.stat()
    except OSError:
        return None
    return _docstrings(source, stat.st_mtime_ns, stat.st_size).get(name)


@cache
def _docstrings(source: Path, modified_ns: int, size_bytes: int) -> Mapping[str, str]:
    """The docstrings of a file's functions by name; time and size are there so that an edited file is read again."""
    try:
        tree = ast.parse(source.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return {}
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {function.name: text for function in functions if (text := ast.get_docstring(function))}
