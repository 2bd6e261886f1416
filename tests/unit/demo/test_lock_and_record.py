"""`lock` and `record` as an author runs them: what they write, and one line for each mistake."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_companion.cli import main

PAPER = """\
paper: {title: T}
weights: [{id: w, path: weights/w.txt, sha256: SHA256}]
demo:
  run: demo/app.py:predict
  weights: w
  inputs: [{id: x, type: number}]
  outputs: [{id: y, type: label}]
  examples: [{inputs: {x: 2}}, {inputs: {x: 3.5}, label: More}]
"""
APP = """\
import helper

def predict(x: float) -> dict[str, float]:
    print("noise")
    return {"twice": 2 * x, "weight": float(open("weights/w.txt").read())}
"""


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    for path, text in {
        "mkdocs.yml": "",
        "demo/app.py": APP.replace('open("weights/w.txt").read()', "helper.weight()"),
        "demo/helper.py": "from pathlib import Path\n\ndef weight():\n    return Path('weights/w.txt').read_text()\n",
        "weights/w.txt": "5",
        "docs/paper.yml": PAPER.replace("SHA256", hashlib.sha256(b"5").hexdigest()),
    }.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str):
    return CliRunner().invoke(main, arguments)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_record_keeps_what_the_function_answers_and_by_which_python(project):
    done = run("record")

    assert done.exit_code == 0, done.output
    recorded = json.loads((project / "docs/paper.examples.json").read_text())
    assert [example["inputs"] for example in recorded["examples"]] == [{"x": 2}, {"x": 3.5}]
    assert recorded["examples"][1]["outputs"] == {
        "y": [{"label": "twice", "confidence": 7.0}, {"label": "weight", "confidence": 5.0}]
    }
    assert recorded["python"].startswith("3.")


def test_record_counts_a_single_answer_in_the_singular(project):
    assert ": 2 answers in " in run("record").stdout

    edit(project / "docs/paper.yml", ", {inputs: {x: 3.5}, label: More}", "")

    assert ": 1 answer in " in run("record").stdout


def test_a_function_that_fails_on_an_example_is_named_and_nothing_is_written(project):
    edit(project / "demo/app.py", "return {", "return {1 / (x - 2): 0.0, ")

    done = run("record")

    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        'docs/paper.yml:8:14: demo.examples[0]: demo/app.py:predict failed: ZeroDivisionError: division by zero (File "'
        f'{project}/demo/app.py", line 5, in predict)'
    ]
    assert not (project / "docs/paper.examples.json").exists()


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("docs/paper.yml", ":predict", ":predikt", "docs/paper.yml:4:8: demo.run: demo/app.py has no function predikt"),
        ("docs/paper.yml", "app.py:", "ap.py:", "docs/paper.yml:4:8: demo.run: there is no file demo/ap.py in"),
        ("demo/app.py", "def predict(", "def predict(:", "docs/paper.yml:4:8: demo.run: demo/app.py:3:13:"),
        (
            "weights/w.txt",
            "5",
            "6",
            "docs/paper.yml:2:48: weights[0].sha256: weights/w.txt has sha256 e7f6c011",
        ),
        (
            "demo/app.py",
            "predict(x",
            "predict(z=1, x=1, *, y",
            "demo.inputs: predict in demo/app.py needs an argument y",
        ),
        ("docs/paper.yml", "  weights: w", "  weights: v", "docs/paper.yml:5:12: demo.weights: there are no weights"),
        ("docs/paper.yml", "examples: [", "exampels: [", "docs/paper.yml:8:3: demo.exampels: unknown key"),
        ("docs/paper.yml", "run:", "run: a.py:b\n  run:", "demo.run"),
        ("docs/paper.yml", "type: number", "type: nummer", "docs/paper.yml:6:26: demo.inputs[0].type:"),
        ("docs/paper.yml", "examples: [", "examples: {", "docs/paper.yml:8:"),
    ],
)
@pytest.mark.parametrize("command", ["lock", "record"])
def test_each_mistake_is_one_line_with_its_place(project, command, file, old, new, line):
    edit(project / file, old, new)
    before = sorted(project.rglob("*"))

    done = run(command)

    assert done.exit_code == 1
    lines = done.stderr.splitlines()
    assert any(line in found for found in lines), lines
    assert all(found.startswith("docs/paper.yml:") for found in lines)
    assert "Traceback" not in done.stderr
    assert [path for path in sorted(project.rglob("*")) if "__pycache__" not in str(path)] == before


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("{inputs: {x: 2}}", "{inputs: {z: 2}}", "demo.examples[0].inputs.z: the demo has no input 'z'"),
        ("type: number}", "type: slider, min: 0, max: 3}", "demo.examples[1].inputs.x: 3.5 is not between 0 and 3"),
        ("{inputs: {x: 2}}", "{inputs: {x: 2}, expect: {y: {twice: 4.1}}}", "expect: demo/app.py:predict answered oth"),
        ("{inputs: {x: 2}}", "{inputs: {x: 2}, expect: {y: twice}}", "y: there is no label twice"),
    ],
)
def test_an_example_that_cannot_be_right_is_not_recorded(project, old, new, line):
    edit(project / "docs/paper.yml", old, new)

    done = run("record")

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert line in done.stderr
    assert not (project / "docs/paper.examples.json").exists()


def test_inputs_that_an_inferred_form_does_not_have_are_not_passed_over(project):
    edit(project / "docs/paper.yml", "  inputs: [{id: x, type: number}]\n", "")
    edit(project / "docs/paper.yml", "{inputs: {x: 2}}", "{inputs: {z: 2}}")

    done = run("record")

    assert "demo.examples[0].inputs.z: the demo has no input 'z' (known: x)" in done.stderr
    assert "demo.examples[0].inputs: x needs a value (give one, or a default)" in done.stderr
    assert done.exit_code == 1


def test_what_is_expected_and_comes_out_is_recorded(project):
    edit(project / "docs/paper.yml", "{inputs: {x: 2}}", "{inputs: {x: 2}, expect: {y: {twice: 4.0005}}}")
    edit(project / "docs/paper.yml", "label: More}", "label: More, expect: {y: twice}}")

    assert run("record").exit_code == 0


def test_what_a_library_writes_to_standard_output_does_no_harm(project):
    edit(project / "demo/app.py", 'print("noise")', 'import os; os.write(1, b"noise from C")')

    assert run("record").exit_code == 0


def test_a_program_that_is_no_python_is_told_as_that(project):
    done = run("record", "--python", "/bin/echo")

    assert done.stderr == "docs/paper.yml:4:8: demo.run: /bin/echo does not answer as Python does\n"


@pytest.mark.parametrize("command", ["lock", "record", "replay"])
def test_a_paper_without_a_demo_says_so(project, command):
    (project / "docs/paper.yml").write_text("paper: {title: T}\n")

    done = run(command)

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "there is no demo that runs in the browser" in done.stderr


def test_without_network_and_cache_the_lock_says_what_is_missing_and_what_to_do(project, monkeypatch):
    monkeypatch.setenv("PAPER_COMPANION_CACHE", str(project / "cache"))

    (project / "nothing").mkdir()

    done = run("lock", "--from", str(project / "nothing"))

    assert done.exit_code == 1
    assert done.stderr.startswith("docs/paper.yml:4:3: demo.runtime: pyodide.mjs, ")
    assert done.stderr.endswith("name a folder or an address that has the files: --from)\n")
    assert not (project / "docs/paper.lock.json").exists()


def test_a_missing_file_is_one_line(project):
    done = run("lock", "docs/papre.yml")

    assert (done.exit_code, done.stderr) == (
        1,
        "docs/papre.yml:1:1: there is no such file (paper-companion new makes one)\n",
    )


def test_a_replay_that_cannot_judge_ends_as_a_check_does(project):
    edit(project / "docs/paper.yml", "path: weights/w.txt", "path: weights/w.txt, url: 'http://127.0.0.1:1/', size: 1")
    assert run("lock").exit_code == 0
    (project / "weights/w.txt").unlink()

    done = run("replay")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "weights/w.txt cannot be had from http://127.0.0.1:1/" in done.stderr
    assert not (project / "docs/paper.evidence.json").exists()
    assert run("replay", "docs/papre.yml").exit_code == run("check", "--offline", "docs/papre.yml").exit_code == 2


def test_without_examples_neither_record_nor_replay_sends_to_the_other(project):
    edit(project / "docs/paper.yml", "  examples: [{inputs: {x: 2}}, {inputs: {x: 3.5}, label: More}]\n", "")
    assert run("lock").exit_code == 0

    for command in ("record", "replay"):
        done = run(command)
        told = "docs/paper.yml:4:3: demo: there are no examples to answer (list some under examples:)\n"
        assert (done.exit_code, done.stderr) == (1, told)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({"y": 5}, "examples[0].outputs.y is not what an output of its type shows"),
        ({"y": [{"x": 1}]}, "examples[0].outputs.y is not what an output of its type shows"),
        ({"other": []}, "other outputs were recorded than there are"),
    ],
)
def test_recorded_answers_of_another_shape_are_told_and_not_tripped_over(project, outputs, words):
    assert run("lock").exit_code == 0
    assert run("record").exit_code == 0
    path = project / "docs/paper.examples.json"
    recorded = json.loads(path.read_text())
    recorded["examples"][0]["outputs"] = outputs
    path.write_text(json.dumps(recorded))

    done = run("replay")

    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert words in done.stderr
    assert "run: paper-companion record" in done.stderr or "make it again: paper-companion record" in done.stderr
