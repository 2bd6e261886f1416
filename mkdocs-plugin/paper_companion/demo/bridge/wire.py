"""The wire: answers and inputs as JSON, in which bytes are base64 text (as wire.mjs does in the browser)."""

import base64


def packed(value):
    """The same value for JSON: "data" that is bytes becomes "base64" that is text."""
    if isinstance(value, dict):
        items = (
            (("base64", _base64(item)) if isinstance(item, bytes) else (key, packed(item)))
            for key, item in value.items()
        )
        return dict(items)
    return [packed(item) for item in value] if isinstance(value, list) else value


def unpacked(value):
    """The reverse of `packed`."""
    if isinstance(value, dict):
        return {
            ("data" if key == "base64" else key): base64.b64decode(item) if key == "base64" else unpacked(item)
            for key, item in value.items()
        }
    return [unpacked(item) for item in value] if isinstance(value, list) else value


def _base64(data):
    return base64.b64encode(data).decode("ascii")
