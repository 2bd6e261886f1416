"""Values as Python's own, and in a few words."""

import reprlib


def plain(value):
    """NumPy's scalars and arrays as Python's own, through lists, tuples and dicts."""
    if isinstance(value, dict):
        return {key if isinstance(key, str) else str(plain(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "tolist") and hasattr(value, "dtype"):
        return value.tolist()
    return value


def in_words(value):
    """A value in a few words, for a message."""
    shape = f" of shape {value.shape}" if hasattr(value, "shape") else ""
    return f"{type(value).__name__}{shape} {reprlib.repr(value)}"
