"""Comparing answers: by name, by number, by pixel, by sample."""

import io
import math
import struct
import wave

import numpy as np
import pytest
from paper_companion.demo.bridge.comparison import compared
from paper_companion.demo.bridge.png import pixels, png
from PIL import Image


def verdict(kind, answer, recorded, rtol=0.001, atol=0.001):
    (found,) = compared([{"id": "out", "type": kind}], {"out": answer}, {"out": recorded}, rtol, atol)
    return found


def label(**confidences):
    return [{"label": name, "confidence": value} for name, value in confidences.items()]


def file(data: bytes, mime: str) -> dict:
    return {"mime": mime, "name": "f", "data": data}


def picture(array) -> dict:
    stream = io.BytesIO()
    Image.fromarray(np.asarray(array, np.uint8)).save(stream, "PNG")
    return file(stream.getvalue(), "image/png")


def sound(values, rate=8000) -> dict:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(struct.pack(f"<{len(values)}h", *values))
    return file(stream.getvalue(), "audio/wav")


@pytest.mark.parametrize(
    ("deviation", "agrees"), [(0.0, True), (0.00149, True), (-0.00149, True), (0.00151, False), (-0.00151, False)]
)
def test_a_number_agrees_within_atol_plus_rtol_of_the_recorded_one(deviation, agrees):
    found = verdict("json", 0.5 + deviation, 0.5)

    assert found["agrees"] is agrees
    assert math.isclose(found["deviation"], abs(deviation), abs_tol=1e-12)


def test_labels_are_compared_by_name_in_whatever_order():
    assert verdict("label", label(b=0.3, a=0.7), label(a=0.7, b=0.3))["agrees"]
    found = verdict("label", label(a=0.7, b=0.3), label(a=0.7, b=0.2))
    assert (found["agrees"], found["where"], found["difference"]) == (False, "b", "")
    assert verdict("label", label(a=1.0), label(a=1.0, b=0.0))["difference"] == "there is no label b"


@pytest.mark.parametrize(
    ("answer", "recorded", "difference"),
    [
        ({"a": [1, "x"]}, {"a": [1, "x"]}, ""),
        ({"a": 1}, {"b": 1}, "other keys: a, b"),
        ([1, 2], [1], "2 entries, recorded were 1"),
        ({"a": "x"}, {"a": "y"}, "'x' at a, recorded was 'y'"),
        (True, 1, "True, recorded was 1"),
        (None, 0, "None, recorded was 0"),
    ],
)
def test_json_has_the_same_shape_and_texts(answer, recorded, difference):
    assert verdict("json", answer, recorded)["difference"] == difference


def test_numbers_in_a_text_are_compared_as_numbers():
    assert verdict("text", "about 0.1234 m", "about 0.1233 m")["agrees"]
    assert not verdict("text", "about 0.1234 m", "about 0.2 m")["agrees"]
    assert "'nearly '" in verdict("text", "nearly 1", "about 1")["difference"]


def test_pictures_are_compared_by_size_and_pixel():
    grey = np.full((4, 5), 100)
    brighter = grey + 2
    assert verdict("image", picture(grey), picture(grey))["agrees"]
    assert verdict("image", picture(brighter), picture(grey), atol=0.01)["agrees"]
    found = verdict("image", picture(brighter), picture(grey), atol=0.001)
    assert not found["agrees"]
    assert math.isclose(found["deviation"], 2 / 255)
    assert (
        "size 4 x 5 x 1, recorded was 4 x 4 x 1" in verdict("image", picture(grey), picture(grey[:, :4]))["difference"]
    )


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "LA"])
def test_a_png_of_another_encoder_is_read_with_all_its_filters(mode):
    noise = np.random.default_rng(0).integers(0, 256, (64, 48, 4), np.uint8)
    smooth = np.asarray(Image.fromarray(noise).resize((97, 33), Image.Resampling.BICUBIC))
    image = Image.fromarray(smooth).convert(mode)
    stream = io.BytesIO()
    image.save(stream, "PNG", optimize=True)

    shape, values = pixels(stream.getvalue())

    assert shape == (33, 97, len(mode))
    assert bytes(values) == image.tobytes()


def test_our_own_png_is_read_by_others():
    data = bytes(range(24))

    assert np.asarray(Image.open(io.BytesIO(png(4, 2, "RGB", data)))).tobytes() == data


def test_sounds_are_compared_by_rate_length_and_sample():
    assert verdict("audio", sound([0, 10, -10]), sound([0, 11, -10]))["agrees"]
    assert not verdict("audio", sound([0, 1000]), sound([0, 0]))["agrees"]
    assert "size 8000 x 1 x 1" in verdict("audio", sound([0]), sound([0, 0]))["difference"]


def test_other_files_have_the_same_bytes():
    assert verdict("file", file(b"a", "text/csv"), file(b"a", "text/csv"))["agrees"]
    assert verdict("file", file(b"ab", "text/csv"), file(b"a", "text/csv"))["difference"].startswith("other bytes")
    assert verdict("file", file(b"a", "text/plain"), file(b"a", "text/csv"))["difference"].startswith("another kind")


def test_a_number_that_is_none_never_agrees_with_one():
    assert verdict("json", float("nan"), float("nan"))["agrees"]
    assert not verdict("json", float("nan"), 1.0)["agrees"]
    assert not verdict("json", float("inf"), 1.0)["agrees"]


def test_an_output_without_a_recorded_answer_does_not_agree():
    (found,) = compared([{"id": "out", "type": "text"}], {"out": "a"}, {}, 0, 0)

    assert (found["agrees"], found["difference"]) == (False, "nothing was recorded")
