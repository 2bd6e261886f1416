"""What the header of a weights file says, against what the paper file says. No tensor is read, nothing is unpickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paper_companion.evidence.judgement import Judgement, broken
from paper_companion.evidence.subjects import Subject
from paper_companion.paper.artifacts import File, Tensor, Weights
from paper_companion.paper.imports.fill import ImportProblem

Keys = tuple[str | int, ...]

# Suffixes and first bytes of files that run code when they are loaded.
_PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".dill", ".bin")
_SAME_DTYPE = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
               "I16": "int16", "I8": "int8", "U8": "uint8", "U16": "uint16", "U32": "uint32", "U64": "uint64",
               "BOOL": "bool"}  # fmt: skip


def format_of(file: File) -> str:
    """`safetensors`, `onnx`, … as the paper file says it, else as the name's suffix does."""
    return (file.format or Path(file.name).suffix.lstrip(".")).lower()


def is_pickle(file: File, start: bytes) -> bool:
    """Whether loading the file as its makers mean it would unpickle it."""
    if start[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05"):
        return True
    looks_like_it = file.name.lower().endswith(_PICKLES) or format_of(file) in {suffix[1:] for suffix in _PICKLES}
    # .bin is anything; PyTorch's has a name of its own, or is a zip archive with a pickle in it.
    is_anything = file.name.lower().endswith(".bin") and not file.name.lower().startswith("pytorch_model")
    return looks_like_it and (not is_anything or b"data.pkl" in start)


def judge_header(path: Path, subject: Subject) -> Judgement | None:
    """What is wrong with the header of a local file; None when it agrees or has none. Raises OSError."""
    from paper_companion.paper.imports.onnx import read_onnx
    from paper_companion.paper.imports.safetensors import read_safetensors

    assert subject.file is not None
    reader = {"safetensors": read_safetensors, "onnx": read_onnx}.get(format_of(subject.file))
    if reader is None:
        return None
    try:
        return compare_header(reader(path), subject)
    except ImportProblem as problem:
        return unreadable_header(problem)


def unreadable_header(problem: ImportProblem) -> Judgement:
    """The judgement of a file whose header is none."""
    return broken(f"its header cannot be read: {problem.message}")


def compare_header(header: Mapping[str, Any], subject: Subject) -> Judgement | None:
    """What is wrong with what a header says, at the first value that says something else; None when it agrees."""
    said = list(_disagreements(header, subject))
    return broken("; ".join(message for _, message in said), at=said[0][0]) if said else None


def _disagreements(header: Mapping[str, Any], subject: Subject) -> Iterator[tuple[Keys, str]]:
    """Each disagreement, with the keys of the paper file's value below the weights' own."""
    file, weights = subject.file, subject.weights
    assert file is not None
    if file.opset is not None and header.get("opset") not in (None, file.opset):
        yield (*subject.keys[2:], "opset"), f"its operator set is {header['opset']}, the paper file says {file.opset}"
    if weights is not None:
        yield from _weights(header, weights, pieces=_pieces(file, weights))
        for side, declared in (("input", weights.inputs), ("output", weights.outputs)):
            yield from _tensors(header.get(f"{side}s") or (), declared, side)


def _pieces(file: File, weights: Weights) -> int:
    return sum(format_of(other) == format_of(file) for other in weights.files)


def _weights(header: Mapping[str, Any], weights: Weights, pieces: int) -> Iterator[tuple[Keys, str]]:
    found = header.get("parameters")
    said = weights.parameters
    # ONNX graphs carry constants too and leave out what was folded: only what is far off is another model.
    if header.get("format") == "onnx" and pieces == 1 and found and said and abs(found - said) > said / 10:
        yield ("parameters",), f"it holds {found:,} parameters, the paper file says {said:,}"
    # Pieces hold a part each: only a whole safetensors file must agree exactly.
    if header.get("format") == "safetensors" and pieces == 1:
        if weights.parameters is not None and found != weights.parameters:
            yield ("parameters",), f"it holds {found:,} parameters, the paper file says {weights.parameters:,}"
        stored = header.get("tensors") or {}
        for name, described in weights.tensors.items():
            if stored.get(name) != described:
                said = f"its tensor {name} is {stored.get(name, 'missing')}, the paper file says {described}"
                yield ("tensors", name), said
    dtypes = {_dtype(dtype) for dtype in header.get("dtypes") or ()}
    declared = {_dtype(dtype) for dtype in weights.dtypes}
    if declared and header.get("format") == "safetensors" and not dtypes <= declared:
        held, said = ", ".join(sorted(dtypes - declared)), ", ".join(sorted(declared))
        yield ("dtypes",), f"it holds {held}, the paper file says {said}"


def _tensors(found: Any, declared: tuple[Tensor, ...], side: str) -> Iterator[tuple[Keys, str]]:
    if not found or not declared:
        return
    if len(found) != len(declared):
        yield (f"{side}s",), f"it has {len(found)} {side}s, the paper file says {len(declared)}"
        return
    by_id = {tensor["id"]: tensor for tensor in found}
    for number, tensor in enumerate(declared):
        theirs = by_id.get(tensor.id, found[number])
        if tensor.dtype and theirs["dtype"] and _dtype(theirs["dtype"]) != _dtype(tensor.dtype):
            said = f"its {side} {tensor.id} is {theirs['dtype']}, the paper file says {tensor.dtype}"
            yield (f"{side}s", number, "dtype"), said
        sizes = [len(size) if isinstance(size, tuple) else size for size in tensor.axes.values()]
        fixed = list((theirs["axes"] or {}).values())
        if sizes and fixed and not _fits(sizes, fixed):
            said = f"its {side} {tensor.id} has the shape {_shape(fixed)}, the paper file says {_shape(sizes)}"
            yield (f"{side}s", number, "axes"), said


def _fits(sizes: list[Any], fixed: list[Any]) -> bool:
    return len(sizes) == len(fixed) and all(
        ours == theirs for ours, theirs in zip(sizes, fixed, strict=True) if isinstance(ours, int) and theirs != "any"
    )


def _shape(sizes: list[Any]) -> str:
    return "x".join(str(size) for size in sizes)


def _dtype(dtype: str) -> str:
    return _SAME_DTYPE.get(dtype, dtype.lower())
