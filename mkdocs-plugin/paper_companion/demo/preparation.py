"""Preparation: brings what a form sends into the form that a model takes, and gives its numbers their meaning.

The steps are those that the paper file declares for the weights' tensors and the page prints: those of bioimage.io
model 0.5, with resize, crop, the order of axes and channels, and functions of the author's. Like the bridge, this file
runs in CPython and in Pyodide, so it imports nothing of this package, and NumPy only where a step computes.

A plan is one tensor as plain values: {"id", "numeric": bool, "axes": [[name, size or list of names or "any"]],
"dtype", "resize": {"height", "width", "method"}, "crop": {"height", "width"}, "steps": [[name, {parameter: value}]]}.
"""

import importlib.util
import os

_AXIS_NAMES = {"b": "batch", "c": "channel", "h": "y", "height": "y", "w": "x", "width": "x", "t": "time"}
_COLOURS = {"r": "red", "g": "green", "b": "blue", "a": "alpha"}


class PreparationError(Exception):
    """A value that cannot be prepared as declared. The text says why."""


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
            value = _resampling().resized(value, **plan["resize"])
        if plan.get("crop"):
            value = _cropped(value, **plan["crop"])
        result = self._stepped(plan, value, axes, self._laid_out, keep=self._laid_out)
        _check_sizes(plan, result)
        if plan.get("dtype"):
            result = _cast(result, plan["dtype"])
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
            array = _laid_out(plan, value, axes)
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


# Steps: from an array and the names of its axes to an array


def binarize(array, axes, references, threshold, axis=None):
    return (array > _along(threshold, axis, array, axes)).astype("float32")


def clip(array, axes, references, min=None, max=None):
    return array if min is None and max is None else array.clip(min, max)


def ensure_dtype(array, axes, references, dtype):
    return _cast(array, dtype)


def fixed_zero_mean_unit_variance(array, axes, references, mean, std, axis=None):
    return (_real(array) - _along(mean, axis, array, axes)) / _along(std, axis, array, axes)


def scale_linear(array, axes, references, gain=1.0, offset=0.0, axis=None):
    return _real(array) * _along(gain, axis, array, axes) + _along(offset, axis, array, axes)


def scale_mean_variance(array, axes, references, reference_tensor, axes_=None, eps=1e-6):
    array, reference, over = _real(array), _reference(references, reference_tensor), _numbers_of(axes_, array, axes)
    like = _numbers_of(axes_, reference, axes)
    normal = (array - array.mean(over, keepdims=True)) / (array.std(over, keepdims=True) + eps)
    return normal * (reference.std(like, keepdims=True) + eps) + reference.mean(like, keepdims=True)


def scale_range(
    array, axes, references, min_percentile=0.0, max_percentile=100.0, axes_=None, eps=1e-6, reference_tensor=None
):
    import numpy

    array = _real(array)
    measured = array if reference_tensor is None else _reference(references, reference_tensor)
    over = _numbers_of(axes_, measured, axes)
    lowest, highest = numpy.percentile(measured, [min_percentile, max_percentile], axis=over, keepdims=True)
    return (array - lowest) / (highest - lowest + eps)


def sigmoid(array, axes, references):
    import numpy

    array = _real(array)
    # Of the two ways to write it the one whose exponential cannot overflow.
    small = numpy.exp(-abs(array))
    return numpy.where(array >= 0, 1 / (1 + small), small / (1 + small))


def softmax(array, axes, references, axis="channel"):
    import numpy

    array, along = _real(array), _number_of(axis, array, axes)
    powers = numpy.exp(array - array.max(along, keepdims=True))
    return powers / powers.sum(along, keepdims=True)


def zero_mean_unit_variance(array, axes, references, axes_=None, eps=1e-6):
    array, over = _real(array), _numbers_of(axes_, array, axes)
    return (array - array.mean(over, keepdims=True)) / (array.std(over, keepdims=True) + eps)


def _renamed(step):
    """A step whose parameter is called axes, as the array's own axes are here."""

    def renamed(array, names, references, axes=None, **parameters):
        return step(array, names, references, axes_=axes, **parameters)

    return renamed


