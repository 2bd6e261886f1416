"""The tabular example: a scikit-learn pipeline rebuilt from arrays, what it answers, and the figures that it claims."""

import hashlib
import importlib.util
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from paper_companion.paper.reader import read_paper

TABULAR = Path(__file__).parents[2] / "examples/tabular"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def app(monkeypatch):
    """The example's demo/app.py, in the folder that it expects to run in."""
    monkeypatch.chdir(TABULAR)
    spec = importlib.util.spec_from_file_location("tabular_app", TABULAR / "demo/app.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def paper():
    return read_paper(TABULAR / "docs/paper.yml").paper


def test_the_answer_is_what_the_stored_parameters_and_the_documented_preparation_give(app, paper):
    wine = [12.9, 0.5, 4.6, 600]
    label, _, _ = app.predict(*wine)

    stored = np.load(TABULAR / "weights/wine.npz", allow_pickle=False)
    (step,) = paper.weights[0].inputs[0].preprocess
    prepared = (np.array(wine) - np.array(step.parameters["mean"], float)) / np.array(step.parameters["std"], float)
    powers = np.exp(stored["coefficients"] @ prepared + stored["intercepts"])
    assert list(label) == list(paper.weights[0].outputs[0].channels)
    assert list(label.values()) == pytest.approx(list(powers / powers.sum()), abs=1e-4)
    assert max(label, key=label.get) == "Cultivar 3"


def test_the_table_accounts_for_the_likeliest_cultivars_score(app):
    wine = [14.2, 2.7, 5.2, 1080]
    label, table, _ = app.predict(*wine)

    assert max(label, key=label.get) == "Cultivar 1"
    assert [row[1] for row in table["rows"]] == wine
    scores = np.log(list(label.values()))
    intercepts = app.read_parameters(app.WEIGHTS)["intercepts"]
    advantage = (scores - scores.mean())[0] - (intercepts - intercepts.mean())[0]
    assert sum(float(row[3]) for row in table["rows"]) == pytest.approx(advantage, abs=0.03)


@pytest.mark.parametrize(
    ("across", "up"), [("Flavanoids", "Proline"), ("Alcohol", "Colour intensity"), ("Alcohol", "Alcohol")]
)
def test_the_map_is_svg_with_the_wine_on_it_and_a_number_in_every_field(app, across, up):
    _, _, svg = app.predict(13.1, 2.1, 4.8, 670, across, up)

    root = ElementTree.fromstring(svg)
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert {across, up} <= set(words)
    colours = {field.get("fill") for field in root.iter(f"{SVG}path")}
    assert {"1", "2", "3"} & set(words) == {str(app.COLOURS.index(colour) + 1) for colour in colours}
    assert len(list(root.iter(f"{SVG}circle"))) == 1
    assert len(svg) < 12_000


def test_the_examples_are_given_the_cultivar_that_their_names_say(app, paper):
    for example in paper.demo.examples:
        arguments = {name: value if isinstance(value, str) else float(value) for name, value in example.inputs.items()}
        label, _, _ = app.predict(**arguments)

        assert max(label, key=label.get) == example.label.removeprefix("A wine of ").capitalize()


def test_the_accuracy_that_the_paper_claims_comes_out_again(paper, tmp_path):
    out = tmp_path / "main.json"
    subprocess.run([sys.executable, "evaluate.py", "--out", str(out)], cwd=TABULAR, check=True, capture_output=True)

    measured, result = json.loads(out.read_text()), paper.results[0]
    assert measured["accuracy"] == pytest.approx(float(result.value), abs=float(result.tolerance))
    assert measured["n"] == paper.data[0].splits["test"]


def test_the_weights_are_those_that_the_paper_describes_and_hold_no_pickle(paper):
    (file,) = paper.weights[0].files
    data = (TABULAR / file.path).read_bytes()

    assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size_bytes, file.sha256)
    stored = np.load(TABULAR / file.path, allow_pickle=False)
    assert all(stored[name].dtype.kind in "fi" for name in stored)
    assert sum(stored[name].size for name in ("mean", "scale", "coefficients", "intercepts")) == (
        paper.weights[0].parameters
    )
