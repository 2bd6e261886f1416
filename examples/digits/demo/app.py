"""Recognises a drawn digit: the whole model, on Python's standard library alone."""

import json
import math
import struct
from functools import cache
from operator import mul
from pathlib import Path

WEIGHTS = Path("weights/digits.safetensors")

SIDE_PX = 32  # of the bitmap that a digit is brought to
BOX_WIDTH_PX = 20  # of the box inside it that the digit fills from top to bottom
MAX_STRETCH = 3  # how many times as much as its height a drawing's width may be enlarged
MIN_CONTRAST = 32  # grey levels between the darkest and the lightest pixel

EMPTY = "Draw a digit first: there is nothing on the canvas (or the picture is all of one grey)."


def predict(digit: list[list[float]]) -> list[float]:
    """Return the ten scores for a drawing that docs/paper.yml has had prepared: 8 x 8 shares of ink, from 0 to 1."""
    return run_network(digit, WEIGHTS)


def prepare(digit: list[list[int]]) -> list[list[int]]:
    """Bring a drawing to the form of the training images: 8 x 8 counts of 0-16.

    1. Ink is what is darker than half-way between the darkest and the lightest
       pixel. Where that is more than half of the picture, the digit is light
       on dark, and ink is the rest.
    2. The smallest upright box around the ink is cut out, so neither place nor
       size of the drawing matters.
    3. The box is stretched to 20 x 32 pixels (width x height) by nearest
       neighbour, without keeping its proportions, and put in the middle of
       an empty 32 x 32 bitmap. A narrow box, such as that of a 1 drawn as a
       single stroke, is widened no more than three times as much as it is
       heightened.
    4. The line is brought to a common thickness. Of the 1,024 pixels, 256 to
       412 should be ink. Above 412 the ink's outermost pixels are removed
       once, above 560 twice; below 256 it grows by one pixel, below 108 by
       two.
    5. The slant is removed: rows are shifted sideways until the leftmost ink of
       the third row from the top and that of the third row from the bottom
       lie under each other.
    6. The ink in each of the 8 x 8 blocks of 4 x 4 pixels is counted.

    The steps are those of the NIST routines that the data set was made with,
    but for the light-on-dark rule in 1 and the limit for narrow boxes in 3.

    Raises ValueError for a picture with nothing on it.
    """
    return count_blocks(upright(even_thickness(fit_to_box(find_ink(digit)))))


