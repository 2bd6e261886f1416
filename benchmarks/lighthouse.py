"""What Lighthouse says of the digits page on a phone, against a page of the same Material site without a companion.

    python benchmarks/lighthouse.py [--rounds 5]

Needs npm and Chromium; npm fetches Lighthouse. The two pages take turns; the medians of their scores are compared.
Exit code 1 when a limit is missed: performance 95, search 100, accessibility and best practices no lower than without.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "tests/browser"), str(REPOSITORY / "tests/site")]

from building import mkdocs_build
from reader import FLAGS, chromium_path
from web_server import serving

LIGHTHOUSE = "lighthouse@12.8.2"
PAGES = {"without": "", "companion": "paper/"}
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TIMES = ("first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift")


def visit(url: str, folder: Path) -> dict[str, Any]:
    """Lighthouse's report of one visit with its mobile settings, in a browser of its own."""
    command = ["npx", "--yes", LIGHTHOUSE, url, "--output=json", "--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command += [f"--chrome-flags=--headless=new {' '.join(FLAGS)}"]
    environment = os.environ | {"CHROME_PATH": chromium_path() or ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout)


def missed(scores: dict[str, dict[str, float]]) -> list[str]:
    """The categories in which the companion misses its limit."""
    limits = {**scores["without"], "performance": 95, "seo": 100}
    return [name for name in CATEGORIES if scores["companion"][name] < limits[name]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    reports: dict[str, list[dict[str, Any]]] = {name: [] for name in PAGES}
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "digits"
        shutil.copytree(REPOSITORY / "examples/digits", project, ignore=shutil.ignore_patterns("site", "out"))
        built = mkdocs_build(project, "--strict")
        assert built.code == 0, built.output
        with serving(built.site, compress=True) as web:
            for _ in range(rounds):
                for page, path in PAGES.items():
                    reports[page].append(visit(web.url + path, Path(name)))
    scores = {}
    for page, seen in reports.items():
        scores[page] = {
            name: 100 * statistics.median(one["categories"][name]["score"] for one in seen) for name in CATEGORIES
        }
        times = {name: statistics.median(one["audits"][name]["numericValue"] for one in seen) for name in TIMES}
        print(f"{page}:", ", ".join(f"{name} {score:.0f}" for name, score in scores[page].items()))
        print("   ", ", ".join(f"{name} {value:,.3g}" for name, value in times.items()))
        failed = Counter(
            audit["id"]
            for one in seen
            for audit in one["audits"].values()
            if audit["score"] is not None and audit["score"] < 0.9 and audit["scoreDisplayMode"] != "informative"
        )
        print("   ", ", ".join(f"{name} ({count} of {rounds})" for name, count in failed.most_common()))
    failures = missed(scores)
    for name in failures:
        print(f"missed: {name}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
