"""Axes of arrays: their names, their numbers, and their order as a tensor declares it."""

_AXIS_NAMES = {"b": "batch", "c": "channel", "h": "y", "height": "y", "w": "x", "width": "x", "t": "time"}
_COLOURS = {"r": "red", "g": "green", "b": "blue", "a": "alpha"}


class PreparationError(Exception):
    """A value that cannot be prepared as declared. The text says why."""


def canonical(axis):
    return _AXIS_NAMES.get(axis, axis)


def number_of(axis, array, axes):
    """The number of an axis that is named; the last one where nothing is known of the axes."""
    if axes is None:
        return array.ndim - 1
    names = [canonical(name) for name in axes]
    if canonical(axis) not in names:
        raise PreparationError(f"has no axis {axis} (its axes are {', '.join(axes)})")
    return names.index(canonical(axis))


def numbers_of(named, array, axes):
    """The numbers of named axes; of all but batch where none are named."""
    if named:
        return tuple(number_of(axis, array, axes) for axis in named)
    names = [canonical(name) for name in axes] if axes and len(axes) == array.ndim else [""] * array.ndim
    return tuple(number for number, name in enumerate(names) if name != "batch")


def along(numbers, axis, array, axes):
    """One number, or one for each place along an axis, in a shape that fits the array."""
    import numpy

    if not isinstance(numbers, (list, tuple)):
        return numbers
    place = number_of(axis or "channel", array, axes)
    if len(numbers) != array.shape[place]:
        raise PreparationError(f"{len(numbers)} numbers are given for {array.shape[place]} along {axis or 'channel'}")
    shape = [1] * array.ndim
    shape[place] = len(numbers)
    return numpy.reshape(numpy.asarray(numbers, numpy.float64), shape)


def laid_out(plan, value, given):
    """The array with its axes in the declared order; axes that it lacks have a size of 1."""
    import numpy

    array = numpy.asarray(value)
    if not plan["axes"]:
        return array
    wanted = [canonical(name) for name, _ in plan["axes"]]
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
    names = next((size for axis, size in sizes.items() if canonical(axis) == "channel"), None)
    if not isinstance(names, list):
        return array
    colours = [_COLOURS.get(name.lower(), name.lower()) for name in names]
    order = ["red", "green", "blue", "alpha"][: array.shape[along]]
    return array.take([order.index(colour) for colour in colours], along) if sorted(colours) == sorted(order) else array
