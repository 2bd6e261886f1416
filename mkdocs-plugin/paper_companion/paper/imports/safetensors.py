"""The header of a safetensors file: how many parameters, of which types, in which shapes. No tensor is read."""

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from paper_companion.paper.imports.fill import ImportProblem

LENGTH_BYTES = 8
_MAX_HEADER_BYTES = 8_000_000


def read_safetensors(path: Path) -> Mapping[str, Any]:
    """Parameters, dtypes and tensors as `Weights` has them. Raises ImportProblem, OSError."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        length = header_bytes(file.read(LENGTH_BYTES), size_bytes)
        return {**safetensors_outline(file.read(length)), "size": size_bytes}


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


def safetensors_outline(header: bytes) -> Mapping[str, Any]:
    """What a header says, as `Weights` has it. Raises ImportProblem."""
    try:
        entries = json.loads(header)
    except (ValueError, RecursionError):
        raise ImportProblem("the header is not JSON") from None
    if not isinstance(entries, dict):
        raise ImportProblem("the header is not a mapping")
    tensors, dtypes, parameters = {}, [], 0
    for name, entry in entries.items():
        if name == "__metadata__":
            continue
        dtype, shape = (entry.get("dtype"), entry.get("shape")) if isinstance(entry, dict) else (None, None)
        sizes = shape if isinstance(shape, list) else [None]
        if not isinstance(dtype, str) or not all(type(size) is int and size >= 0 for size in sizes):
            raise ImportProblem(f"the header describes {name[:60]!r} in a way that it should not")
        tensors[name] = f"{dtype} {shape}"
        parameters += math.prod(shape)
        if dtype not in dtypes:
            dtypes.append(dtype)
    return {
        "parameters": parameters,
        "dtypes": dtypes or None,
        "tensors": tensors or None,
        "format": "safetensors",
    }
