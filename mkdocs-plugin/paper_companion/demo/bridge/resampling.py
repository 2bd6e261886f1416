"""Resampling: pictures at another size, to the very pixels of Pillow, on NumPy alone."""

import itertools
import math

_COEFFICIENT_BITS = 22  # the fixed point in which Pillow weighs pixels of 8 bits


def resized(array, height, width, method="bilinear"):
    """An array of shape (y, x, …) at another size, pixel for pixel as Pillow does it, for every method.

    It is written out here rather than left to Pillow so that a demo gives the same pixels whether Pillow is there or
    not, and in all of its versions.
    """
    for axis, size in ((1, width), (0, height)):
        if array.shape[axis] != size:
            array = _resized_along(array, axis, size, method)
    return array


def _resized_along(array, axis, size, method):
    import numpy

    old = array.shape[axis]
    if method == "nearest":
        # A running sum, as Pillow's: its rounding decides where a pixel lies half-way.
        places = itertools.accumulate(itertools.repeat(old / size, size - 1), initial=old / size * 0.5)
        return array.take([int(place) for place in places], axis)
    weights = _weights(old, size, *_FILTERS[method])
    whole = array.dtype == numpy.uint8
    if whole:
        weights = numpy.trunc(weights * (1 << _COEFFICIENT_BITS) + numpy.copysign(0.5, weights))
    moved = numpy.moveaxis(array, axis, 0)
    # Whole numbers below 2 to the 53: as exact as Pillow's integers, and much faster than NumPy's.
    result = weights @ moved.reshape(old, -1).astype(numpy.float64)
    if whole:
        result = numpy.floor((result + (1 << (_COEFFICIENT_BITS - 1))) / (1 << _COEFFICIENT_BITS)).clip(0, 255)
    return numpy.moveaxis(result.reshape(size, *moved.shape[1:]), 0, axis).astype(array.dtype)


def _weights(old, new, support, kernel):
    """How much each of the old pixels weighs in each of the new ones."""
    import numpy

    scale = old / new
    stretch = max(scale, 1.0)
    reach = support * stretch
    weights = numpy.zeros((new, old))
    for place in range(new):
        centre = (place + 0.5) * scale
        first, last = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), old)
        found = [kernel((pixel - centre + 0.5) / stretch) for pixel in range(first, last)]
        weights[place, first:last] = numpy.array(found) / sum(found)
    return weights


def _sinc(x):
    return 1.0 if x == 0 else math.sin(math.pi * x) / (math.pi * x)


def _bicubic(x, a=-0.5):
    x = abs(x)
    if x < 1:
        return ((a + 2) * x - (a + 3)) * x * x + 1
    return (((x - 5) * x + 8) * x - 4) * a if x < 2 else 0.0


_FILTERS = {
    "box": (0.5, lambda x: 1.0 if -0.5 < x <= 0.5 else 0.0),
    "bilinear": (1.0, lambda x: max(0.0, 1 - abs(x))),
    "hamming": (1.0, lambda x: _sinc(x) * (0.54 + 0.46 * math.cos(math.pi * x)) if abs(x) < 1 else 0.0),
    "bicubic": (2.0, _bicubic),
    "lanczos": (3.0, lambda x: _sinc(x) * _sinc(x / 3) if -3 <= x < 3 else 0.0),
}
