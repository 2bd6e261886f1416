"""Packages in the reader's browser: real NumPy and Pillow, compiled, from the site alone, and checked."""

import datetime
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from building import mkdocs_build, write_project
from official_wheels import official_wheels
from paper_companion.demo.bundle import bundle_demo
from paper_companion.demo.cache import Cache
from paper_companion.demo.recorder import RecordedExample, Recording
from paper_companion.demo.replay import replay, under_deno
from paper_companion.paper.reader import read_paper
from playwright.sync_api import expect
from reader import open_demo, wait_for_state
from web_server import serving

APP = '''
"""Sums what NumPy and a package of the author's own make of a number."""
import importlib.metadata

import numpy as np
from own import doubled
from PIL import Image


def predict(n: int = 3) -> tuple[str, str, dict, str]:
    picture = Image.fromarray(np.full((4, 4), n, np.uint8)).resize((2, 2))
    versions = {name: importlib.metadata.version(name) for name in ("numpy", "pillow", "own")}
    return str(np.arange(n).sum()), str(doubled(n)), versions, f"{picture.size} {np.__file__}"


def scores(picture):
    """Checks what it is given; returns scores for a plain picture."""
    assert (picture.dtype, picture.shape) == (np.float32, (1, 3, 8, 8)), (picture.dtype, picture.shape)
    return picture.mean((2, 3))
'''
THEME = "theme: {name: material, font: false}\n"
PAPER = """
paper: {title: Packages}
demo:
  run: demo/app.py:predict
  runtime: 0.27.7
  packages: [numpy, pillow, ./src/own]
  inputs: [{id: n, type: number, label: Count, default: 3}]
  outputs: [{id: sum, type: text}, {id: double, type: text}, {id: versions, type: json}, {id: rest, type: text}]
"""
PREPARING = """
paper: {title: Prepared}
weights:
  - id: none
    path: model/weights.bin
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    inputs:
      - id: picture
        axes: {batch: 1, channel: [blue, green, red], y: 8, x: 8}
        dtype: float32
        resize: {height: 10, width: 10, method: lanczos}
        crop: {height: 8, width: 8}
        preprocess: [scale_linear: {gain: 0.01}]
    outputs:
      - id: scores
        axes: {batch: 1, channel: [blue, green, red]}
        postprocess: [softmax]
demo:
  run: demo/app.py:scores
  runtime: 0.27.7
  packages: [numpy, pillow, ./src/own]
  weights: none
  inputs: [{id: picture, type: image, tensor: picture}]
  outputs: [{id: scores, type: label, tensor: scores}]
  examples: [{inputs: {picture: demo/orange.png}}]
"""


