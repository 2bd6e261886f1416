"""The digits example: its preparation, what it makes of drawings, and the figures that it claims."""

import hashlib
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from paper_companion.paper.reader import read_paper
from PIL import Image, ImageDraw, ImageOps

ROOT = Path(__file__).parents[2]
DIGITS = ROOT / "examples/digits"
STROKES = json.loads((ROOT / "tests/browser/strokes.json").read_text())
CANVAS_PX = 256


@pytest.fixture
def app(monkeypatch):
    """The example's demo/app.py, in the folder that it expects to run in."""
    monkeypatch.chdir(DIGITS)
    spec = importlib.util.spec_from_file_location("digits_app", DIGITS / "demo/app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawing(strokes, pen_px=16, size_px=CANVAS_PX):
    """Draw lines of points in a 0..1 square as a canvas does: a round pen, smooth edges."""
    fine = 4
    image = Image.new("L", (size_px * fine, size_px * fine), 255)
    draw, radius = ImageDraw.Draw(image), pen_px * fine / 2
    for stroke in strokes:
        points = [(x * size_px * fine, y * size_px * fine) for x, y in stroke]
        draw.line(points, fill=0, width=pen_px * fine)
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=0)
    return image.resize((size_px, size_px), Image.Resampling.BOX)


def rows(image):
    """The grey values as the demo gets them."""
    data, width = image.tobytes(), image.width
    return [list(data[start : start + width]) for start in range(0, len(data), width)]


def shaky(strokes, chance):
    """The same strokes by an unsteady hand: 40 to 95 % of the canvas, anywhere on it, every point a little off."""
    xs, ys = zip(*[point for stroke in strokes for point in stroke], strict=True)
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    scale = chance.uniform(0.4, 0.95) * 0.93 / max(width, height)
    left = chance.uniform(0.05, max(0.05, 0.95 - width * scale))
    top = chance.uniform(0.05, max(0.05, 0.95 - height * scale))

    def off():
        return chance.gauss(0, 0.01) * scale

    return [
        [(left + (x - min(xs)) * scale + off(), top + (y - min(ys)) * scale + off()) for x, y in s] for s in strokes
    ]


def read(app, drawing):
    """The probability of each digit, by the steps that the paper file declares around the function."""
    weights = read_paper(DIGITS / "docs/paper.yml").paper.weights[0]
    (before,), (after,) = weights.inputs, weights.outputs
    value = drawing
    for step in before.preprocess:
        value = getattr(app, step.parameters["function"].rpartition(":")[2])(value)
    scores = app.predict(value)
    for step in after.postprocess:
        scores = getattr(app, step.parameters["function"].rpartition(":")[2])(scores)
    return dict(zip(after.channels, scores, strict=True))


def likeliest(scores):
    return max(scores, key=scores.get)


def test_drawings_by_several_hands_are_read(app):
    hands = [(digit, hand) for digit, variants in STROKES.items() for hand in variants]
    missed = [
        (digit, hand["hand"]) for digit, hand in hands if likeliest(read(app, rows(drawing(hand["strokes"])))) != digit
    ]

    assert len(missed) <= 0.1 * len(hands), missed
    for digit, variants in STROKES.items():
        assert len(variants) >= 2
        assert sum(missed_digit == digit for missed_digit, _ in missed) < len(variants), missed


def test_shaky_drawings_of_any_size_and_pen_are_read(app):
    chance = random.Random(11)
    seen = [
        likeliest(read(app, rows(drawing(shaky(hand["strokes"], chance), chance.randint(8, 24))))) == digit
        for digit, variants in STROKES.items()
        for hand in variants
        for _ in range(3)
    ]

    assert sum(seen) >= 0.95 * len(seen)


def test_the_scores_are_probabilities_of_the_ten_digits(app):
    scores = read(app, rows(drawing(STROKES["3"][0]["strokes"])))

    assert list(scores) == list("0123456789")
    assert sum(scores.values()) == pytest.approx(1)


