"""Steps: from an array and the names of its axes to an array, as bioimage.io model 0.5 defines them."""

from .axes import PreparationError, along, number_of, numbers_of


def binarize(array, axes, references, threshold, axis=None):
    return (array > along(threshold, axis, array, axes)).astype("float32")


def clip(array, axes, references, min=None, max=None):
    return array if min is None and max is None else array.clip(min, max)


def ensure_dtype(array, axes, references, dtype):
    return cast(array, dtype)


def fixed_zero_mean_unit_variance(array, axes, references, mean, std, axis=None):
    return (_real(array) - along(mean, axis, array, axes)) / along(std, axis, array, axes)


def scale_linear(array, axes, references, gain=1.0, offset=0.0, axis=None):
    return _real(array) * along(gain, axis, array, axes) + along(offset, axis, array, axes)


def scale_mean_variance(array, axes, references, reference_tensor, axes_=None, eps=1e-6):
    array, reference, over = _real(array), _reference(references, reference_tensor), numbers_of(axes_, array, axes)
    like = numbers_of(axes_, reference, axes)
    normal = (array - array.mean(over, keepdims=True)) / (array.std(over, keepdims=True) + eps)
    return normal * (reference.std(like, keepdims=True) + eps) + reference.mean(like, keepdims=True)


def scale_range(
    array, axes, references, min_percentile=0.0, max_percentile=100.0, axes_=None, eps=1e-6, reference_tensor=None
):
    import numpy

    array = _real(array)
    measured = array if reference_tensor is None else _reference(references, reference_tensor)
    over = numbers_of(axes_, measured, axes)
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

    array, over = _real(array), number_of(axis, array, axes)
    powers = numpy.exp(array - array.max(over, keepdims=True))
    return powers / powers.sum(over, keepdims=True)


def zero_mean_unit_variance(array, axes, references, axes_=None, eps=1e-6):
    array, over = _real(array), numbers_of(axes_, array, axes)
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


def cast(array, dtype):
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