def find_ink(digit: list[list[int]]) -> list[bytes]:
    """Return the smallest box around the ink as rows of 0 and 1."""
    darkest, lightest = min(map(min, digit)), max(map(max, digit))
    if lightest - darkest < MIN_CONTRAST:
        raise ValueError(EMPTY)
    dark = bytes(grey <= (darkest + lightest) // 2 for grey in range(256))
    rows = [bytes(row).translate(dark) for row in digit]
    if sum(row.count(1) for row in rows) * 2 > sum(map(len, rows)):
        rows = [row.translate(b"\1\0" + bytes(254)) for row in rows]
    inked = [y for y, row in enumerate(rows) if 1 in row]
    rows = rows[inked[0] : inked[-1] + 1]
    left = min(row.find(1) for row in rows if 1 in row)
    right = max(row.rfind(1) for row in rows)
    return [row[left : right + 1] for row in rows]


def fit_to_box(ink: list[bytes]) -> list[int]:
    """Return the ink in the middle of the bitmap: 32 numbers of 32 bits, the leftmost pixel in the highest bit."""
    height, width = len(ink), len(ink[0])
    box_width = min(BOX_WIDTH_PX, max(1, round(SIDE_PX * MAX_STRETCH * width / height)))
    columns = [(2 * x + 1) * width // (2 * box_width) for x in range(box_width)]
    right_margin = (SIDE_PX - box_width) // 2
    bitmap = []
    for y in range(SIDE_PX):
        row = ink[(2 * y + 1) * height // (2 * SIDE_PX)]
        bits = 0
        for x in columns:
            bits = bits << 1 | row[x]
        bitmap.append(bits << right_margin)
    return bitmap


def even_thickness(bitmap: list[int]) -> list[int]:
    """Thin a bitmap with too much ink, thicken one with too little."""
    full = (1 << SIDE_PX) - 1
    pixels = sum(row.bit_count() for row in bitmap)
    for _ in range((pixels > 412) + (pixels > 560)):
        above, below = [full, *bitmap[:-1]], [*bitmap[1:], full]
        bitmap = [up & row & down & row << 1 & row >> 1 for up, row, down in zip(above, bitmap, below, strict=True)]
    for _ in range((pixels < 256) + (pixels < 108)):
        above, below = [0, *bitmap[:-1]], [*bitmap[1:], 0]
        bitmap = [up | row | down | row << 1 | row >> 1 for up, row, down in zip(above, bitmap, below, strict=True)]
    return bitmap


def upright(bitmap: list[int]) -> list[int]:
    """Shift each row sideways so that the left edges near the top and near the bottom are in line."""
    full = (1 << SIDE_PX) - 1
    inked = [y for y, row in enumerate(bitmap) if row]
    top, bottom = inked[0] + 2, inked[-1] - 2
    if bottom <= top or not bitmap[top] or not bitmap[bottom]:
        return bitmap
    # A row's highest bit that is set is its leftmost ink.
    slant = (bitmap[bottom].bit_length() - bitmap[top].bit_length()) / (bottom - top)
    shifts = [round((y - SIDE_PX // 2) * slant) for y in range(SIDE_PX)]
    return [row >> by if by > 0 else row << -by & full for row, by in zip(bitmap, shifts, strict=True)]


def count_blocks(bitmap: list[int]) -> list[list[int]]:
    """Count the ink in each block of 4 x 4 pixels."""
    return [
        [sum((row >> shift & 15).bit_count() for row in bitmap[top : top + 4]) for shift in range(28, -1, -4)]
        for top in range(0, SIDE_PX, 4)
    ]


def shares(counts: list[list[int]]) -> list[list[float]]:
    """Divide the counts by 16, so that a block full of ink is 1."""
    return [[count / 16 for count in row] for row in counts]


def softmax(scores: list[float]) -> list[float]:
    """Make the scores probabilities: exp(score), divided by the sum over all digits."""
    powers = [math.exp(score - max(scores)) for score in scores]
    return [power / sum(powers) for power in powers]


def classify(counts: list[list[int]], weights_file: Path = WEIGHTS) -> list[float]:
    """Return the network's ten probabilities for 8 x 8 counts of 0-16, all steps in one."""
    return softmax(run_network(shares(counts), weights_file))


def run_network(image: list[list[float]], weights_file: Path) -> list[float]:
    """Return the network's ten scores for 8 x 8 shares of ink."""
    values = [share for row in image for share in row]
    *hidden, output = read_layers(weights_file)
    for weights, biases in hidden:
        values = [max(0.0, sum(map(mul, row, values)) + bias) for row, bias in zip(weights, biases, strict=True)]
    return [sum(map(mul, row, values)) + bias for row, bias in zip(*output, strict=True)]


@cache
def read_layers(path: Path) -> list[tuple[list[tuple[float, ...]], tuple[float, ...]]]:
    """Read (rows of weights, biases) of each layer from a safetensors file."""
    data = path.read_bytes()
    (header_size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + header_size])
    tensors = {}
    for name, tensor in header.items():
        if name != "__metadata__":
            begin, end = tensor["data_offsets"]
            tensors[name] = struct.unpack_from(f"<{(end - begin) // 4}f", data, 8 + header_size + begin)
    layers = []
    for layer in range(len(tensors) // 2):
        flat, biases = tensors[f"layer{layer}.weight"], tensors[f"layer{layer}.bias"]
        inputs = len(flat) // len(biases)
        layers.append(([flat[at : at + inputs] for at in range(0, len(flat), inputs)], biases))
    return layers
