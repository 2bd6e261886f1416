"""The data: 1,797 images of handwritten digits, by the sheet that they were written on.

Everybody who took part copied the same rows of digits onto a form. In the file the labels therefore repeat, fourteen
times, with a few digits lost. Where a repetition begins, a sheet begins. Splitting by sheets keeps a hand that is in
the test part out of training; a random split would not.
"""

import numpy as np
from sklearn.datasets import load_digits

FIRST_IMAGES = (0, 130, 256, 386, 516, 646, 776, 906, 1029, 1157, 1287, 1415, 1545, 1667)
TEST_SHEETS = (2, 6, 10, 14)  # every fourth one, so that the test part covers the whole file


def read_split(part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images (n x 8 x 8, counts of 0-16) and labels (n) of `train` or `test`."""
    digits = load_digits()
    sheets = np.searchsorted(FIRST_IMAGES, np.arange(len(digits.target)), side="right")
    chosen = np.isin(sheets, TEST_SHEETS) == (part == "test")
    return digits.images[chosen].astype(int), digits.target[chosen]
