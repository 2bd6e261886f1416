"""Answers: what the author's function returns, as a page shows it.

What a page gets, by the type of the output:
    text, markdown, html: str; json: plain values. What is longer than a page can show is cut, and says so
    label: [{"label": str, "confidence": float | None}], the highest first
    image, audio, video, file: {"mime", "name", "data": bytes}; gallery: a list of these, each with its "caption"
    plot: {"mime", "name", "data"} or {"vega": a Vega-Lite specification}
    table: {"headers": [str], "rows": [[value]]}, with "total" when there were more rows
"""

import io
import json
import math
import mimetypes
import os
import wave

from .plain import in_words, plain
from .png import png

MAX_LABELS = 1000
MAX_ROWS = 10_000
MAX_PICTURES = 200
MAX_CHARACTERS = 200_000
MAX_JSON_CHARACTERS = 5_000_000
MAX_BYTES = 50_000_000


class AnswerError(Exception):
    """The function returned something that its output cannot show. The text says what was expected."""


def shown(output, value):
    """A return value as its output shows it. Raises AnswerError."""
    kind = output["type"]
    try:
        return _SHOWN[kind](output, value)
    except AnswerError as error:
        raise AnswerError(f"output {output['id']} ({kind}): {error}") from None


def _text(output, value):
    text = str(plain(value)) if not isinstance(value, str) else value
    if len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}\n\n… (cut after {MAX_CHARACTERS:,} of {len(text):,} characters)"


def _label(output, value):
    value = plain(value)
    if isinstance(value, str):
        return [{"label": value, "confidence": None}]
    if not isinstance(value, dict) or not value:
        raise AnswerError(f"expected a dict of label to confidence, got {in_words(value)}")
    for label, confidence in value.items():
        if isinstance(confidence, bool) or not isinstance(confidence, (int, float)) or not math.isfinite(confidence):
            raise AnswerError(f"expected a finite number for {label!r}, got {confidence!r}")
    ranked = sorted(value.items(), key=lambda item: -item[1])[:MAX_LABELS]
    return [{"label": str(label), "confidence": float(confidence)} for label, confidence in ranked]


def _json(output, value):
    value = plain(value)
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise AnswerError(f"cannot be written as JSON: {error}") from None
    if len(text) > MAX_JSON_CHARACTERS:
        what = (
            f"{len(text) / 1e6:.0f} MB of JSON are more than the {MAX_JSON_CHARACTERS / 1e6:.0f} MB that a page shows"
        )
        raise AnswerError(f"{what} (return it as a file)")
    return json.loads(text)


def _table(output, value):
    headers = list(output.get("headers", ()))
    if hasattr(value, "columns") and hasattr(value, "itertuples"):
        headers, value = [str(name) for name in value.columns], [list(row) for row in value.itertuples(index=False)]
    value = plain(value)
    if isinstance(value, dict) and "rows" in value:
        headers, value = [str(name) for name in value.get("headers", headers)], value["rows"]
    elif isinstance(value, dict) and all(isinstance(column, list) for column in value.values()):
        headers, value = [str(name) for name in value], [list(row) for row in zip(*value.values(), strict=False)]
    if not isinstance(value, list):
        raise AnswerError(f"expected headers and rows, got {in_words(value)}")
    if value and all(isinstance(row, dict) for row in value):
        headers = headers or [str(name) for name in value[0]]
        value = [[row.get(name) for name in headers] for row in value]
    if not all(isinstance(row, list) for row in value):
        raise AnswerError("expected every row to be a list of values")
    rows = [[_cell(cell) for cell in row] for row in value[:MAX_ROWS]]
    return {"headers": headers, "rows": rows} | ({"total": len(value)} if len(value) > MAX_ROWS else {})


def _cell(value):
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def _image(output, value):
    if isinstance(value, (str, os.PathLike)):
        return _file(output, value)
    if hasattr(value, "tobytes") and hasattr(value, "convert"):
        picture = value if value.mode in ("L", "RGB", "RGBA") else value.convert("RGBA")
        return _picture(png(*picture.size, picture.mode, picture.tobytes()))
    return _picture(_png_of_pixels(value))