DRAWING = """
import matplotlib
import matplotlib.pyplot as plt
import pandas as pd
from scipy import stats


def draw(n: int = 4):
    frame = pd.DataFrame({"day": pd.date_range("2026-01-01", periods=n, tz="Europe/Berlin"), "value": range(n)})
    groups = frame.groupby(frame["value"] % 2)["value"].agg(["mean", "sum"]).reset_index()
    figure, axes = plt.subplots(layout="constrained")
    axes.plot(frame["day"], frame["value"], label="$x^2$")
    axes.contourf([[1, 2], [3, 4]])
    axes.legend()
    return figure, groups, f"{matplotlib.get_backend()} {stats.norm.cdf(0)} {pd.__file__} {matplotlib.__file__}"
"""
DRAWN = """
paper: {title: Drawn}
demo:
  run: demo/drawing.py:draw
  runtime: 0.27.7
  packages: [matplotlib, pandas, scipy]
  inputs: [{id: n, type: number, default: 4}]
  outputs: [{id: figure, type: plot}, {id: groups, type: table}, {id: rest, type: text}]
"""
GIVING = """
from pandas import DataFrame


def describe(array, grey, frame: DataFrame):
    return {
        "array": [type(array).__name__, str(array.dtype), list(array.shape), array[0, 0].tolist()],
        "grey": [grey.mode, list(grey.size), grey.getpixel((0, 0))],
        "frame": frame.to_dict("split", index=False),
    }
"""
GIVEN = """
paper: {title: Given}
demo:
  run: demo/giving.py:describe
  runtime: 0.27.7
  packages: [numpy, pillow, pandas]
  inputs:
    - {id: array, type: image, value: numpy}
    - {id: grey, type: image, value: pil, image_mode: L}
    - {id: frame, type: table, headers: [a, b], default: [[1, x], [2.5, y]]}
  outputs: [{id: told, type: json}]
  examples: [{inputs: {array: demo/orange.png, grey: demo/orange.png}}]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    project = write_project(tmp_path_factory.mktemp("packages"), THEME, PAPER, "docs/paper.yml")
    (project / "docs/prepared").mkdir()
    (project / "docs/prepared/paper.yml").write_text(PREPARING)
    (project / "model/weights.bin").write_text("test")
    (project / "demo").mkdir()
    (project / "demo/app.py").write_text(APP)
    (project / "docs/drawn").mkdir()
    (project / "docs/drawn/paper.yml").write_text(DRAWN)
    (project / "demo/drawing.py").write_text(DRAWING)
    (project / "docs/given").mkdir()
    (project / "docs/given/paper.yml").write_text(GIVEN)
    (project / "demo/giving.py").write_text(GIVING)
    _orange(project / "demo/orange.png")
    own = project / "src/own"
    (own / "own").mkdir(parents=True)
    (own / "own/__init__.py").write_text("def doubled(n):\n    return 2 * n\n")
    (own / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
        '[project]\nname = "own"\nversion = "1.2"\n'
    )
    for paper in project.rglob("docs/**/paper.yml"):
        command = [sys.executable, "-m", "paper_companion", "lock", paper]
        command += ["--from", "npm", "--from", str(official_wheels())]
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="module")
def site(project) -> Path:
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    return built.site


def _orange(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (20, 30), (255, 128, 0)).save(path)


def run(page, url):
    element = open_demo(page, url)
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done", element.inner_text()
    return element


def test_numpy_pillow_and_a_package_of_the_authors_answer_from_the_site_alone(page, site):
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    with serving(site) as web:
        element = run(page, web.url + "paper/")
        foreign = [url for url in asked if not url.startswith((web.url, "data:", "blob:"))]
        fetched = [path for path in web.requests if path.endswith(".whl")]

    text = element.inner_text()
    assert re.search(r"sum\s+3\s+double\s+6", text), text
    assert [word for word in ("2.0.2", "10.2.0", "1.2", "(2, 2)") if word not in text] == []
    assert "numpy/__init__.pyc" in text  # compiled
    assert foreign == []
    assert len(fetched) == len(set(fetched)) == 3


def test_two_papers_with_the_same_packages_share_their_files(site):
    wheels = [path.name for path in site.rglob("*.whl")]

    assert sum("numpy" in name for name in wheels) == 1
    assert sum("pillow" in name for name in wheels) == 1
    assert len(wheels) == len(set(wheels))


def test_matplotlib_and_pandas_answer_from_bytecode_alone(page, site):
    page.set_default_timeout(120_000)
    with serving(site) as web:
        element = run(page, web.url + "drawn/")
        drawn = element.locator(".pc-answer img").evaluate("image => image.decode().then(() => image.naturalWidth)")

    assert drawn > 100
    assert element.locator(".pc-answer td").all_inner_texts() == ["0", "1", "2", "1", "2", "4"]
    said = element.locator(".pc-answer").inner_text()
    assert re.search(r"agg 0\.5 \S+/pandas/__init__\.pyc \S+/matplotlib/__init__\.pyc", said), said


def test_a_function_is_given_arrays_pillow_images_and_data_frames(page, site):
    page.set_default_timeout(120_000)
    with serving(site) as web:
        element = run(page, web.url + "given/")

    assert json.loads(element.locator(".pc-json").inner_text()) == {
        "array": ["ndarray", "uint8", [30, 20, 3], [255, 128, 0]],
        "grey": ["L", [20, 30], 151],
        "frame": {"columns": ["a", "b"], "data": [[1, "x"], [2.5, "y"]]},
    }


def test_a_build_refuses_more_than_a_reader_is_meant_to_download(project, site, tmp_path):
    shutil.copytree(project, tmp_path / "project", ignore=shutil.ignore_patterns("site"))
    paper = tmp_path / "project/docs/paper.yml"
    paper.write_text(paper.read_text().replace("  runtime:", "  max_download_mb: 20\n  runtime:"))

    built = mkdocs_build(tmp_path / "project", "--strict")

    assert built.code != 0
    told = r"docs/paper\.yml:5:20: demo\.max_download_mb: a reader would have to download 20\.\d MB, more than 20 MB"
    assert re.search(told, built.output), built.output


def altered(data: bytes) -> bytes:
    return data[:-10] + bytes([data[-10] ^ 1]) + data[-9:]


@pytest.mark.parametrize(
    ("change", "words"),
    [(altered, "its sha256 is not the locked one"), (lambda _: None, "is missing on this site (HTTP 404)")],
)
def test_a_wheel_that_is_not_the_locked_one_is_named(page, site, change, words):
    with serving(site) as web:
        web.changes["numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl"] = change
        element = open_demo(page, web.url + "paper/")
        page.get_by_role("button", name="Run").click()
        wait_for_state(page, "failed")

        told = re.compile(rf"numpy-2\.0\.2-.*\.whl.*{re.escape(words)}")
        expect(element.locator(".pc-problem:visible")).to_have_text(told)


@pytest.mark.parametrize(
    "end", ["numpy-2.0.2-cp312-cp312-pyodide_2024_0_wasm32.whl", "weights.bin", "pyodide.asm.wasm", "app.py"]
)
def test_one_altered_byte_is_detected_by_replay(project, end):
    """Whatever it is in: the replay runs what a site would serve, with the same checks."""
    paper_file = read_paper(project / "docs/prepared/paper.yml")
    bundle = bundle_demo(paper_file, Cache(), strict=True)
    answer = {"scores": [{"label": "red", "confidence": 1.0}]}
    recorded = RecordedExample({"picture": "demo/orange.png"}, {}, answer, 0.1)
    recording = Recording(bundle.lock.answer_sha256, "3.12", datetime.date(2026, 1, 1), (recorded,))

    def altered(folder, manifest, values):
        (file,) = (path for path in folder.rglob("*") if path.name == end)
        data = file.read_bytes()
        file.write_bytes(data[:-3] + bytes([data[-3] ^ 1]) + data[-2:])
        return under_deno(folder, manifest, values)

    seen = replay(paper_file, bundle, recording, altered)

    (example,) = seen.examples
    assert not example.agrees
    assert re.fullmatch(rf"\S*{re.escape(end)}: has changed: its sha256 is not the locked one", example.reason)


def test_weights_that_are_not_the_locked_ones_stop_the_run_by_name(page, site):
    with serving(site) as web:
        web.changes["weights.bin"] = lambda data: b"tess"
        element = open_demo(page, web.url + "prepared/")
        page.get_by_role("button", name="Run").click()
        wait_for_state(page, "failed")

    told = "model/weights.bin: has changed: its sha256 is not the locked one"
    expect(element.locator(".pc-problem:visible")).to_have_text(told)


def test_run_waits_for_the_picture_of_the_example(page, site):
    with serving(site) as web:
        web.held["orange.png"] = threading.Event()
        open_demo(page, web.url + "prepared/")
        page.get_by_role("button", name="Run").click()
        web.held.pop("orange.png").set()

        assert wait_for_state(page, "done", "failed") == "done"


def test_the_declared_preparation_is_what_runs_and_what_the_page_says(page, site):
    with serving(site) as web:
        element = run(page, web.url + "prepared/")
        names = element.locator(".pc-label-name").all_inner_texts()
        shares = element.locator(".pc-label").inner_text()
        printed = page.locator("main, body").first.inner_text()

    assert names == ["red", "green", "blue"]
    assert [word for word in ("73.6 %", "20.7 %", "5.7 %") if word not in shares] == []  # softmax of 2.55, 1.28 and 0
    for word in ("lanczos", "10 × 10", "8 × 8", "scale_linear", "0.01", "softmax"):
        assert word in printed
