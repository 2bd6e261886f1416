"""The file with every key goes through everything that reads paper files."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import mkdocs_build, text_of
from paper_companion.paper.reader import read_paper

FULL = Path(__file__).parents[1] / "unit" / "paper" / "project"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The full project, but for what would have to be downloaded."""
    folder = tmp_path_factory.mktemp("full") / "project"
    shutil.copytree(FULL, folder)
    paper = folder / "docs" / "paper.yml"
    needs_downloads = r"(?m)^  (?:packages: \[numpy|weights: leafgrade-s|max_download_mb).*\n"
    paper.write_text(re.sub(needs_downloads, "", paper.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def companion(project: Path, *arguments: str) -> str:
    command = [sys.executable, "-c", "from paper_companion.cli import main; main()", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_full_file_becomes_a_page(project: Path) -> None:
    companion(project, "lock", "docs/paper.yml")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    page = text_of(built.html("index.html"))
    for said in (
        "LeafGrade: compact leaf-shape grading from silhouettes",
        "Growers' consent does not cover redistribution.",
        "LeafGrade-S grades held-out leaves with 94.1 % accuracy",
        "round",
        "Single species group; silhouettes only.",
    ):
        assert said in page.replace("’", "'"), said


@pytest.mark.parametrize("form", ["cff", "bibtex"])
def test_what_is_exported_is_imported_again(form: str, project: Path) -> None:
    name = {"cff": "exported.cff", "bibtex": "exported.bib"}[form]
    companion(project, "export", form, "docs/paper.yml", "--to", name)
    (project / "docs" / "again.yml").write_text(f"import: {name}\n")

    original = read_paper(project / "docs" / "paper.yml").paper.paper
    again = read_paper(project / "docs" / "again.yml").paper.paper

    assert again.title == original.title
    assert [author.name for author in again.authors] == [author.name for author in original.authors]
    date = {"cff": original.date, "bibtex": original.date[:7]}[form]
    assert (again.doi, again.venue, again.date) == (original.doi, original.venue, date)


@pytest.mark.parametrize(
    "command",
    [
        ["lint", "docs"],
        ["explain"],
        ["export", "bioimageio"],
        ["export", "codemeta"],
        ["export", "ro-crate"],
        ["export", "huggingface"],
        ["export", "neurips"],
        ["checklist", "neurips-2025"],
        ["build", "--to", "out"],
    ],
)
def test_every_other_reader_of_paper_files_takes_it(project: Path, command: list[str]) -> None:
    companion(project, *command)


def test_a_check_judges_every_part_of_it_that_needs_no_network(project: Path) -> None:
    command = [sys.executable, "-m", "paper_companion", "check", "--offline", "--dry-run", "--format", "json", "docs"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)

    assert done.returncode in (0, 1), done.stderr
    assert {finding["verdict"] for finding in json.loads(done.stdout)["findings"]} <= {"ok", "broken"}
