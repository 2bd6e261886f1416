"""What the header of a weights file says, against what the paper file says. No tensor is read, nothing is unpickled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paper_companion.paper.artifacts import File, Tensor, Weights

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
    # .bin is anything; PyTorch's is a zip archive with a pickle in it.
    return looks_like_it and (not file.name.lower().endswith(".bin") or b"data.pkl" in start)


def disagreements(path: Path, file: File, weights: Weights | None) -> Iterator[str]:
    """Each way in which the header of a local file says something else than the paper file. Raises OSError."""
    from paper_companion.paper.imports.fill import ImportProblem
    from paper_companion.paper.imports.onnx import read_onnx
    from paper_companion.paper.imports.safetensors import read_safetensors

    reader = {"safetensors": read_safetensors, "onnx": read_onnx}.get(format_of(file))
    if reader is None:
        return
    try:
        header = reader(path)
    except ImportProblem as problem:
        yield f"its header cannot be read: {problem.message}"
        return
    if file.opset is not None and header.get("opset") not in (None, file.opset):
        yield f"its operator set is {header['opset']}, the paper file says {file.opset}"
    if weights is not None:
        yield from _weights(header, weights, pieces=_pieces(file, weights))
        for side, declared in (("input", weights.inputs), ("output", weights.outputs)):
            yield from _tensors(header.get(f"{side}s") or (), declared, side)


def _pieces(file: File, weights: Weights) -> int:
    return sum(format_of(other) == format_of(file) for other in weights.files)


def _weights(header: Mapping[str, Any], weights: Weights, pieces: int) -> Iterator[str]:
    found = header.get("parameters")
    # ONNX graphs carry constants too, and pieces hold a part each: only a whole safetensors file must agree exactly.
    if header.get("format") == "safetensors" and pieces == 1:
        if weights.parameters is not None and found != weights.parameters:
            yield f"it holds {found:,} parameters, the paper file says {weights.parameters:,}"
        stored = header.get("tensors") or {}
        for name, described in weights.tensors.items():
            if stored.get(name) != described:
                yield f"its tensor {name} is {stored.get(name, 'missing')}, the paper file says {described}"
    dtypes = {_dtype(dtype) for dtype in header.get("dtypes") or ()}
    declared = {_dtype(dtype) for dtype in weights.dtypes}
    if declared and header.get("format") == "safetensors" and not dtypes <= declared:
        yield f"it holds {', '.join(sorted(dtypes - declared))}, the paper file says {', '.join(sorted(declared))}"


def _tensors(found: Any, declared: tuple[Tensor, ...], side: str) -> Iterator[str]:
    if not found or not declared:
        return
    if len(found) != len(declared):
        yield f"it has {len(found)} {side}s, the paper file says {len(declared)}"
        return
    by_id = {tensor["id"]: tensor for tensor in found}
    for number, tensor in enumerate(declared):
        theirs = by_id.get(tensor.id, found[number])
        if tensor.dtype and theirs["dtype"] and _dtype(theirs["dtype"]) != _dtype(tensor.dtype):
            yield f"its {side} {tensor.id} is {theirs['dtype']}, the paper file says {tensor.dtype}"
        sizes = [len(size) if isinstance(size, tuple) else size for size in tensor.axes.values()]
        fixed = list((theirs["axes"] or {}).values())
        if sizes and fixed and not _fits(sizes, fixed):
            yield f"its {side} {tensor.id} has the shape {_shape(fixed)}, the paper file says {_shape(sizes)}"


def _fits(sizes: list[Any], fixed: list[Any]) -> bool:
    return len(sizes) == len(fixed) and all(
        ours == theirs for ours, theirs in zip(sizes, fixed, strict=True) if isinstance(ours, int) and theirs != "any"
    )


def _shape(sizes: list[Any]) -> str:
    return "x".join(str(size) for size in sizes)


def _dtype(dtype: str) -> str:
    return _SAME_DTYPE.get(dtype, dtype.lower())
