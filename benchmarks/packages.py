"""How long a reader waits for the first answer of a demo that needs NumPy, and what compiled wheels gain.

    python benchmarks/packages.py [RUNS]

Builds a demo on Pyodide 0.27.7 with NumPy, serves it on loopback, and measures in alternation, in fresh Chromium
profiles:

documented  loadPyodide and loadPackage as Pyodide's documentation says, in a module worker, until NumPy has answered
published   the built page with NumPy's wheel as it was published, from the click on Run until the answer is on screen
compiled    the built page as `lock` makes it, its wheel byte-compiled

each cold (empty cache) and warm (second visit in the same profile). Prints medians in milliseconds and the ratio to
the documented way in the same round.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "tests/browser"), str(REPOSITORY / "tests/site"), str(REPOSITORY / "benchmarks")]

from building import mkdocs_build, write_project
from official_wheels import official_wheels
from paper_companion.demo.cache import Cache
from paper_companion.demo.compiler import unpacked
from paper_companion.demo.runtime import DEFAULT_SOURCES, fetch_core
from playwright.sync_api import sync_playwright
from start_up import BARE, COMPANION, visit
from web_server import serving

VERSION = "0.27.7"
APP = "import numpy as np\n\n\ndef predict(n: int) -> str:\n    return str(np.arange(n).sum())\n"
PAPER = f"""
paper: {{title: NumPy}}
demo:
  run: demo/app.py:predict
  runtime: {VERSION}
  packages: [numpy]
  inputs: [{{id: n, type: number, default: 3}}]
  outputs: [{{id: sum, type: text}}]
"""
WORKER = """
const { loadPyodide } = await import(new URL("bare/pyodide.mjs", import.meta.url));
const pyodide = await loadPyodide();
await pyodide.loadPackage("numpy");
self.postMessage(pyodide.runPython("import numpy as np; str(np.arange(3).sum())"));
"""


def build(folder: Path) -> Path:
    """One site with the page as it is built, the page with published wheels, and bare Pyodide."""
    project = write_project(folder, "theme: {name: material, font: false}\n", PAPER, "docs/compiled/paper.yml")
    (project / "demo").mkdir()
    (project / "demo/app.py").write_text(APP, encoding="utf-8")
    lock = [sys.executable, "-m", "paper_companion", "lock", "docs/compiled/paper.yml", "--from", "npm"]
    subprocess.run([*lock, "--from", str(official_wheels())], cwd=project, check=True)
    shutil.copytree(project / "docs/compiled", project / "docs/published")
    path = project / "docs/published/paper.lock.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    document["packages"] = [{**package, **package.pop("from")} for package in document["packages"]]
    path.write_text(json.dumps(document), encoding="utf-8")
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    (built.site / "bare-worker.mjs").write_text(WORKER, encoding="utf-8")
    (built.site / "bare.html").write_text("<!doctype html><title>bare</title>", encoding="utf-8")
    cache = Cache()
    with unpacked(fetch_core(VERSION, cache, DEFAULT_SOURCES, print), cache) as core:
        shutil.copytree(core, built.site / "bare")
    (wheel,) = official_wheels().glob("numpy-*.whl")
    shutil.copy(wheel, built.site / "bare")
    return built.site


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    ways = {
        "documented": ("bare.html", BARE),
        "published": ("published/", COMPANION),
        "compiled": ("compiled/", COMPANION),
    }
    with tempfile.TemporaryDirectory() as folder, serving(build(Path(folder))) as web, sync_playwright() as playwright:
        times = {way: [] for way in ways}
        for _ in range(runs):
            for way, (path, script) in ways.items():
                times[way].append(visit(playwright, web, path, script))
        for name, which in (("cold", 0), ("warm", 1)):
            base = [pair[which] for pair in times["documented"]]
            for way, pairs in times.items():
                ours = [pair[which] for pair in pairs]
                ratio = statistics.median(our / their for our, their in zip(ours, base, strict=True))
                print(f"{name} {way:10} {statistics.median(ours):6.0f} ms, ratio {ratio:.2f}")


if __name__ == "__main__":
    main()
