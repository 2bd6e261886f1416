"""Tensors in the terms of bioimage.io model 0.5: axes, values, and the steps of their preparation."""

import keyword
import re
from collections.abc import Mapping, Sequence
from typing import Any

from paper_companion.demo.bridge.axes import canonical
from paper_companion.page.exports.export import Export
from paper_companion.paper.model import Step, Tensor, Weights
from paper_companion.paper.values import plain_number

_TYPES = {"batch": "batch", "channel": "channel", "time": "time", "x": "space", "y": "space", "z": "space"}
_DTYPES = ("float32", "float64", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64", "bool")
_UNIT = r"(?:da|[QRYZEPTGMkhdcmµnpfazyrq])?(?:mol|cd|Hz|Pa|Wb|lm|lx|Bq|Gy|Sv|kat|[mgsAKNJWCVFΩSTHlL])"
_SI = re.compile(rf"{_UNIT}(?:\^[+-]?[1-9]\d*)?(?:·{_UNIT}(?:\^[+-]?[1-9]\d*)?|/{_UNIT}(?:\^\+?[1-9]\d*)?)*").fullmatch
_LIMITS: Mapping[str, tuple[float, float, str]] = {
    "eps": (1e-300, 0.1, "above 0 and at most 0.1"),
    "min_percentile": (0, 99.999999, "of at least 0 and below 100"),
    "max_percentile": (1.000001, 100, "above 1 and at most 100"),
    "std": (1e-6, float("inf"), "of at least 1e-6"),
}
_MAX_DESCRIPTION = 128
_MAX_TENSOR_ID, _MAX_AXIS_ID = 32, 16


def tensors(export: Export, number: int, weights: Weights) -> dict[str, Any]:
    """`inputs` and `outputs` of a model description."""
    described: dict[str, list[dict[str, Any]]] = {}
    taken: set[str] = set()
    for side in ("inputs", "outputs"):
        given: tuple[Tensor, ...] = getattr(weights, side)
        if not given:
            export.lack(f"bioimage.io describes the {side} of a model (add {side})", "weights", number, side)
        described[side] = []
        for place, tensor in enumerate(given):
            keys = ("weights", number, side, place)
            described[side].append(_Tensor(export, weights, tensor, side, keys).described())
            id = described[side][-1]["id"]
            if id in taken:
                export.lack(f"another tensor is called {id}, too, in bioimage.io's spelling (rename one)", *keys, "id")
            taken.add(id)
    return described


def identifier(text: str, limit: int) -> str:
    """A name as bioimage.io takes it: lower case, and letters, digits and underscores that Python could use."""
    name = re.sub(r"\W", "_", text.lower())[:limit]
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"_{name}"[:limit]


def _axis_id(axis: str) -> str:
    name = identifier(canonical(axis), _MAX_AXIS_ID)
    return f"{name}_axis" if name in ("i", "s") else name  # these two are short for other axes there


class _Tensor:
    """One tensor on its way into a model description."""

    def __init__(
        self, export: Export, weights: Weights, tensor: Tensor, side: str, keys: tuple[str | int, ...]
    ) -> None:
        self._export, self._weights, self._tensor, self._side, self._keys = export, weights, tensor, side, keys

    def described(self) -> dict[str, Any]:
        tensor = self._tensor
        for key in ("resize", "crop"):
            if getattr(tensor, key) is not None:
                self._note("bioimage.io has no such step: left out, so do it before", key)
        if tensor.description and len(tensor.description) > _MAX_DESCRIPTION:
            self._note(f"cut to {_MAX_DESCRIPTION} characters", "description")
        if tensor.test is None:
            self._note("bioimage.io asks for a test tensor, to try the model with", "test")
        if not tensor.axes:
            self._lack(
                "bioimage.io describes each axis (add axes, as {batch: any, channel: [grey], y: 64, x: 64})", "axes"
            )
        axes = [self._axis(axis, size) for axis, size in tensor.axes.items()]
        ids = [axis["id"] for axis in axes]
        if len(set(ids)) < len(ids):
            self._lack(f"two of its axes have one name there ({', '.join(ids)}: rename one)", "axes")
        steps = "preprocess" if self._side == "inputs" else "postprocess"
        described = [self._step(step, steps, place) for place, step in enumerate(tensor.steps)]
        test = tensor.test
        return {
            "id": identifier(tensor.id, _MAX_TENSOR_ID),
            "description": (tensor.description or "")[:_MAX_DESCRIPTION] or None,
            "axes": axes,
            "data": self._data() or None,
            f"{steps}ing": [step for step in described if step is not None] or None,
            "test_tensor": {"source": test.file, "sha256": test.sha256} if test is not None else None,
        }

    def _note(self, message: str, *keys: str | int) -> None:
        self._export.note(message, *self._keys, *keys)

    def _lack(self, message: str, *keys: str | int) -> None:
        self._export.lack(message, *self._keys, *keys)

    def _axis(self, axis: str, size: int | Sequence[str] | str) -> dict[str, Any]:
        name = _axis_id(axis)
        kind = "channel" if isinstance(size, tuple) else _TYPES.get(name, "index")
        described: dict[str, Any] = {"id": name, "type": kind}
        if kind == "batch":
            if isinstance(size, int) and size > 1:
                self._note("a batch is of any size there, or of 1: its size is left out", "axes", axis)
            return {**described, "size": 1} if size == 1 else described
        if kind == "channel":
            return {**described, "channel_names": self._channels(axis, size)}
        return {**described, "size": size if size != "any" else self._any_size(axis, name, kind)}

    def _channels(self, axis: str, size: int | Sequence[str] | str) -> list[str]:
        if isinstance(size, int):
            self._note("channels have names there, so these are numbered (give their names)", "axes", axis)
            return [f"channel{number}" for number in range(size)]
        if size in ("any", ()):
            self._lack("bioimage.io names each channel (give their names, as [red, green])", "axes", axis)
            return []
        if canonical(axis) == "batch":
            self._lack("bioimage.io has no names along a batch (write its size, or any)", "axes", axis)
        return list(size)

    def _any_size(self, axis: str, name: str, kind: str) -> dict[str, Any] | None:
        """A size that may vary: of an input in steps of 1; of an output as large as the input's, where that has one."""
        if self._side == "inputs":
            return {"min": 1, "step": 1}
        for tensor in self._weights.inputs:
            sizes = {_axis_id(axis): size for axis, size in tensor.axes.items()}
            if isinstance(sizes.get(name), int) or sizes.get(name) == "any":
                return {"tensor_id": identifier(tensor.id, _MAX_TENSOR_ID), "axis_id": name}
        if kind == "index":
            return {"min": 1}
        self._lack("bioimage.io wants to know its size, since no input has such an axis (replace any)", "axes", axis)
        return None

    def _data(self) -> dict[str, Any]:
        tensor = self._tensor
        if tensor.dtype is not None and tensor.dtype not in _DTYPES:
            self._lack(f"bioimage.io has no {tensor.dtype} (its types are {', '.join(_DTYPES)})", "dtype")
        if tensor.dtype == "bool":
            return {"values": [False, True], "type": "bool"}
        unit = tensor.unit
        if unit is not None and not _SI(unit):
            self._note("no SI unit, and there is no place for others: left out", "unit")
            unit = None
        described = {"type": tensor.dtype, "range": plain_number(tensor.range), "unit": unit}
        return {key: value for key, value in described.items() if value is not None}

    def _step(self, step: Step, key: str, place: int) -> dict[str, Any] | None:
        """A step with its parameters; None for one that has no place there, or that does nothing."""
        parameters = {name: plain_number(value) for name, value in step.parameters.items() if value is not None}
        at = (key, place)
        if step.name == "call":
            self._note(f"{parameters['function']} is a function of yours: not among the steps, but attached", *at)
            return None
        if step.name == "scale_mean_variance" and self._side == "inputs":
            self._note("bioimage.io has this step for outputs only: left out", *at)
            return None
        if reference := parameters.get("reference_tensor"):
            if reference not in {tensor.id for tensor in self._weights.inputs}:
                self._note(f"bioimage.io compares with inputs, and {reference} is none: left out", *at)
                return None
            parameters["reference_tensor"] = identifier(reference, _MAX_TENSOR_ID)
        if step.name == "ensure_dtype" and parameters["dtype"] not in _DTYPES:
            self._lack(f"bioimage.io has no such data type (its types are {', '.join(_DTYPES)})", *at, step.name)
        self._check_limits(parameters, step.name, at)
        for axis in parameters.get("axes", ()):
            if _axis_id(axis) not in map(_axis_id, self._tensor.axes):
                self._lack(f"the tensor has no axis {axis}", *at, step.name, "axes")
        parameters = self._along(step.name, parameters)
        if _does_nothing(step.name, parameters):
            return None
        return {"id": step.name, "kwargs": parameters} if parameters else {"id": step.name}

    def _check_limits(self, parameters: Mapping[str, Any], step: str, at: tuple[str | int, ...]) -> None:
        for name, (lowest, highest, words) in _LIMITS.items():
            given = parameters.get(name, lowest)
            if any(not lowest <= value <= highest for value in (given if isinstance(given, list) else [given])):
                self._lack(f"bioimage.io wants {name} {words}", *at, step, name)

    def _along(self, step: str, parameters: dict[str, Any]) -> dict[str, Any]:
        """Says along or over which axes a step computes, where bioimage.io would take it otherwise than we do."""
        lists = {name: value for name, value in parameters.items() if isinstance(value, list) and name != "axes"}
        axis = parameters.pop("axis", "channel")
        if step == "softmax":
            return {**parameters, "axis": _axis_id(axis)}
        if lists:
            length = max(map(len, lists.values()))
            numbers = {name: value if name in lists else [value] * length for name, value in parameters.items()}
            return {**numbers, "axis": _axis_id(axis)}
        if step in ("scale_mean_variance", "scale_range", "zero_mean_unit_variance"):
            over = parameters.get("axes") or [name for name in self._tensor.axes if canonical(name) != "batch"]
            return {**parameters, "axes": [_axis_id(name) for name in over]}
        return parameters


def _does_nothing(step: str, parameters: Mapping[str, Any]) -> bool:
    """Whether it is a step that bioimage.io refuses because it changes nothing."""
    if step == "scale_linear":
        gain, offset = parameters.get("gain", 1), parameters.get("offset", 0)
        both = ((gain, 1), (offset, 0))
        return all(set(given if isinstance(given, list) else [given]) == {neutral} for given, neutral in both)
    return step == "clip" and not parameters
