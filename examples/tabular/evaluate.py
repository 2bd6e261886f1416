"""Measures the accuracy on the third of the wines that was held out, with the model that the page runs.

`--seeds 0 1 2 3 4` also draws the split and trains anew with each seed, for the spread.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

import numpy as np
from demo.app import WEIGHTS, read_model
from train import read_split, train


def accuracy(weights: Path) -> tuple[float, int, int]:
    """Return the share of test wines that are assigned rightly, their number, and the seed of the weights' split."""
    with np.load(weights, allow_pickle=False) as stored:
        seed = int(stored["seed"])
    values, cultivars = read_split("test", seed)
    return float(read_model(weights).score(values, cultivars)), len(cultivars), seed


def spread(seeds: list[int]) -> dict:
    """Train with each seed and return the accuracies, their mean and their standard deviation (n - 1)."""
    accuracies = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            train(seed, Path(folder, f"{seed}.npz"))
            accuracies.append(accuracy(Path(folder, f"{seed}.npz"))[0])
            print(f"seed {seed}: {accuracies[-1]:.4f}")
    mean, std = statistics.mean(accuracies), statistics.stdev(accuracies)
    print(f"mean {mean:.4f}, standard deviation {std:.4f}")
    return {"seeds": seeds, "accuracies": accuracies, "mean": mean, "std": std}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=Path("out/main.json"))
    parser.add_argument("--seeds", type=int, nargs="+", help="at least two")
    options = parser.parse_args()
    value, count, seed = accuracy(options.weights)
    print(f"accuracy {value:.4f} on {count} test wines, seed {seed}")
    result = {"accuracy": value, "n": count, "split": "test", "seed": seed}
    if options.seeds:
        result["spread"] = spread(options.seeds)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