def _png_of_pixels(value):
    """Rows of pixels, as lists or as an array of shape (h, w), (h, w, 1), (h, w, 3) or (h, w, 4), as PNG."""
    is_real = str(getattr(value, "dtype", "")).startswith("float")
    rows = plain(value)
    try:
        height, width = len(rows), len(rows[0])
        channels = len(rows[0][0]) if isinstance(rows[0][0], list) else 1
        numbers = [n for row in rows for pixel in row for n in (pixel if isinstance(pixel, list) else (pixel,))]
        is_real = is_real or any(isinstance(number, float) for number in numbers)
        if is_real:
            numbers = [round(255 * min(1, max(0, number))) for number in numbers]
        data = bytes(numbers)
    except (IndexError, TypeError, ValueError) as error:
        raise AnswerError(
            f"expected an image (array, rows, Pillow image or path), got {in_words(value)}: {error}"
        ) from None
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels)
    if mode is None or len(data) != width * height * channels:
        raise AnswerError(f"expected 1, 3 or 4 channels and rows of one length, got {in_words(value)}")
    return png(width, height, mode, data)


def _picture(data):
    return {"mime": "image/png", "name": "image.png", "data": data}


def _gallery(output, value):
    if not isinstance(value, (list, tuple)):
        raise AnswerError(f"expected a list of images, got {in_words(value)}")
    if len(value) > MAX_PICTURES:
        raise AnswerError(f"{len(value):,} pictures are more than the {MAX_PICTURES} that a page shows")
    pairs = [one if isinstance(one, tuple) and len(one) == 2 else (one, "") for one in value]
    return [_image(output, one) | {"caption": str(caption or "")} for one, caption in pairs]


def _audio(output, value):
    if isinstance(value, (str, os.PathLike)):
        return _file(output, value)
    try:
        rate, samples = value
        samples, is_real = plain(samples), "float" in str(getattr(samples, "dtype", ""))
        channels = len(samples[0]) if isinstance(samples[0], list) else 1
        numbers = [n for frame in samples for n in frame] if channels > 1 else samples
        if is_real or any(isinstance(number, float) for number in numbers):
            numbers = [round(32767 * min(1, max(-1, number))) for number in numbers]
        data = b"".join(number.to_bytes(2, "little", signed=True) for number in numbers)
    except (AttributeError, IndexError, OverflowError, TypeError, ValueError) as error:
        raise AnswerError(f"expected a path or (rate, samples), got {in_words(value)}: {error}") from None
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(int(rate))
        sound.writeframes(data)
    return {"mime": "audio/wav", "name": "audio.wav", "data": stream.getvalue()}


def _file(output, value):
    try:
        path = os.fspath(value)
        size = os.path.getsize(path)
        if size > MAX_BYTES:
            what = f"{os.path.basename(path)} has {size / 1e6:.0f} MB"
            raise AnswerError(f"{what}, more than the {MAX_BYTES / 1e6:.0f} MB that a page takes")
        with open(path, "rb") as stream:
            data = stream.read()
    except (TypeError, OSError) as error:
        raise AnswerError(f"expected the path of a file, got {in_words(value)}: {error}") from None
    mime = mimetypes.guess_type(path)[0] or "application/octet-stream"
    return {"mime": mime, "name": os.path.basename(path), "data": data}


def _plot(output, value):
    if hasattr(value, "savefig"):
        stream = io.BytesIO()
        value.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None})
        return {"mime": "image/svg+xml", "name": "plot.svg", "data": stream.getvalue()}
    if hasattr(value, "to_dict") and hasattr(value, "to_json"):  # an Altair chart
        value = value.to_dict()
    if isinstance(value, str) and value.lstrip().startswith("<"):
        return {"mime": "image/svg+xml", "name": "plot.svg", "data": value.encode()}
    if isinstance(value, dict):
        if output.get("library") != "vega-lite":
            raise AnswerError("a dict can be drawn only by a library (library: vega-lite beside this output's type)")
        if not _VEGA_LITE & value.keys():
            raise AnswerError(f"expected a Vega-Lite specification (mark, layer, …), got {in_words(value)}")
        return {"vega": _json(output, value)}
    if isinstance(value, (str, os.PathLike)):
        return _file(output, value)
    raise AnswerError(f"expected a Matplotlib figure, SVG text or a Vega-Lite dict, got {in_words(value)}")


_VEGA_LITE = frozenset({"mark", "layer", "facet", "spec", "repeat", "concat", "hconcat", "vconcat"})

_SHOWN = {
    "text": _text,
    "markdown": _text,
    "html": _text,
    "label": _label,
    "json": _json,
    "table": _table,
    "image": _image,
    "gallery": _gallery,
    "audio": _audio,
    "video": _file,
    "file": _file,
    "plot": _plot,
}
