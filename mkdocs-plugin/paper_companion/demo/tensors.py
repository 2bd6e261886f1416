"""The tensors that a demo's inputs and outputs name, as plain values: the same steps that the page prints."""

from collections.abc import Mapping
from typing import Any, Literal

from paper_companion.paper.model import Paper, Tensor
from paper_companion.paper.values import plain_number

Plan = Mapping[str, Any]
"""One tensor; see `preparation`."""
Side = Literal["inputs", "outputs"]


def tensor_plans(paper: Paper) -> dict[tuple[Side, str], Plan]:
    """The plan of each tensor that the demo's inputs and outputs name, by its side of the model and its id."""
    demo = paper.demo
    if demo is None or demo.weights is None:
        return {}
    weights = next(weights for weights in paper.weights if weights.id == demo.weights_id)
    sides: tuple[tuple[Side, Any, Any], ...] = (
        ("inputs", demo.inputs, weights.inputs),
        ("outputs", demo.outputs, weights.outputs),
    )
    return {
        (side, tensor.id): tensor_plan(tensor)
        for side, entries, tensors in sides
        for tensor in tensors
        if any(entry.tensor == tensor.id for entry in entries)
    }


def tensor_plan(tensor: Tensor) -> Plan:
    """One tensor of the paper file as its preparation is executed."""
    plan: dict[str, Any] = {
        "id": tensor.id,
        "numeric": tensor.is_numeric,
        "axes": [[axis, plain_number(size)] for axis, size in tensor.axes.items()],
        "dtype": tensor.dtype,
        "steps": [
            [step.name, {key: plain_number(value) for key, value in step.parameters.items() if value is not None}]
            for step in tensor.steps
        ],
    }
    if tensor.resize:
        plan["resize"] = {"height": tensor.resize.height, "width": tensor.resize.width, "method": tensor.resize.method}
    if tensor.crop:
        plan["crop"] = {"height": tensor.crop.height, "width": tensor.crop.width}
    return plan


def called_functions(paper: Paper) -> tuple[str, ...]:
    """The author's functions that are called to prepare, as demo/app.py:prepare."""
    return tuple(
        dict.fromkeys(
            parameters["function"]
            for plan in tensor_plans(paper).values()
            for name, parameters in plan["steps"]
            if name == "call"
        )
    )
