"""Fits the classifier on two thirds of the wines and writes its parameters: `python train.py --seed 0`."""

import argparse
from pathlib import Path

import numpy as np
from demo.app import MEASUREMENTS, WEIGHTS
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler


def read_split(part: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the four measurements (n x 4) and cultivars (n, 0-2) of `train` or `test`; the seed draws the split."""
    wines = load_wine()
    chosen = wines.data[:, [wines.feature_names.index(name) for name in MEASUREMENTS]]
    train, test, train_target, test_target = train_test_split(
        chosen, wines.target, test_size=1 / 3, stratify=wines.target, random_state=seed
    )
    return (train, train_target) if part == "train" else (test, test_target)


def train(seed: int, path: Path) -> None:
    """Fit on the training part and write the parameters, with the training part's means and ranges for the demo."""
    values, cultivars = read_split("train", seed)
    scaler = StandardScaler().fit(values)
    classifier = LogisticRegression().fit(scaler.transform(values), cultivars)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        mean=scaler.mean_,
        scale=scaler.scale_,
        coefficients=classifier.coef_,
        intercepts=classifier.intercept_,
        cultivar_means=np.array([values[cultivars == cultivar].mean(axis=0) for cultivar in classifier.classes_]),
        lowest=values.min(axis=0),
        highest=values.max(axis=0),
        seed=seed,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    options = parser.parse_args()
    train(options.seed, options.out)
    print(f"{options.out}: seed {options.seed}")


if __name__ == "__main__":
    main()
