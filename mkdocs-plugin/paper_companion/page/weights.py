"""Weights and how to use them: files, licence, how inputs are prepared, and what outputs mean."""

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from paper_companion.page.companion import Companion
from paper_companion.page.downloads import Download, download
from paper_companion.page.words import count
from paper_companion.paper.model import File, Step, Tensor, Weights
from paper_companion.paper.operations import OPERATIONS

_LOADERS = {
    "safetensors": "from safetensors.numpy import load_file\n\ntensors = load_file({name!r})",
    "onnx": "import onnxruntime\n\nsession = onnxruntime.InferenceSession({name!r})",
    "npz": "import numpy\n\ntensors = numpy.load({name!r})",
    "npy": "import numpy\n\ntensor = numpy.load({name!r})",
    "pt": "import torch\n\ntensors = torch.load({name!r}, weights_only=True)",
    "gguf": "from gguf import GGUFReader\n\nreader = GGUFReader({name!r})",
    "keras": "import keras\n\nmodel = keras.saving.load_model({name!r})",
    "json": "import json\n\nwith open({name!r}) as file:\n    tensors = json.load(file)",
}
_FORMATS = {"pth": "pt", "bin": "pt", "ckpt": "pt", "pytorch": "pt"}
_EXECUTES = frozenset({"pickle", "pkl", "joblib", "pt", "h5"})


class Fact(NamedTuple):
    """One line of a list of facts. `code` when the value is to be shown as code, `url` when it leads somewhere."""

    label: str
    value: str
    code: bool = False
    url: str | None = None


class WeightsView(NamedTuple):
    """What the weights' template is given for one entry."""

    id: str
    name: str
    access: str
    because: str | None
    reason: str | None
    date: str | None
    url: str | None
    facts: tuple[Fact, ...]
    files: tuple[Download, ...]
    executes: bool
    load: str | None


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
    tolerance: str


def weights_views(companion: Companion, site_url: str | None) -> tuple[WeightsView, ...]:
    """One view for each entry."""
    return tuple(_weights_view(companion, weights, site_url) for weights in companion.file.paper.weights)


def usage_views(companion: Companion) -> tuple[UsageView, ...]:
    """One view for each entry that says something about its tensors."""
    root = companion.file.root
    return tuple(
        UsageView(
            weights.name or weights.id,
            tuple(_tensor(tensor, root) for tensor in weights.inputs),
            tuple(_tensor(tensor, root) for tensor in weights.outputs),
            f"|a - b| ≤ {weights.tolerance.atol} + {weights.tolerance.rtol} · |b|",
        )
        for weights in companion.file.paper.weights
        if weights.inputs or weights.outputs
    )


def _weights_view(companion: Companion, weights: Weights, site_url: str | None) -> WeightsView:
    names = {data.id: data.name or data.id for data in companion.file.paper.data}
    facts = [
        Fact("Licence", weights.license or ""),
        Fact("Parameters", count(weights.parameters) if weights.parameters is not None else ""),
        Fact("Data types", ", ".join(weights.dtypes)),
        Fact("Trained on", ", ".join(names.get(data, data) for data in weights.trained_on)),
        Fact("Fine-tuned from", weights.base_model or ""),
        Fact("Library", weights.library or ""),
    ]
    shared = weights.access in ("open", "gated")
    files = tuple(download(companion, file, site_url, _load(weights, file)) for file in weights.files if shared)
    return WeightsView(
        weights.id,
        weights.name or weights.id,
        weights.access,
        weights.because,
        weights.reason,
        weights.date,
        weights.url if shared and all(file.url != weights.url for file in weights.files) else None,
        tuple(fact for fact in facts if fact.value),
        files,
        any((file.format or "").lower() in _EXECUTES for file in weights.files),
        weights.load if not any(file.commands for file in files) else None,
    )


def _load(weights: Weights, file: File) -> str:
    if weights.load and file is weights.files[0]:
        return weights.load
    kind = (file.format or file.name.rpartition(".")[2]).lower()
    template = _LOADERS.get(_FORMATS.get(kind, kind), "")
    return template.format(name=file.name)


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
        tuple(fact for fact in facts if fact.value),
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
