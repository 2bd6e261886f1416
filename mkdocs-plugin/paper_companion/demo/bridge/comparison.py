"""Comparing an answer with the recorded one, output by output.

It runs in CPython and in Pyodide, so that CI and every reader's device judge by the same rules.

A number agrees when |answer - recorded| <= atol + rtol * |recorded| (the rule of bioimage.io's test tensors).

    label          confidences, label by label
    json, table    the same shape and texts; numbers by the rule
    text, markdown, html, SVG plots   the same words; numbers in them by the rule
    image, gallery, PNG plots         the same size; pixels as numbers from 0 to 1 by the rule
    audio          the same rate, channels and length; samples as numbers from -1 to 1 by the rule
    video, file    the same bytes
"""

import io
import math
import re
import wave

from .png import pixels

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
MAX_DEPTH = 100


class _Tally:
    """The largest deviation met so far, and the first thing that cannot agree at all."""

    def __init__(self, rtol, atol):
        self.rtol, self.atol = rtol, atol
        self.deviation = 0.0
        self.excess = 0.0
        self.where = ""
        self.difference = ""

    def number(self, answer, recorded, where):
        if answer == recorded or (math.isnan(answer) and math.isnan(recorded)):
            return
        deviation = abs(answer - recorded)
        allowed = self.atol + self.rtol * abs(recorded)
        if not deviation <= allowed and (not self.excess or deviation - allowed > self.excess):
            self.excess, self.where = deviation - allowed, where
        if not deviation <= self.deviation:
            self.deviation = deviation
            if not self.excess:
                self.where = where

    def differ(self, what):
        self.difference = self.difference or what

    @property
    def agrees(self):
        return not self.excess and not self.difference


def compared(outputs, answer, recorded, rtol, atol):
    """For each output: {"id", "agrees", "deviation", "where", "difference"}.

    `deviation` is the largest one met, in the unit of the numbers compared, `where` its place; `difference` says what
    cannot agree whatever the tolerance, or is empty.
    """
    found = []
    for output in outputs:
        tally = _Tally(rtol, atol)
        name = output["id"]
        if name not in recorded:
            tally.differ("nothing was recorded")
        elif name not in answer:
            tally.differ("there is no answer")
        else:
            _compare(output["type"], answer[name], recorded[name], tally)
        found.append(
            {
                "id": name,
                "agrees": tally.agrees,
                "deviation": tally.deviation if math.isfinite(tally.deviation) else 1e308,
                "where": tally.where,
                "difference": tally.difference,
            }
        )
    return found


def _compare(kind, answer, recorded, tally):
    if kind == "label":
        _labels(answer, recorded, tally)
    elif kind == "gallery":
        if len(answer) != len(recorded):
            tally.differ(f"{len(answer)} pictures, recorded were {len(recorded)}")
        for number, (one, other) in enumerate(zip(answer, recorded, strict=False)):
            _file(one, other, tally, f"picture {number + 1}")
    elif isinstance(recorded, dict) and "data" in recorded:
        _file(answer, recorded, tally, "")
    else:
        _values(answer, recorded, tally, "", 0)


def _labels(answer, recorded, tally):
    confidences = {one["label"]: one["confidence"] for one in answer}
    for one in recorded:
        label, confidence = one["label"], one["confidence"]
        if label not in confidences:
            tally.differ(f"there is no label {label}")
        elif confidence is None or confidences[label] is None:
            if confidence != confidences[label]:
                tally.differ(f"label {label} has a confidence in one of the two")
        else:
            tally.number(confidences[label], confidence, label)


def _values(answer, recorded, tally, where, depth):
    if depth > MAX_DEPTH:
        tally.differ(f"nested too deeply at {where}")
    elif _is_number(answer) and _is_number(recorded):
        tally.number(answer, recorded, where)
    elif isinstance(answer, str) and isinstance(recorded, str):
        _texts(answer, recorded, tally, where)
    elif isinstance(answer, dict) and isinstance(recorded, dict):
        if answer.keys() != recorded.keys():
            tally.differ(f"other keys{_at(where)}: {', '.join(sorted(answer.keys() ^ recorded.keys()))}")
        for key in recorded.keys() & answer.keys():
            _values(answer[key], recorded[key], tally, f"{where}.{key}" if where else key, depth + 1)
    elif isinstance(answer, list) and isinstance(recorded, list):
        if len(answer) != len(recorded):
            tally.differ(f"{len(answer)} entries{_at(where)}, recorded were {len(recorded)}")
        for number, (one, other) in enumerate(zip(answer, recorded, strict=False)):
            _values(one, other, tally, f"{where}[{number}]", depth + 1)
    elif answer != recorded or type(answer) is not type(recorded):
        tally.differ(f"{_short(answer)}{_at(where)}, recorded was {_short(recorded)}")


def _texts(answer, recorded, tally, where):
    words, recorded_words = _NUMBER.split(answer), _NUMBER.split(recorded)
    if words != recorded_words:
        pairs = zip(words, recorded_words, strict=False)
        first = next(((a, b) for a, b in pairs if a != b), (answer, recorded))
        tally.differ(f"{_short(first[0])}{_at(where)}, recorded was {_short(first[1])}")
        return
    for one, other in zip(_NUMBER.findall(answer), _NUMBER.findall(recorded), strict=True):
        tally.number(float(one), float(other), where)


def _file(answer, recorded, tally, where):
    if not isinstance(answer, dict) or answer.get("mime") != recorded["mime"]:
        tally.differ(f"another kind of file{_at(where)}: {_short(answer)}")
        return
    one, other = bytes(answer["data"]), bytes(recorded["data"])
    if one == other:
        return
    if recorded["mime"] == "image/svg+xml":
        _texts(one.decode(), other.decode(), tally, where)
    elif recorded["mime"] == "image/png":
        _series(pixels(one), pixels(other), 255, tally, where or "pixel")
    elif recorded["mime"] == "audio/wav":
        _series(samples(one), samples(other), 32768, tally, where or "sample")
    else:
        tally.differ(f"other bytes{_at(where)}: {len(one)}, recorded were {len(other)}")


def _series(answer, recorded, scale, tally, where):
    if answer is None or recorded is None:
        tally.differ(f"other bytes of a kind that cannot be compared{_at(where)}")
        return
    (shape, values), (recorded_shape, recorded_values) = answer, recorded
    if shape != recorded_shape:
        tally.differ(f"size {_sizes(shape)}, recorded was {_sizes(recorded_shape)}")
        return
    for number, (one, other) in enumerate(zip(values, recorded_values, strict=True)):
        if one != other:
            tally.number(one / scale, other / scale, f"{where} {number}")


def samples(data):
    """The shape (rate, channels, frames) and all values of a WAV file with 16-bit samples; None for any other."""
    try:
        with wave.open(io.BytesIO(data)) as sound:
            if sound.getsampwidth() != 2:
                return None
            shape = (sound.getframerate(), sound.getnchannels(), sound.getnframes())
            return shape, memoryview(sound.readframes(shape[2])).cast("h")
    except (EOFError, wave.Error):
        return None


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _at(where):
    return f" at {where}" if where else ""


def _sizes(shape):
    return " x ".join(map(str, shape))


def _short(value):
    text = repr(value) if not isinstance(value, dict) else "{…}"
    return text if len(text) <= 60 else text[:59] + "…"
