"""The header of a safetensors file: how many parameters, of which types, in which shapes. No tensor is read."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paper_companion.paper.imports.fill import ImportProblem

LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 8_000_000
_BITS = {"F64": 64, "I64": 64, "U64": 64, "F32": 32, "I32": 32, "U32": 32, "F16": 16, "BF16": 16, "I16": 16, "U16": 16,
         "I8": 8, "U8": 8, "BOOL": 8}  # fmt: skip


def read_safetensors(path: Path) -> Mapping[str, Any]:
    """Parameters, dtypes and tensors as `Weights` has them. Raises ImportProblem, OSError."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        length = header_bytes(file.read(LENGTH_BYTES), size_bytes)
        return {**safetensors_outline(file.read(length), size_bytes - LENGTH_BYTES - length), "size": size_bytes}


def header_bytes(start: bytes, size_bytes: int | None) -> int:
    """How long the header is that follows a file's first LENGTH_BYTES. Raises ImportProblem.

    `size_bytes` is the file's size, None when it is not known.
    """
    length = int.from_bytes(start[:LENGTH_BYTES], "little")
    if len(start) < LENGTH_BYTES or (size_bytes is not None and length > size_bytes - LENGTH_BYTES):
        raise ImportProblem("not a safetensors file (the header does not fit; is it a Git LFS pointer?)")
    if length > _MAX_HEADER_BYTES:
        raise ImportProblem(f"the header has {length:,} bytes; at most {_MAX_HEADER_BYTES:,} are read")
    return length


def safetensors_outline(header: bytes, data_bytes: int | None = None) -> Mapping[str, Any]:
    """What a header says, as `Weights` has it. Raises ImportProblem.

    `data_bytes` is how many bytes follow it, None when that is not known.
    """
    try:
        entries = json.loads(header)
    except (ValueError, RecursionError):
        raise ImportProblem("the header is not JSON") from None
    if not isinstance(entries, dict):
        raise ImportProblem("the header is not a mapping")
    tensors, dtypes, ends, parameters = {}, [], [0], 0
    for name, entry in entries.items():
        if name == "__metadata__":
            continue
        dtype, shape = (entry.get("dtype"), entry.get("shape")) if isinstance(entry, dict) else (None, None)
        sizes = shape if isinstance(shape, list) else [None]
        if not isinstance(dtype, str) or not all(type(size) is int and size >= 0 for size in sizes):
            raise ImportProblem(f"the header describes {name[:60]!r} in a way that it should not")
        ends.append(_end(name, entry.get("data_offsets"), math.prod(sizes) * _BITS.get(dtype, 0) // 8))
        tensors[name] = f"{dtype} {shape}"
        parameters += math.prod(shape)
        if dtype not in dtypes:
            dtypes.append(dtype)
    if data_bytes is not None and max(ends) > data_bytes:
        raise ImportProblem(f"the file is cut short: {max(ends):,} bytes should follow the header, {data_bytes:,} do")
    return {
        "parameters": parameters,
        "dtypes": dtypes or None,
        "tensors": tensors or None,
        "format": "safetensors",
    }


def _end(name: str, offsets: object, size_bytes: int) -> int:
    """Where a tensor's bytes end; `size_bytes` is what its shape needs, 0 when not known. Raises ImportProblem."""
    if not (isinstance(offsets, list) and len(offsets) == 2 and all(type(offset) is int for offset in offsets)):
        raise ImportProblem(f"the header does not say where {name[:60]!r} lies")
    begin, end = offsets
    if not 0 <= begin <= end or (size_bytes and end - begin != size_bytes):
        raise ImportProblem(f"the header gives {name[:60]!r} {end - begin:,} bytes, its shape needs {size_bytes:,}")
    return end