def test_prepared_drawings_are_eight_by_eight_counts_that_fill_the_height_and_stand_in_the_middle(app):
    for digit in "0235689":
        counts = app.prepare(rows(drawing(STROKES[digit][0]["strokes"])))

        assert [len(row) for row in counts] == [8] * 8
        assert all(0 <= count <= 16 for row in counts for count in row)
        assert any(counts[0]) and any(counts[7])
        assert 180 < sum(map(sum, counts)) < 440
        ink_by_column = [sum(column) for column in zip(*counts, strict=True)]
        middle = sum(x * ink for x, ink in enumerate(ink_by_column)) / sum(ink_by_column)
        assert middle == pytest.approx(3.5, abs=1)


def test_the_place_of_a_drawing_makes_no_difference(app):
    small = drawing(STROKES["5"][0]["strokes"], 8, 128)
    prepared = set()
    for place in [(0, 0), (128, 0), (37, 91), (127, 128)]:
        canvas = Image.new("L", (CANVAS_PX, CANVAS_PX), 255)
        canvas.paste(small, place)
        prepared.add(json.dumps(app.prepare(rows(canvas))))

    assert len(prepared) == 1


def test_the_size_of_a_drawing_makes_next_to_no_difference(app):
    for digit in STROKES:
        strokes = STROKES[digit][0]["strokes"]
        large, small = (app.prepare(rows(drawing(strokes, size // 16, size))) for size in (512, 128))

        differences = [
            abs(a - b) for row, other in zip(large, small, strict=True) for a, b in zip(row, other, strict=True)
        ]
        assert sum(differences) / 64 < 1.5


def test_light_on_dark_is_read_as_dark_on_light(app):
    image = drawing(STROKES["2"][0]["strokes"])

    assert app.prepare(rows(ImageOps.invert(image))) == app.prepare(rows(image))


def test_a_square_becomes_the_box_with_its_outermost_pixels_removed_twice(app):
    square = [[255] * 50 for _ in range(40)]
    for y in range(10, 30):
        square[y][5:25] = [0] * 20

    # 20 x 32 pixels are 640: too many, so 18 and then 16 columns are left. The bitmap's own edge removes nothing.
    assert app.prepare(square) == [[0, 0, 16, 16, 16, 16, 0, 0]] * 8


def test_a_stroke_of_a_single_pixel_is_widened_no_more_than_three_times_as_much_as_it_is_heightened(app):
    stroke = [[255] * 9 for _ in range(70)]
    for y in range(3, 67):
        stroke[y][4] = 0

    # 64 pixels become 32, so one becomes 1.5, rounded to 2; 64 pixels of ink grow twice, to 6 columns.
    assert app.prepare(stroke)[3] == [0, 0, 0, 12, 12, 0, 0, 0]


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_drawing_is_asked_for_and_not_guessed_at(app, grey):
    with pytest.raises(ValueError, match="Draw a digit first"):
        read(app, [[grey] * CANVAS_PX for _ in range(CANVAS_PX)])


def test_the_accuracy_that_the_paper_claims_comes_out_again(tmp_path):
    result = read_paper(DIGITS / "docs/paper.yml").paper.results[0]
    out = tmp_path / "main.json"
    subprocess.run([sys.executable, "evaluate.py", "--out", str(out)], cwd=DIGITS, check=True, capture_output=True)

    measured = json.loads(out.read_text())
    assert measured["accuracy"] == pytest.approx(float(result.value), abs=float(result.tolerance))
    assert measured["n"] == read_paper(DIGITS / "docs/paper.yml").paper.data[0].splits["test"]


def test_the_weights_are_those_that_the_paper_describes():
    weights = read_paper(DIGITS / "docs/paper.yml").paper.weights[0]
    data = (DIGITS / weights.files[0].path).read_bytes()

    assert (len(data), hashlib.sha256(data).hexdigest()) == (weights.files[0].size_bytes, weights.files[0].sha256)
    header_size = int.from_bytes(data[:8], "little")
    assert (len(data) - 8 - header_size) / 4 == weights.parameters


def test_the_examples_are_read_as_what_their_names_say(app):
    digits = {"three": "3", "open-four": "4", "seven": "7", "small-eight": "8"}
    files = sorted((DIGITS / "demo/examples").glob("*.png"))

    assert {file.stem for file in files} == set(digits)
    for file in files:
        assert file.stat().st_size < 5000
        with Image.open(file) as image:
            assert likeliest(read(app, rows(image))) == digits[file.stem]
