"""The steps that turn what a reader has into what a model takes, and what it gives into what it means.

Names and parameters are those of bioimage.io model 0.5, plus `call`, a Python function of the author's.
"""

from collections.abc import Mapping
from typing import NamedTuple

from paper_companion.paper.record import Record, record
from paper_companion.paper.values import Json


@record
class Step(Record):
    """One step of a preparation: its name and its parameters, defaults filled in."""

    name: str
    """The operation's name."""
    parameters: Mapping[str, Json]
    """Its parameters, defaults filled in."""


class Parameter(NamedTuple):
    """One parameter of an operation. `kind` is number, numbers (one, or one for each channel), axes, axis or text."""

    kind: str
    description: str
    default: Json = None
    required: bool = False


class Operation(NamedTuple):
    """One operation: what it does to a tensor, in a line, and its parameters by name."""

    description: str
    parameters: Mapping[str, Parameter]


_AXIS = Parameter("axis", "The axis along which the numbers are given.")
_AXES = Parameter("axes", "The axes over which it is computed; all but batch when left out.")
_EPS = Parameter("number", "Added to the divisor, so that it is never zero.", 1e-6)

OPERATIONS: Mapping[str, Operation] = {
    "binarize": Operation(
        "1 where the value is above the threshold, else 0.",
        {"threshold": Parameter("numbers", "The threshold.", required=True), "axis": _AXIS},
    ),
    "clip": Operation(
        "Values outside the limits become the limits.",
        {
            "min": Parameter("number", "The lower limit."),
            "max": Parameter("number", "The upper limit."),
        },
    ),
    "ensure_dtype": Operation(
        "Casts to a data type.",
        {"dtype": Parameter("text", "The data type, as in NumPy.", required=True)},
    ),
    "fixed_zero_mean_unit_variance": Operation(
        "(value - mean) / std, with numbers that are given.",
        {
            "mean": Parameter("numbers", "The mean.", required=True),
            "std": Parameter("numbers", "The standard deviation.", required=True),
            "axis": _AXIS,
        },
    ),
    "scale_linear": Operation(
        "value * gain + offset.",
        {
            "gain": Parameter("numbers", "The factor.", 1.0),
            "offset": Parameter("numbers", "Added after the factor.", 0.0),
            "axis": _AXIS,
        },
    ),
    "scale_mean_variance": Operation(
        "Brings mean and variance to those of another tensor.",
        {"reference_tensor": Parameter("text", "The other tensor's id.", required=True), "axes": _AXES, "eps": _EPS},
    ),
    "scale_range": Operation(
        "Maps the percentiles to 0 and 1.",
        {
            "min_percentile": Parameter("number", "The percentile that becomes 0.", 0.0),
            "max_percentile": Parameter("number", "The percentile that becomes 1.", 100.0),
            "axes": _AXES,
            "eps": _EPS,
            "reference_tensor": Parameter("text", "The tensor whose percentiles are used."),
        },
    ),
    "sigmoid": Operation("1 / (1 + exp(-value)).", {}),
    "softmax": Operation(
        "Makes the values along an axis positive, with a sum of 1.",
        {"axis": Parameter("axis", "The axis; channel when left out.", "channel")},
    ),
    "zero_mean_unit_variance": Operation(
        "(value - mean) / std, computed from the input itself.",
        {"axes": _AXES, "eps": _EPS},
    ),
    "call": Operation(
        "Calls a Python function of the author's, whose docstring is printed on the page.",
        {"function": Parameter("function", "The function, as `demo/app.py:prepare`.", required=True)},
    ),
}
