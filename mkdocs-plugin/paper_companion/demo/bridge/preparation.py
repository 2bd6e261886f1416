"""Preparation: brings what a form sends into the form that a model takes, and gives its numbers their meaning.

The steps are those that the paper file declares for the weights' tensors and the page prints: those of bioimage.io
model 0.5, with resize, crop, the order of axes and channels, and functions of the author's. NumPy is imported only
where a step computes.

A plan is one tensor as plain values: {"id", "numeric": bool, "axes": [[name, size or list of names or "any"]],
"dtype", "resize": {"height", "width", "method"}, "crop": {"height", "width"}, "steps": [[name, {parameter: value}]]}.
"""

from .axes import PreparationError, canonical, laid_out
from .resampling import resized
from .steps import STEPS, cast


class Tensors:
    """The tensors of one call of the function, by their ids."""

    def __init__(self, function_of):
        """`function_of` gives the function for a reference as `demo/app.py:prepare`."""
        self._function_of = function_of
        self._prepared = {}
        self._laid_out = {}

    def prepare(self, plan, kind, value):
        """What the function gets for a field of this kind (image, audio, table, …). Raises PreparationError."""
        if not plan["numeric"]:
            for _, parameters in plan["steps"]:
                value = self._function_of(parameters["function"])(value)
            return value
        axes = None
        value, axes = _as_array(kind, value)
        if plan.get("resize"):
            value = resized(value, **plan["resize"])
        if plan.get("crop"):
            value = _cropped(value, **plan["crop"])
        result = self._stepped(plan, value, axes, self._laid_out, keep=self._laid_out)
        _check_sizes(plan, result)
        if plan.get("dtype"):
            result = cast(result, plan["dtype"])
        self._prepared[plan["id"]] = result
        return result

    def finish(self, plan, kind, value):
        """What an output of this kind shows for what the function returned. Raises PreparationError."""
        if plan["numeric"]:
            import numpy

            value = self._stepped(plan, numpy.asarray(value), None, self._prepared)
        else:
            for _, parameters in plan["steps"]:
                value = self._function_of(parameters["function"])(value)
        if kind == "label" and not isinstance(value, (dict, str)):
            return _labelled(plan, value)
        return _picture(plan, value) if kind == "image" and plan["numeric"] else value

    def _stepped(self, plan, value, axes, references, keep=None):
        """The value after all steps; before the first one that computes, its axes are put in order."""
        is_laid_out = False

        def lay_out():
            array = laid_out(plan, value, axes)
            if keep is not None:
                keep[plan["id"]] = array
            return array

        for name, parameters in plan["steps"]:
            if name == "call":
                value = self._function_of(parameters["function"])(value)
                axes = None
                continue
            if not is_laid_out:
                value, is_laid_out = lay_out(), True
            names = [axis for axis, _ in plan["axes"]] if len(plan["axes"]) == value.ndim else None
            value = STEPS[name](value, names, references, **parameters)
        return value if is_laid_out else lay_out()


def _as_array(kind, value):
    """A form's value as an array, with the names of its axes where its kind says which they are."""
    import numpy

    if kind == "image":
        array = numpy.asarray(value)
        array = array.astype(numpy.uint8) if array.dtype.kind in "iu" else array
        return array, ["y", "x", "channel"][: array.ndim]
    if kind == "audio":
        array = numpy.asarray(value[1])
        return array, ["time", "channel"][: array.ndim]
    if isinstance(value, dict) and "rows" in value:
        value = value["rows"]
    try:
        return numpy.asarray(value, numpy.float64), None
    except (TypeError, ValueError) as error:
        raise PreparationError(f"expected numbers: {error}") from None


def _check_sizes(plan, array):
    for number, (name, size) in enumerate(plan["axes"]):
        expected = len(size) if isinstance(size, list) else size
        if isinstance(expected, int) and array.shape[number] != expected:
            raise PreparationError(
                f"tensor {plan['id']} has {array.shape[number]} along {name}, declared are {expected} (add a resize, "
                "or a step that gives it this size)"
            )


def _labelled(plan, value):
    """The names along the channel axis with their values."""
    names = next((size for axis, size in plan["axes"] if canonical(axis) == "channel"), None)
    if not isinstance(names, list):
        raise PreparationError(f"tensor {plan['id']} has no channel names, and a label needs them")
    values = value.reshape(-1).tolist() if hasattr(value, "reshape") else value
    while len(values) == 1 and isinstance(values[0], (list, tuple)):
        values = values[0]
    if len(values) != len(names):
        raise PreparationError(f"tensor {plan['id']} has {len(names)} channel names, the function gave {len(values)}")
    return dict(zip(names, values, strict=True))


def _picture(plan, array):
    """An array with declared axes as rows of pixels."""
    names = [canonical(name) for name, _ in plan["axes"]]
    if len(names) != array.ndim or "y" not in names or "x" not in names:
        return array
    order = [names.index("y"), names.index("x")] + ([names.index("channel")] if "channel" in names else [])
    others = [number for number in range(array.ndim) if number not in order]
    array = array.transpose([*others, *order])
    if any(array.shape[number] != 1 for number in range(len(others))):
        raise PreparationError(f"tensor {plan['id']} holds more than one picture: its shape is {array.shape}")
    array = array.reshape(array.shape[len(others) :])
    return array[..., 0] if array.ndim == 3 and array.shape[2] == 1 else array


def _cropped(array, height, width):
    """The middle of an array of shape (y, x, …). Raises PreparationError."""
    if array.shape[0] < height or array.shape[1] < width:
        size = f"{array.shape[1]}x{array.shape[0]}"
        raise PreparationError(f"a picture of {size} pixels cannot be cropped to {width}x{height}")
    top, left = (array.shape[0] - height) // 2, (array.shape[1] - width) // 2
    return array[top : top + height, left : left + width]
