"""The outline of an ONNX file, read from its Protocol Buffers without the data: opset, inputs, outputs, parameters."""

import math
import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from paper_companion.paper.imports.fill import ImportProblem

_MAX_FIELDS = 200_000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DTYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "str",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
}


class _Reader:
    """Walks Protocol Buffers fields; counts them, so that no file keeps it busy for long."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self.data = data
        self.fields = 0

    def walk(self, span: tuple[int, int]) -> Iterator[tuple[int, int | tuple[int, int]]]:
        """Each field's number, with its integer, or with the span of its bytes. Raises ImportProblem."""
        position, end = span
        while position < end:
            self.fields += 1
            if self.fields > _MAX_FIELDS:
                raise ImportProblem(f"more than {_MAX_FIELDS:,} fields")
            tag, position = self.varint(position, end)
            kind = tag & 7
            if kind == _VARINT:
                value, position = self.varint(position, end)
                yield tag >> 3, value
                continue
            if kind == _BYTES:
                length, position = self.varint(position, end)
            elif kind in (_FIXED64, _FIXED32):
                length = 8 if kind == _FIXED64 else 4
            else:
                raise ImportProblem("not an ONNX file (is it a Git LFS pointer?)")
            if length > end - position:
                raise ImportProblem("not an ONNX file, or cut short")
            yield tag >> 3, (position, position + length)
            position += length

    def varint(self, position: int, end: int) -> tuple[int, int]:
        """An integer of at most ten bytes, and the position after it."""
        value = 0
        for index in range(10):
            if position >= end:
                raise ImportProblem("not an ONNX file, or cut short")
            byte = self.data[position]
            position += 1
            value |= (byte & 0x7F) << (7 * index)
            if byte < 0x80:
                return value, position
        raise ImportProblem("not an ONNX file")

    def text(self, span: int | tuple[int, int]) -> str:
        """A string of at most 200 bytes."""
        if isinstance(span, int):
            raise ImportProblem("not an ONNX file")
        return self.data[span[0] : min(span[1], span[0] + 200)].decode(errors="replace")

    def spans(self, span: int | tuple[int, int], number: int) -> Iterator[tuple[int, int]]:
        """The spans of all fields with a number in a message."""
        if isinstance(span, tuple):
            for found, value in self.walk(span):
                if found == number and isinstance(value, tuple):
                    yield value


def read_onnx(path: Path) -> Mapping[str, Any]:
    """Parameters, dtypes, inputs, outputs and opset as `Weights` and `File` have them.

    Raises ImportProblem, OSError.
    """
    size_bytes = path.stat().st_size
    if not size_bytes:
        raise ImportProblem("is empty")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return {**onnx_outline(data), "size": size_bytes}


def onnx_outline(data: mmap.mmap | bytes) -> Mapping[str, Any]:
    """What a whole file says, as `Weights` and `File` have it. Raises ImportProblem."""
    reader = _Reader(data)
    opset, graph = None, None
    for number, value in reader.walk((0, len(data))):
        if number == 8 and isinstance(value, tuple):
            opset = _opset(reader, value) or opset
        elif number == 7 and isinstance(value, tuple):
            graph = value
    if graph is None:
        raise ImportProblem("not an ONNX file: there is no graph in it")
    return {**_graph(reader, graph), "opset": opset, "format": "onnx"}


def _opset(reader: _Reader, span: tuple[int, int]) -> int | None:
    domain, version = "", None
    for number, value in reader.walk(span):
        if number == 1:
            domain = reader.text(value)
        elif number == 2 and isinstance(value, int):
            version = value
    return version if domain in ("", "ai.onnx") else None


def _graph(reader: _Reader, span: tuple[int, int]) -> dict[str, Any]:
    parameters, dtypes, initialized = 0, [], set()
    inputs, outputs = [], []
    for number, value in reader.walk(span):
        if not isinstance(value, tuple):
            continue
        if number == 5:
            name, dtype, count = _initializer(reader, value)
            initialized.add(name)
            parameters += count
            if dtype not in dtypes:
                dtypes.append(dtype)
        elif number in (11, 12):
            (inputs if number == 11 else outputs).append(_tensor(reader, value))
    return {
        "parameters": parameters,
        "dtypes": [dtype for dtype in dtypes if dtype] or None,
        "inputs": [tensor for tensor in inputs if tensor["id"] not in initialized] or None,
        "outputs": outputs or None,
    }


def _initializer(reader: _Reader, span: tuple[int, int]) -> tuple[str, str | None, int]:
    shape, dtype, name = [], None, ""
    for number, value in reader.walk(span):
        if number == 1 and isinstance(value, int):
            shape.append(value)
        elif number == 1 and isinstance(value, tuple):
            position, end = value
            while position < end and len(shape) < 100:
                size, position = reader.varint(position, end)
                shape.append(size)
        elif number == 2 and isinstance(value, int):
            dtype = _DTYPES.get(value)
        elif number == 8:
            name = reader.text(value)
    return name, dtype, math.prod(shape)


def _tensor(reader: _Reader, span: tuple[int, int]) -> dict[str, Any]:
    name, dtype, axes = "", None, {}
    for number, value in reader.walk(span):
        if number == 1:
            name = reader.text(value)
        elif number == 2:
            for tensor_type in reader.spans(value, 1):
                for inner, kind in reader.walk(tensor_type):
                    if inner == 1 and isinstance(kind, int):
                        dtype = _DTYPES.get(kind)
                    elif inner == 2:
                        axes = _axes(reader, kind)
    return {"id": name, "dtype": dtype, "axes": axes or None}


def _axes(reader: _Reader, shape: int | tuple[int, int]) -> dict[str, int | str]:
    axes: dict[str, int | str] = {}
    for index, dimension in enumerate(reader.spans(shape, 1)):
        name, size = f"axis{index}", "any"
        for number, value in reader.walk(dimension):
            if number == 1 and isinstance(value, int) and value:
                size = value
            elif number == 2:
                name = reader.text(value) or name
        axes[name if name not in axes else f"axis{index}"] = size
    return axes
