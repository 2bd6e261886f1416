"""Completeness from the repository itself, and checklists: what is found, what is declared, where they disagree."""

import json
import os
import subprocess
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.evidence.checklists import CHECKLISTS, CODE_COMPLETENESS, ML_REPRODUCIBILITY, NEURIPS, fill
from paper_companion.evidence.completeness import Tick, judge_completeness
from paper_companion.evidence.completeness_signs import look_for_all
from paper_companion.evidence.model import Kind, read_evidence
from paper_companion.evidence.repository_files import Checkout, same_repository
from paper_companion.paper.artifacts import Code, Dataset, Environment, File, Weights
from paper_companion.paper.model import Answer, Checklist, Paper, Publication, Result, Spread
from paper_companion.paper.values import Number

README = """# Leaf

## Results

| Model | Accuracy |
|-------|----------|
| Leaf  | 94.1 %   |

```bash
python train.py --seed 0
python eval.py
```

## Pre-trained models

[Leaf-S](https://huggingface.co/lab/leaf)
"""


def checkout(folder: Path, **files: str) -> Checkout:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Checkout(folder)


def signs(checkout: Checkout, item: str) -> list[str]:
    return [str(sign) for sign in look_for_all(checkout)[item]]


@pytest.mark.parametrize(
    "name",
    [
        "requirements.txt",
        "requirements-dev.txt",
        "requirements.lock",
        "environment.yml",
        "Pipfile",
        "poetry.lock",
        "uv.lock",
        "Dockerfile",
        "docker/gpu.Dockerfile",
        "Project.toml",
        "renv.lock",
    ],
)
def test_dependencies_are_found_by_the_file_that_holds_them(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("numpy")

    assert signs(Checkout(tmp_path), "dependencies") == [name]


def test_dependencies_in_pyproject_are_named_with_their_line(tmp_path):
    found = checkout(tmp_path, pyproject_dot_toml='[project]\nname = "x"\ndependencies = ["numpy"]\n')

    assert signs(found, "dependencies") == ["pyproject.toml:3"]


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.py", "docs.txt"])
def test_a_file_without_dependencies_in_it_is_no_sign_of_them(tmp_path, name):
    (tmp_path / name).write_text('[project]\nname = "x"\n')

    assert signs(Checkout(tmp_path), "dependencies") == []


@pytest.mark.parametrize(
    ("item", "name", "sign"),
    [
        ("training", "train.py", True),
        ("training", "src/leaf/train_model.py", True),
        ("training", "scripts/finetune.sh", True),
        ("training", "notebooks/01_training.ipynb", True),
        ("training", "constraint.py", False),
        ("training", "tests/test_train.py", False),
        ("training", "train.md", False),
        ("evaluation", "evaluate.py", True),
        ("evaluation", "run_eval.sh", True),
        ("evaluation", "test.py", True),
        ("evaluation", "tests/evaluate.py", False),
        ("evaluation", "retrieval.py", False),
        ("weights", "weights/leaf.safetensors", True),
        ("weights", "leaf.pth", True),
        ("weights", "weights.md", False),
    ],
)
def test_programs_and_weights_are_found_by_their_names(tmp_path, item, name, sign):
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("x")

    assert signs(Checkout(tmp_path), item) == ([name] if sign else [])


def test_weights_that_the_readme_links_to_are_named_with_their_line(tmp_path):
    assert signs(checkout(tmp_path, README_dot_md=README), "weights") == ["README.md:16"]


def test_results_need_a_table_with_numbers_and_the_commands(tmp_path):
    assert signs(checkout(tmp_path, README_dot_md=README), "results") == ["README.md:7", "README.md:10-11"]


@pytest.mark.parametrize(
    "text",
    [
        README.replace("94.1 %", "good"),
        README.replace("python ", "we ran "),
        "",
    ],
)
def test_one_without_the_other_is_no_sign_of_results(tmp_path, text):
    assert signs(checkout(tmp_path, README_dot_md=text), "results") == []


@pytest.mark.parametrize(
    "line",
    ["[" * 9000, "[model " * 900, "http://" * 900, "<" * 9000, "| 1" + "*" * 9000 + "x |", "`bash " * 900, "A=1 " * 900,
     "](a" * 3000, "from_pretrained(" * 500, "| <td>" * 900, "-=" * 5000,
     "make x", "|-|\n|1|"],
)  # fmt: skip
def test_a_readme_made_to_keep_its_reader_busy_does_not(tmp_path, line):
    begun = time.monotonic()
    look_for_all(checkout(tmp_path, README_dot_md=f"# Models\n{line}\n" * (1_900_000 // (len(line) + 10))))

    assert time.monotonic() - begun < 20


def test_only_what_git_tracks_counts(tmp_path):
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    found = checkout(tmp_path, train_dot_py="x", evaluate_dot_py="x")
    subprocess.run([*git, "add", "train.py"], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)

    assert found.paths == ("train.py",)
    assert len(found.commit) == 40


def test_a_link_out_of_the_checkout_is_not_read(tmp_path):
    (tmp_path / "secret.md").write_text(README)
    folder = tmp_path / "code"
    folder.mkdir()
    os.symlink(tmp_path / "secret.md", folder / "README.md")

    assert signs(Checkout(folder), "results") == []


def test_only_the_papers_own_folder_counts(tmp_path):
    found = checkout(tmp_path, leaf__train_dot_py="x", other__evaluate_dot_py="x")
    paper = Paper(paper=Publication(title="x"), code=Code(subfolder="leaf"))

    assert {tick.item for tick in judge_completeness(paper, found) if tick.detected} == {"training"}


PAPER = Paper(
    paper=Publication(title="Leaf", limitations="Silhouettes only."),
    code=Code(repo="https://github.com/lab/leaf", train="python train.py --seed 0", evaluate="python eval.py"),
    environment=Environment(lock="requirements.txt", hardware="1 GPU", train_time="3 h"),
    data=(Dataset(id="leafset", license="CC-BY-4.0", splits={"train": 6}, url="https://example.org"),),
    weights=(Weights(id="s", license="MIT", load="load()", files=(File(path="weights/leaf.npz"),)),),
    results=(
        Result(
            id="main",
            value=Number("0.94"),
            command="x",
            metric="accuracy",
            runtime="1 s",
            spread=Spread(std=Number("0.1"), runs=5),
        ),
    ),
)  # fmt: skip


def ticks(paper: Paper, folder: Path, **files: str) -> dict[str, Tick]:
    return {tick.item: tick for tick in judge_completeness(paper, checkout(folder, **files))}


FILES = {"requirements_dot_txt": "x", "train_dot_py": "x", "eval_dot_py": "x", "README_dot_md": README}


def test_what_is_detected_and_declared_agrees(tmp_path):
    found = ticks(PAPER, tmp_path, **FILES)

    assert all(tick.detected and tick.declared and not tick.disagreement for tick in found.values()), found


def test_a_command_whose_program_is_not_there_disagrees(tmp_path):
    found = ticks(PAPER, tmp_path, eval_dot_py="x")["training"]

    assert found.disagreement == "the command names train.py, which the repository does not hold"
    assert found.declared_key == ("code", "train")


def test_a_program_that_no_command_names_disagrees(tmp_path):
    silent = replace(PAPER, code=replace(PAPER.code, train=None))

    assert "train.py looks like it" in ticks(silent, tmp_path, **FILES)["training"].disagreement


@pytest.mark.parametrize(
    ("answer", "files", "said"),
    [
        (Answer(answer="no", why="x"), {"train_dot_py": "x"}, "the checklist says no, but train.py looks like it"),
        (Answer(answer="na", why="x"), {"train_dot_py": "x"}, "the checklist says na, but train.py looks like it"),
        (Answer(answer="yes", where="x"), {}, "the checklist says yes, but nothing was found"),
        (Answer(answer="yes", where="x"), {"train_dot_py": "x"}, ""),
        (Answer(answer="no", why="x"), {}, ""),
    ],
)
def test_a_declared_answer_that_the_repository_contradicts_disagrees(tmp_path, answer, files, said):
    paper = Paper(
        paper=Publication(title="x"), checklists={"code-completeness": Checklist(answers={"training": answer})}
    )

    found = ticks(paper, tmp_path, **files)["training"]

    assert said in found.disagreement
    assert bool(found.disagreement) is bool(said)


def test_declared_weights_of_any_format_are_found(tmp_path):
    found = ticks(PAPER, tmp_path, weights__leaf_dot_npz="x")

    assert [str(sign) for sign in found["weights"].detected] == ["weights/leaf.npz"]


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/lab/leaf",
        "https://github.com/lab/leaf.git",
        "git@github.com:lab/leaf.git",
        "ssh://git@github.com/lab/leaf",
        "https://token@github.com/Lab/leaf/",
    ],
)
def test_a_repository_is_known_by_any_of_its_addresses(address):
    assert same_repository(address, "https://github.com/lab/leaf")
    assert not same_repository(address, "https://github.com/lab/tree")


def test_the_checklists_have_the_items_that_their_makers_ask():
    assert {name: len(form.items) for name, form in CHECKLISTS.items()} == {
        "code-completeness": 5,
        "neurips-2025": 16,
        "ml-reproducibility-2.0": 21,
    }
    assert all(len({item.key for item in form.items}) == len(form.items) for form in CHECKLISTS.values())
    assert all(item.question.endswith("?") for item in NEURIPS.items)


def answers(form, paper, found=()) -> dict[str, tuple[str, bool]]:
    return {one.item.key: (one.answer, one.suggested) for one in fill(form, paper, found)}


def test_what_the_paper_file_says_is_suggested_and_the_rest_left_open():
    found = answers(NEURIPS, PAPER)

    assert {key for key, (answer, suggested) in found.items() if answer == "yes" and suggested} == {
        "limitations",
        "reproducibility",
        "open-access",
        "setting",
        "significance",
        "compute",
        "licenses",
        "assets",
    }
    assert found["claims"] == ("", False)


def test_the_authors_answer_wins_over_a_suggestion():
    said = Checklist(answers={"significance": Answer(answer="no", why="One run only.")})
    filled = fill(NEURIPS, replace(PAPER, checklists={"neurips-2025": said}))

    significance = next(one for one in filled if one.item.key == "significance")
    assert (significance.answer, significance.justification, significance.suggested) == ("no", "One run only.", False)


def test_what_is_not_open_is_suggested_as_partial():
    closed = replace(PAPER, data=(*PAPER.data, Dataset(id="orchard", access="withheld", reason="x")))

    assert answers(NEURIPS, closed)["open-access"] == ("partial", True)


def test_ticks_are_suggested_with_the_file_that_earns_them(tmp_path):
    found = judge_completeness(PAPER, checkout(tmp_path, **FILES))

    assert set(answers(CODE_COMPLETENESS, PAPER, found).values()) == {("yes", True)}
    training = next(one for one in fill(ML_REPRODUCIBILITY, PAPER, found) if one.item.key == "code-training")
    assert (training.answer, training.justification) == ("yes", "train.py")


def test_nothing_is_suggested_from_an_empty_paper_file():
    empty = Paper(paper=Publication(title="x"))

    for form in CHECKLISTS.values():
        assert set(answers(form, empty).values()) == {("", False)}


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    checkout(tmp_path, mkdocs_dot_yml="site_name: x\n", **FILES)
    (tmp_path / "paper.yml").write_text(
        "paper: {title: x}\ncode:\n  train: python training.py\n  evaluate: python eval.py\n"
        "checklists:\n  code-completeness: {sandwiches: {answer: na, why: none}}\n"
    )
    return tmp_path


def test_check_names_disagreements_at_the_paper_files_lines(project):
    result = CliRunner().invoke(main, ["check", "--offline"])

    assert result.exit_code == 1
    assert "✗ broken   paper.yml:3:10  code.train" in result.stdout
    assert "training.py, which the repository does not hold" in result.stdout
    assert "does not ask about sandwiches" in result.stdout


def test_check_writes_down_what_earned_each_tick(project):
    CliRunner().invoke(main, ["check", "--offline"])

    seen = read_evidence(project / "paper.evidence.json").observations
    assert {observation.kind for observation in seen} == {Kind.COMPLETENESS}
    found = {observation.subject: observation.details["signs"] for observation in seen}
    assert found["code-completeness.training"] == ["train.py"]
    assert found["code-completeness.results"] == ["README.md:7", "README.md:10-11"]


def test_a_tick_that_is_no_longer_earned_is_taken_away(project):
    CliRunner().invoke(main, ["check", "--offline"])
    (project / "train.py").unlink()
    CliRunner().invoke(main, ["check", "--offline"])

    subjects = {observation.subject for observation in read_evidence(project / "paper.evidence.json").observations}
    assert "code-completeness.training" not in subjects
    assert "code-completeness.evaluation" in subjects


def test_what_was_seen_of_the_code_stays_where_nobody_can_look_at_it_anew(project, tmp_path_factory):
    code = tmp_path_factory.mktemp("code")
    git = ["git", "-C", str(code), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    commit = checkout(code, train_dot_py="x")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "x"], check=True)
    evidence = project / "paper.evidence.json"

    def write_paper(pinned: str) -> None:
        (project / "paper.yml").write_text(
            f"paper: {{title: x}}\ncode: {{repo: 'https://github.com/lab/leaf', commit: \"{pinned}\"}}\n"
        )

    write_paper(commit.commit)
    CliRunner().invoke(main, ["check", "--offline", "--code", str(code)])
    seen = evidence.read_bytes()
    assert read_evidence(evidence).observations

    CliRunner().invoke(main, ["check", "--offline"])
    assert evidence.read_bytes() == seen

    write_paper("b" * 40)
    CliRunner().invoke(main, ["check", "--offline"])
    assert read_evidence(evidence).observations == ()


def test_code_of_another_repository_is_not_looked_for_here(project):
    (project / "paper.yml").write_text("paper: {title: x}\ncode: {repo: 'https://github.com/lab/leaf', train: x.py}\n")

    result = CliRunner().invoke(main, ["check", "--offline"])

    assert result.exit_code == 0
    assert not (project / "paper.evidence.json").exists()


def test_a_checkout_can_be_named(project, tmp_path_factory):
    (project / "paper.yml").write_text(
        "paper: {title: x}\ncode: {repo: 'https://github.com/lab/leaf', train: python gone.py}\n"
    )
    code = tmp_path_factory.mktemp("code")
    checkout(code, train_dot_py="x")

    result = CliRunner().invoke(main, ["check", "--offline", "--code", str(code)])

    assert "gone.py, which the repository does not hold" in result.stdout


@pytest.mark.parametrize("named", [[], ["--code", "."]], ids=["the project", "a checkout that is named"])
def test_a_project_in_its_repositorys_subfolder_is_looked_at_as_part_of_it(tmp_path, monkeypatch, named):
    files = {"train_dot_py": "x", "weights__leaf_dot_own": "x", "mkdocs_dot_yml": "site_name: x\n"}
    checkout(tmp_path, **{f"papers__leaf__{name}": text for name, text in files.items()})
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "https://github.com/lab/leaf"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    project = tmp_path / "papers" / "leaf"
    monkeypatch.chdir(project)
    (project / "paper.yml").write_text(
        "paper: {title: x}\n"
        "code: {repo: 'https://github.com/lab/leaf', subfolder: papers/leaf, train: python train.py}\n"
        f"weights: [{{id: w, path: weights/leaf.own, license: MIT, sha256: '{sha256(b'x').hexdigest()}'}}]\n"
    )

    CliRunner().invoke(main, ["check", "--offline", *named])

    seen = read_evidence(project / "paper.evidence.json").observations
    found = {one.subject: one.details["signs"] for one in seen if one.kind is Kind.COMPLETENESS}
    assert found == {
        "code-completeness.training": ["papers/leaf/train.py"],
        "code-completeness.weights": ["papers/leaf/weights/leaf.own"],
    }


@pytest.mark.parametrize("repo", ["", "  repo: https://github.com/lab/leaf\n"], ids=["code here", "code named"])
def test_a_repository_that_git_does_not_read_is_unknown_with_gits_own_advice(project, monkeypatch, repo):
    subprocess.run(["git", "-C", str(project), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(project), "add", "."], check=True)
    subprocess.run(["git", "-C", str(project), "remote", "add", "origin", "https://github.com/lab/leaf"], check=True)
    paper = (project / "paper.yml").read_text().replace("code:\n", f"code:\n{repo}")
    (project / "paper.yml").write_text(paper.replace("training.py", "train.py"))
    # How git's own tests let a repository belong to somebody else.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    checked = CliRunner().invoke(main, ["check", "--offline", "--format", "json"])
    listed = CliRunner().invoke(main, ["checklist", "code-completeness", "paper.yml"])

    (found,) = (one for one in json.loads(checked.stdout)["findings"] if one["verdict"] == "unknown")
    assert found["key"].startswith("code")
    assert f"git config --global --add safe.directory {project}" in found["reason"]
    assert f"git config --global --add safe.directory {project}" in listed.stderr
    assert not (project / "paper.evidence.json").exists()


def test_a_checklist_is_printed(project):
    result = CliRunner().invoke(main, ["checklist", "neurips-2025", "paper.yml"])

    assert result.exit_code == 0
    assert "Claims" in result.stdout