STEPS = {
    "binarize": binarize,
    "clip": clip,
    "ensure_dtype": ensure_dtype,
    "fixed_zero_mean_unit_variance": fixed_zero_mean_unit_variance,
    "scale_linear": scale_linear,
    "scale_mean_variance": _renamed(scale_mean_variance),
    "scale_range": _renamed(scale_range),
    "sigmoid": sigmoid,
    "softmax": softmax,
    "zero_mean_unit_variance": _renamed(zero_mean_unit_variance),
}


def _real(array):
    import numpy

    return numpy.asarray(array, numpy.float64)


def _cast(array, dtype):
    import numpy

    try:
        return array.astype(numpy.dtype(dtype))
    except (TypeError, ValueError) as error:
        raise PreparationError(f"cannot be cast to {dtype}: {error}") from None


def _reference(references, name):
    if name not in references:
        raise PreparationError(
            f"needs the tensor {name}, which no input has prepared before (known: {list(references)})"
        )
    return _real(references[name])


def _number_of(axis, array, axes):
    """The number of an axis that is named; the last one where nothing is known of the axes."""
    if axes is None:
        return array.ndim - 1
    names = [_canonical(name) for name in axes]
    if _canonical(axis) not in names:
        raise PreparationError(f"has no axis {axis} (its axes are {', '.join(axes)})")
    return names.index(_canonical(axis))


def _numbers_of(named, array, axes):
    """The numbers of named axes; of all but batch where none are named."""
    if named:
        return tuple(_number_of(axis, array, axes) for axis in named)
    names = [_canonical(name) for name in axes] if axes and len(axes) == array.ndim else [""] * array.ndim
    return tuple(number for number, name in enumerate(names) if name != "batch")


def _along(numbers, axis, array, axes):
    """One number, or one for each place along an axis, in a shape that fits the array."""
    import numpy

    if not isinstance(numbers, (list, tuple)):
        return numbers
    along = _number_of(axis or "channel", array, axes)
    if len(numbers) != array.shape[along]:
        raise PreparationError(f"{len(numbers)} numbers are given for {array.shape[along]} along {axis or 'channel'}")
    shape = [1] * array.ndim
    shape[along] = len(numbers)
    return numpy.reshape(numpy.asarray(numbers, numpy.float64), shape)


# Axes


def _canonical(axis):
    return _AXIS_NAMES.get(axis, axis)


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


def _laid_out(plan, value, given):
    """The array with its axes in the declared order; axes that it lacks have a size of 1."""
    import numpy

    array = numpy.asarray(value)
    if not plan["axes"]:
        return array
    wanted = [_canonical(name) for name, _ in plan["axes"]]
    if given is None:
        if array.ndim > len(wanted):
            raise PreparationError(f"has {array.ndim} axes, declared are {len(wanted)} ({', '.join(wanted)})")
        return array.reshape((1,) * (len(wanted) - array.ndim) + array.shape)
    for number in reversed(range(len(given))):
        if given[number] not in wanted:
            if array.shape[number] != 1:
                raise PreparationError(f"has {array.shape[number]} along {given[number]}, an axis that is not declared")
            array = array.squeeze(number)
            given = [*given[:number], *given[number + 1 :]]
    array = array.transpose([given.index(name) for name in wanted if name in given])
    array = array.reshape([array.shape[_place(name, wanted, given)] if name in given else 1 for name in wanted])
    if "channel" in given:
        array = _coloured(array, wanted.index("channel"), dict(plan["axes"]))
    return array


def _place(name, wanted, given):
    """Where an axis lies once those that are there are in the wanted order."""
    return [one for one in wanted if one in given].index(name)


def _coloured(array, along, sizes):
    """The channels of a picture in the order of their names, where these are colours."""
    names = next((size for axis, size in sizes.items() if _canonical(axis) == "channel"), None)
    if not isinstance(names, list):
        return array
    colours = [_COLOURS.get(name.lower(), name.lower()) for name in names]
    order = ["red", "green", "blue", "alpha"][: array.shape[along]]
    return array.take([order.index(colour) for colour in colours], along) if sorted(colours) == sorted(order) else array


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
    names = next((size for axis, size in plan["axes"] if _canonical(axis) == "channel"), None)
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
    names = [_canonical(name) for name, _ in plan["axes"]]
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


def _resampling():
    """The module that lies beside this file: resampling.py beside preparation.py, whatever comes before these names."""
    folder, name = os.path.split(__file__)
    file = name.replace("preparation", "resampling")
    spec = importlib.util.spec_from_file_location(os.path.splitext(file)[0], os.path.join(folder, file))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
