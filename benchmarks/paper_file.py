"""How long reading and validating paper files takes, against PyYAML's C parser alone on the same files in the same run.

    python benchmarks/paper_file.py [--files 5000] [--rounds 3]

Two baselines, both with CSafeLoader: `yaml.compose`, which only builds the tree of nodes (the stricter one), and
`yaml.load`, which is how the C parser is used every day. The three take turns on a hundred files at a time, and each
hundred counts with its fastest round; processor time is measured, so that other work on the machine does not count.
Ends with 1 when reading takes 2.5 times as long as `yaml.compose`, or longer.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from paper_companion.paper.reader import read_paper

LIMIT = 2.5
TURN = 100
TEMPLATE = Path(__file__).with_name("paper_file.yml").read_text(encoding="utf-8")


def write_project(root: Path, count: int) -> list[Path]:
    """A project with so many papers, no two of them the same."""
    (root / "demo").mkdir()
    (root / "demo" / "app.py").write_text("def predict(image):\n    return {}\n", encoding="utf-8")
    (root / "mkdocs.yml").write_text("site_name: Lab\n", encoding="utf-8")
    (root / "requirements.lock").touch()
    paths = []
    for index in range(count):
        path = root / "docs" / f"paper-{index:04}" / "paper.yml"
        path.parent.mkdir(parents=True)
        path.write_text(TEMPLATE.replace("NUMBER", f"{index:04}"), encoding="utf-8")
        paths.append(path)
    return paths


def seconds(action: Callable[[Path], object], paths: list[Path]) -> float:
    """The processor time that an action takes for some files."""
    start = time.process_time()
    for path in paths:
        action(path)
    return time.process_time() - start


def measure(actions: dict[str, Callable[[Path], object]], paths: list[Path], rounds: int) -> dict[str, float]:
    """The processor time of each action for all files."""
    total = dict.fromkeys(actions, 0.0)
    for first in range(0, len(paths), TURN):
        best = dict.fromkeys(actions, float("inf"))
        for _ in range(rounds):
            for name, action in actions.items():
                best[name] = min(best[name], seconds(action, paths[first : first + TURN]))
        for name in actions:
            total[name] += best[name]
    return total


def import_ms() -> float:
    """What importing the reader costs beyond importing yaml, as the median of nine fresh interpreters."""
    code = (
        "import time, yaml; start = time.process_time(); import paper_companion.paper.reader; "
        "print((time.process_time() - start) * 1000)"
    )
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout for _ in range(9)]
    return statistics.median(map(float, runs))


def main() -> int:
    """Measures, prints, and judges."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    assert TEMPLATE.count("\n") == 100
    actions: dict[str, Callable[[Path], object]] = {
        "yaml.compose": lambda path: yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader),
        "yaml.load": lambda path: yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader),
        "read_paper": read_paper,
    }
    with tempfile.TemporaryDirectory() as folder:
        paths = write_project(Path(folder), options.files)
        for action in actions.values():
            action(paths[0])
        best = measure(actions, paths, options.rounds)
    for name, total in best.items():
        ratio = "" if name == "read_paper" else f"   read_paper takes {best['read_paper'] / total:.2f} times as long"
        print(f"{name:13} {total:6.2f} s for {len(paths)} files, {total / len(paths) * 1e3:.3f} ms a file{ratio}")
    print(f"importing the reader takes {import_ms():.0f} ms beyond importing yaml")
    return int(best["read_paper"] / best["yaml.compose"] >= LIMIT)


if __name__ == "__main__":
    sys.exit(main())
