"""Trains the network on ten of the fourteen sheets and writes its weights: `python train.py --seed 0`."""

import argparse
import json
import struct
import time
import warnings
from pathlib import Path

import numpy as np
from demo.app import prepare
from scipy.ndimage import map_coordinates, zoom
from sheets import read_split
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

HIDDEN = (200,)
EPOCHS = 20
COPIES = 30  # altered copies of each training image
CANVAS_PX = 64  # side of the drawing that is made of an image
TURN_DEGREES, SHEAR, SCALE = 12, 0.4, 0.3  # largest changes, either way
WOBBLE = 0.35  # standard deviation of the local shifts, in blocks of the 8 x 8 image
INK_COUNT = (3, 11)  # from how many counts on a block is ink, drawn anew for each copy: alters the line's thickness
NOISE = 0.1  # standard deviation, on values of 0-1


def redraw(image: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Make a drawing of an image, as another hand might have written it, and prepare it as a reader's is prepared."""
    angle = np.deg2rad(random.uniform(-TURN_DEGREES, TURN_DEGREES))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array([[1, 0], [random.uniform(-SHEAR, SHEAR), 1]])
    scale = np.diag(1 + random.uniform(-SCALE, SCALE, 2))
    # The canvas is 12 blocks wide: the image's 8 and some room around.
    grid = np.mgrid[:CANVAS_PX, :CANVAS_PX] * 12 / CANVAS_PX - 5.9
    wobble = random.normal(0, WOBBLE, (2, 5, 5))
    shifts = zoom(wobble, (1, CANVAS_PX / 5, CANVAS_PX / 5), order=1, mode="nearest", grid_mode=True)
    places = np.tensordot(turn @ shear @ scale, grid, 1) + shifts + 3.5
    ink = map_coordinates(image.astype(float), places, order=1) > random.uniform(*INK_COUNT)
    return np.array(prepare(np.where(ink, 0, 255).tolist())) if ink.any() else image


def train(seed: int) -> MLPClassifier:
    """Train on the training part alone."""
    images, labels = read_split("train")
    random = np.random.default_rng(seed)
    copies = [redraw(image, random) for _ in range(COPIES) for image in images]
    values = np.concatenate([images, copies]).reshape(-1, 64) / 16
    values = np.clip(values + random.normal(0, NOISE, values.shape), 0, 1)
    network = MLPClassifier(HIDDEN, batch_size=128, max_iter=EPOCHS, random_state=seed)
    with warnings.catch_warnings():
        # The number of epochs is fixed, so training never "converges".
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(values, np.tile(labels, COPIES + 1))


def write_weights(network: MLPClassifier, seed: int, path: Path) -> None:
    """Write the weights (one row per unit) and biases as 32-bit floats in the safetensors format."""
    tensors = {}
    for layer, (weights, biases) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
        tensors[f"layer{layer}.weight"] = weights.T
        tensors[f"layer{layer}.bias"] = biases
    header, data = {"__metadata__": {"seed": str(seed)}}, b""
    for name, tensor in tensors.items():
        start = len(data)
        data += tensor.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [start, len(data)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("weights/digits.safetensors"))
    options = parser.parse_args()
    write_weights(train(options.seed), options.seed, options.out)
    print(f"{options.out}: seed {options.seed}, trained in {time.process_time():.0f} s of processor time")


if __name__ == "__main__":
    main()
