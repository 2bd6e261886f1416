"""`paper-companion new`: what it finds, what it asks, what it writes, and what it leaves alone."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from paper_companion.cli import main
from paper_companion.paper.reader import read_paper

HERE = Path(__file__).parent
WORKFLOWS = (".github/workflows/companion.yml", ".github/workflows/evidence.yml")


def new(*arguments: str | Path, answers: str | None = None) -> Result:
    asking = ["--no-ask"] if answers is None else ["--ask"]
    return CliRunner().invoke(main, ["new", *map(str, arguments), *asking], input=answers)


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


def test_an_empty_folder_becomes_a_site(tmp_path: Path) -> None:
    folder = tmp_path / "leaf-shapes"
    result = new(folder, "--no-demo", "--author", "Ines Nowak", "--repo", "https://github.com/Example-Lab/leaves")
    assert result.exit_code == 0, result.output
    assert list(files(folder)) == [*WORKFLOWS, "docs/paper.yml", "mkdocs.yml"]
    paper = read_paper(folder / "docs" / "paper.yml").paper
    assert paper.paper.title == "leaf shapes"
    assert paper.paper.authors[0].name == "Ines Nowak"
    config = yaml.safe_load((folder / "mkdocs.yml").read_text(encoding="utf-8"))
    assert config["plugins"] == ["search", "paper-companion"]
    assert config["site_url"] == "https://example-lab.github.io/leaves/"


def test_what_a_folder_holds_is_found(tmp_path: Path) -> None:
    for name in ("paper.bib", "config.json", "model.safetensors", "model.onnx"):
        shutil.copy(HERE / "imported" / name, tmp_path)
    (tmp_path / "requirements.txt").write_text("numpy\n")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "other.onnx").touch()
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "https://me:secret@github.com/lab/leaves.git"], check=True)
    assert new(tmp_path, "--no-demo").exit_code == 0
    paper = read_paper(tmp_path / "docs" / "paper.yml").paper
    assert paper.paper.title == "LeafGrade: compact leaf-shape grading for Érables"
    assert paper.code is not None
    assert paper.code.repo == "https://github.com/lab/leaves", "the password stays out"
    assert (
        paper.code.commit
        == subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    )
    assert paper.environment is not None and paper.environment.lock == "requirements.txt"
    (weights,) = paper.weights
    assert [file.path for file in weights.files] == ["model.onnx", "model.safetensors"]
    assert weights.files[1].sha256 == hashlib.sha256((tmp_path / "model.safetensors").read_bytes()).hexdigest()
    assert weights.outputs[0].channels[0] == "round"
    assert 'site_name: "LeafGrade' in (tmp_path / "mkdocs.yml").read_text(encoding="utf-8")


def test_a_folder_of_a_repository_is_where_its_code_is_and_its_workflows_are_not_read(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "remote", "add", "origin", "https://github.com/lab/papers"], check=True)
    (tmp_path / "papers" / "leaf").mkdir(parents=True)
    (tmp_path / "papers" / "leaf" / "train.py").touch()
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    for name, is_committed in (("leaf", True), ("a file?#", False)):
        folder = tmp_path / "papers" / name
        result = new(folder, "--no-demo")
        code = read_paper(folder / "docs" / "paper.yml").paper.code
        assert (code.repo, code.subfolder) == ("https://github.com/lab/papers", f"papers/{name}")
        assert bool(code.commit) == is_committed
        assert f"root alone: move those in {folder}/.github/workflows there" in result.stderr
    assert result.stdout.endswith(f"mkdocs serve -f '{folder}/mkdocs.yml'\n")


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("git@github.com:lab/leaves.git", "https://github.com/lab/leaves"),
        ("ssh://git@gitlab.com:2222/lab/group/leaves", "https://gitlab.com/lab/group/leaves"),
        ("/srv/leaves.git", None),
    ],
)
def test_remotes_become_addresses(remote: str, address: str | None, tmp_path: Path) -> None:
    subprocess.run(["git", "-C", str(tmp_path), "init", "-q"], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True)
    assert new(tmp_path, "--no-demo").exit_code == 0
    code = read_paper(tmp_path / "docs" / "paper.yml").paper.code
    assert (code.repo if code else None) == address


def test_only_what_is_not_known_is_asked(tmp_path: Path) -> None:
    result = new(tmp_path / "x", answers="Leaves: a study\nInes Nowak; Josiah Carberry\n\nn\n")
    assert result.exit_code == 0, result.output
    paper = read_paper(tmp_path / "x" / "docs" / "paper.yml").paper
    assert paper.paper.title == "Leaves: a study"
    assert [author.family for author in paper.paper.authors] == ["Nowak", "Carberry"]

    shutil.copytree(HERE / "project", tmp_path / "y", ignore=lambda *_: ["docs", "mkdocs.yml", "demo", "model-card.md"])
    result = new(tmp_path / "y", answers="n\n")
    assert result.exit_code == 0, result.output
    assert "Title" not in result.output
    assert read_paper(tmp_path / "y" / "docs" / "paper.yml").paper.code.version == "1.0.0"


def test_an_interrupted_dialogue_writes_nothing(tmp_path: Path) -> None:
    result = new(tmp_path / "x", answers="Leaves\n")  # the end of input, as Ctrl-D; Ctrl-C takes the same way
    assert result.exit_code == 1
    assert "Aborted!" in result.output
    assert not (tmp_path / "x").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    before = {
        "mkdocs.yml": "site_name: Lab\nplugins: [paper-companion]\n",
        "docs/paper.yml": "paper: {title: Mine}\n",
        "demo/app.py": "def answer(): ...\n",
        ".github/workflows/companion.yml": "name: mine\n",
        ".github/workflows/evidence.yml": "name: mine too\n",
    }
    for path, text in before.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    result = new(tmp_path, "--title", "Other")
    assert result.exit_code == 0, result.output
    assert files(tmp_path) == before
    assert f"kept {tmp_path}/docs/paper.yml, which is there already" in result.stderr


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("site_name: Lab\n", "site_name: Lab\n\nplugins:\n  - search\n  - paper-companion\n"),
        (
            "site_name: Lab\nplugins:\n# ours\n- search: {lang: en}\n- tags\nnav: []\n",
            "site_name: Lab\nplugins:\n# ours\n- paper-companion\n- search: {lang: en}\n- tags\nnav: []\n",
        ),
        (
            "plugins:\n    - search\ntheme:\n  name: !ENV [THEME, mkdocs]\n",
            "plugins:\n    - paper-companion\n    - search\ntheme:\n  name: !ENV [THEME, mkdocs]\n",
        ),
    ],
)
def test_the_plugin_is_one_line_more_in_an_existing_configuration(before: str, after: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(before)
    assert new(tmp_path, "--no-demo").exit_code == 0
    assert (tmp_path / "mkdocs.yml").read_text() == after


@pytest.mark.parametrize("config", ["plugins: [search]\n", "plugins: {search: {}}\n", "plugins:\n  search:\n"])
def test_a_configuration_in_another_form_is_left_to_its_author(config: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(config)
    result = new(tmp_path, "--no-demo")
    assert result.exit_code == 0
    assert (tmp_path / "mkdocs.yml").read_text() == config
    assert f"add to {tmp_path}/mkdocs.yml, under plugins: - paper-companion" in result.stderr


def test_the_paper_goes_where_the_docs_are(tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text("docs_dir: pages\nplugins: [paper-companion]\n")
    assert new(tmp_path, "--no-demo").exit_code == 0
    assert (tmp_path / "pages" / "paper.yml").exists()


def test_an_import_that_cannot_be_used_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "CITATION.cff").write_text("title: x\npreferred-citation: {title: y, doi: 10.55/x}\n")
    (tmp_path / "leaves.bib").write_text("no entry\n")
    result = new(tmp_path, "--no-demo", "--title", "Leaves")
    assert result.exit_code == 0, result.output
    assert "CITATION.cff:2:37: paper.doi: expected a DOI" in result.stderr
    assert "leaves.bib:1:1: there is no entry that can be read (left out)" in result.stderr
    paper = read_paper(tmp_path / "docs" / "paper.yml").paper
    assert (paper.paper.title, paper.imports) == ("Leaves", ())


def test_an_import_without_a_title_is_kept(tmp_path: Path) -> None:
    shutil.copy(HERE / "imported" / "project.toml", tmp_path / "pyproject.toml")
    result = new(tmp_path, "--no-demo", "--title", "Leaves")
    assert "left out" not in result.stderr
    paper = read_paper(tmp_path / "docs" / "paper.yml").paper
    assert (paper.paper.title, [file.file for file in paper.imports]) == ("Leaves", ["pyproject.toml"])
    assert paper.paper.authors and paper.code is not None and paper.code.version and paper.code.license


def test_an_existing_demo_is_used_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "app.py").write_text("def grade(leaf: str) -> str:\n    return leaf\n")
    # A cache in the place of which there is a file: the lock cannot be made.
    monkeypatch.setenv("PAPER_COMPANION_CACHE", str(tmp_path / "demo" / "app.py"))
    result = new(tmp_path, "--demo")
    text = (tmp_path / "docs" / "paper.yml").read_text()
    assert result.exit_code == 1
    assert "waits as a comment until it is locked" in result.stderr
    assert "#   run: demo/app.py:grade" in text
    assert read_paper(tmp_path / "docs" / "paper.yml").paper.demo is None
    assert isinstance(result.exception, SystemExit), "a problem, not a traceback"


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ("site_name: [x\n", "mkdocs.yml:2:1: did not find expected ',' or ']'"),
        ("a: &a [*a]\nb: '\n", "mkdocs.yml:3:1: found unexpected end of stream"),
    ],
)
def test_a_broken_configuration_is_told_before_anything_is_written(config: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "mkdocs.yml").write_text(config)
    result = new(tmp_path, "--no-demo")
    assert result.exit_code == 1
    assert told in result.stderr
    assert list(files(tmp_path)) == ["mkdocs.yml"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    result = new(tmp_path / "x")
    assert (result.exit_code, result.stderr) == (1, f"{tmp_path}/x:1:1: is a file (name a folder)\n")


def test_weights_without_a_byte_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()

    result = new(tmp_path, "--no-demo")

    assert "model.onnx is empty, and left out" in result.stderr
    assert read_paper(tmp_path / "docs" / "paper.yml").paper.weights == ()
