"""Hashing files, against `sha256sum` on the same files in alternating runs.

    python benchmarks/hashing.py [--megabytes 400] [--files 4] [--rounds 5]

One file is hashed by one thread of each; several by as many threads as there are cores, and by `sha256sum` one after
the other and in parallel (`xargs -P`). The files are read once before, so that both find them in the page cache.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from paper_companion.evidence.files import hash_file


def seconds(run: Callable[[], object]) -> float:
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def ours(paths: list[Path]) -> list[str]:
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(hash_file, paths))


def theirs(paths: list[Path]) -> list[str]:
    done = subprocess.run(["sha256sum", *map(str, paths)], capture_output=True, text=True, check=True)
    return [line.split()[0].lstrip("\\") for line in done.stdout.splitlines()]


def in_parallel(paths: list[Path]) -> None:
    command = ["xargs", "-P", str(os.cpu_count() or 1), "-n", "1", "sha256sum"]
    subprocess.run(command, input="\n".join(map(str, paths)), capture_output=True, text=True, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=400)
    parser.add_argument("--files", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.bin") for number in range(options.files)]
        for path in paths:
            with path.open("wb") as stream:
                for _ in range(options.megabytes):
                    stream.write(os.urandom(1_000_000))
        assert ours(paths) == theirs(paths), "both hash the same bytes"
        one = paths[:1]
        runs: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            for name, run in (
                ("one file, ours", lambda: ours(one)),
                ("one file, sha256sum", lambda: theirs(one)),
                ("all files, ours", lambda: ours(paths)),
                ("all files, sha256sum", lambda: theirs(paths)),
                ("all files, sha256sum in parallel", lambda: in_parallel(paths)),
            ):
                runs.setdefault(name, []).append(seconds(run))
        medians = {name: statistics.median(times) for name, times in runs.items()}
        for name, median in medians.items():
            size = options.megabytes * (options.files if name.startswith("all") else 1)
            print(f"{name:34} {median:6.2f} s  {size / median:6.0f} MB/s")
        print(f"one file: {medians['one file, sha256sum'] / medians['one file, ours']:.2f} of sha256sum's speed")
        print(f"all files: {medians['all files, sha256sum'] / medians['all files, ours']:.2f} of sha256sum's speed")
        scale = options.files * medians["one file, ours"] / medians["all files, ours"]
        print(f"{options.files} files at once: {scale:.2f} times as fast as in turn, on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
