"""Arguments: what a form sends, as the author's function takes it.

What comes, by the type of the field:
    text, radio: str; number, slider: int or float; checkbox: bool; dropdown: str, or a list of them
    image: {"width", "height", "mode": "L" | "RGB" | "RGBA", "data": bytes, row by row, 8 bits a channel}
    audio, file: {"name", "data": bytes} (audio is a WAV file of 16-bit samples); several files: a list of them
    table: {"headers": [str], "rows": [[value]]}, or the rows alone
"""

import io
import os
import tempfile
import wave

from .png import png


def argument(field, value, folder):
    """What the function gets for one field. Files are put into `folder`."""
    kind = field["type"]
    if value is None:
        return None
    if kind == "image":
        return _image_argument(field.get("value", "list"), value, folder)
    if kind == "audio":
        return _audio_argument(field.get("value", "path"), value, folder)
    if kind == "file":
        return [_saved(one, folder) for one in value] if field.get("multiple") else _saved(value, folder)
    if kind == "table":
        return _table_argument(field, value)
    return value


def _table_argument(field, table):
    if isinstance(table, list):
        table = {"rows": table}
    headers, rows = table.get("headers") or list(field.get("headers", ())), table["rows"]
    if field.get("value") == "pandas":
        import pandas

        return pandas.DataFrame(rows, columns=headers or None)
    return rows if field.get("value") == "list" else {"headers": headers, "rows": rows}


def _image_argument(form, image, folder):
    width, height, mode, data = image["width"], image["height"], image["mode"], bytes(image["data"])
    if form == "pil":
        from PIL import Image

        return Image.frombytes(mode, (width, height), data)
    if form == "numpy":
        import numpy

        shape = (height, width) if mode == "L" else (height, width, len(mode))
        return numpy.frombuffer(data, numpy.uint8).reshape(shape).copy()
    if form == "path":
        return _saved({"name": "image.png", "data": png(width, height, mode, data)}, folder)
    if mode == "L":
        return [list(data[start : start + width]) for start in range(0, len(data), width)]
    pixels = list(zip(*(data[channel :: len(mode)] for channel in range(len(mode))), strict=True))
    return [pixels[start : start + width] for start in range(0, len(pixels), width)]


def _audio_argument(form, audio, folder):
    if form == "path":
        return _saved(audio, folder)
    with wave.open(io.BytesIO(bytes(audio["data"]))) as sound:
        rate, channels = sound.getframerate(), sound.getnchannels()
        samples = memoryview(sound.readframes(sound.getnframes())).cast("h")
    if form == "numpy":
        import numpy

        array = numpy.array(samples, numpy.int16)
        return rate, array if channels == 1 else array.reshape(-1, channels)
    return rate, samples.tolist()


def _saved(file, folder):
    # One folder a file: two files of the same name may come together.
    path = os.path.join(tempfile.mkdtemp(dir=folder), os.path.basename(file["name"]) or "file")
    with open(path, "wb") as stream:
        stream.write(bytes(file["data"]))
    return path
