"""Measures the accuracy on the test part, with the very code that the page runs.

`python evaluate.py` takes the weights that are here; `--seeds 0 1 2 3 4` also trains anew with each seed, for the
spread.
"""

import argparse
import json
import statistics
import tempfile
from pathlib import Path

from demo.app import WEIGHTS, classify
from sheets import TEST_SHEETS, read_split


def accuracy(weights: Path) -> tuple[float, int]:
    """Return the share of test images whose likeliest digit is the right one, and their number."""
    images, labels = read_split("test")
    right = 0
    for image, label in zip(images.tolist(), labels.tolist(), strict=True):
        scores = classify(image, weights)
        right += scores.index(max(scores)) == label
    return right / len(labels), len(labels)


def spread(seeds: list[int]) -> dict:
    """Train with each seed and return the accuracies, their mean and their standard deviation (n - 1)."""
    from train import train, write_weights

    accuracies = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in seeds:
            weights = Path(folder, f"{seed}.safetensors")
            write_weights(train(seed), seed, weights)
            accuracies.append(accuracy(weights)[0])
            print(f"seed {seed}: {accuracies[-1]:.4f}", flush=True)
    mean, std = statistics.mean(accuracies), statistics.stdev(accuracies)
    print(f"mean {mean:.4f}, standard deviation {std:.4f}")
    return {"seeds": seeds, "accuracies": accuracies, "mean": mean, "std": std}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--out", type=Path, default=Path("out/main.json"))
    parser.add_argument("--seeds", type=int, nargs="+", help="at least two")
    options = parser.parse_args()
    value, count = accuracy(options.weights)
    header_size = int.from_bytes(options.weights.read_bytes()[:8], "little")
    seed = int(json.loads(options.weights.read_bytes()[8 : 8 + header_size])["__metadata__"]["seed"])
    result = {"accuracy": value, "n": count, "split": "test", "sheets": TEST_SHEETS, "seed": seed}
    print(f"accuracy {value:.4f} on {count} test images (sheets {', '.join(map(str, TEST_SHEETS))}), seed {seed}")
    if options.seeds:
        result["spread"] = spread(options.seeds)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
