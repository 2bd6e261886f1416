"""Edges in a picture: Sobel's gradient of its luminance, cut at a threshold."""

from collections.abc import Callable, Iterator

import numpy as np

BAND_ROWS = 64
LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
STEEPEST = 4 * 255 * 2**0.5  # of the gradient of 8-bit values


def edges(
    image: np.ndarray, threshold: float, each: Callable[[range], Iterator[int]] = iter
) -> tuple[np.ndarray, float]:
    """The edges as white pixels on black, (height, width) uint8, and their share of the picture, 0 to 1.

    `image` is (height, width, 3) uint8; `threshold` is a part of the steepest gradient there can be, 0 to 1. `each`
    wraps the loop over bands of rows, to show progress.
    """
    height, width = image.shape[:2]
    padded = np.pad(image[..., :3].astype(np.float32) @ LUMINANCE, 1, mode="edge")
    found = np.zeros((height, width), bool)
    for top in each(range(0, height, BAND_ROWS)):
        band = padded[top : top + BAND_ROWS + 2]
        rows = band[:-2] + 2 * band[1:-1] + band[2:]
        columns = band[:, :-2] + 2 * band[:, 1:-1] + band[:, 2:]
        gradient = np.hypot(rows[:, 2:] - rows[:, :-2], columns[2:] - columns[:-2])
        found[top : top + BAND_ROWS] = gradient > threshold * STEEPEST
    return found.astype(np.uint8) * 255, float(found.mean())
