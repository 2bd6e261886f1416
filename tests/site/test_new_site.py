"""A site that `paper-companion new` wrote builds at once, with every warning an error."""

import subprocess
import sys
from pathlib import Path

import pytest
from building import mkdocs_build, text_of
from workflow_lint import actionlint_findings


def new(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-c", "from paper_companion.cli import main; main()", "new", str(folder), "--no-ask"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr


def test_a_new_site_builds_at_once_with_its_demo(tmp_path: Path) -> None:
    new(tmp_path / "leaves", "--title", "Leaves & shapes", "--author", "Ines Nowak")

    built = mkdocs_build(tmp_path / "leaves", "--strict")

    assert built.code == 0, built.output
    page = built.html("index.html")
    assert "Leaves &amp; shapes" in page
    assert "<paper-demo" in page
    assert "reproducible research" in page, "the example and its recorded answer are on the page"
    assert "vowels" in text_of(page)


def test_a_demo_that_is_there_is_on_the_page_without_examples(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "app.py").write_text("def grade(leaf: str) -> str:\n    return leaf\n")

    new(tmp_path, "--title", "Leaves")
    built = mkdocs_build(tmp_path, "--strict")

    assert built.code == 0, built.output
    assert "<paper-demo" in built.html("index.html")


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_an_existing_site_gets_a_page_more_and_keeps_its_own(tmp_path: Path, theme: str) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# Our lab\n")
    (tmp_path / "mkdocs.yml").write_text(f"site_name: Lab\ntheme:\n  name: {theme}\nplugins:\n  - search\n")

    new(tmp_path, "--no-demo", "--title", "Leaves")
    built = mkdocs_build(tmp_path, "--strict")

    assert built.code == 0, built.output
    assert "Our lab" in built.html("index.html")
    assert "Leaves" in text_of(built.html("paper/index.html"))


def test_actionlint_passes_the_projects_own_workflow(tmp_path: Path) -> None:
    assert actionlint_findings([Path(__file__).parents[2] / ".github/workflows/ci.yml"], tmp_path) == []


@pytest.mark.parametrize(("docs", "branch"), [("docs", "main"), ("the pages: ours", "it's-c++")])
def test_actionlint_passes_the_workflows_of_a_new_site(tmp_path: Path, docs: str, branch: str) -> None:
    site, scratch = tmp_path / "site", tmp_path / "scratch"
    site.mkdir()
    scratch.mkdir()
    subprocess.run(["git", "init", "-q", "-b", branch, str(site)], check=True)
    (site / "mkdocs.yml").write_text(f'site_name: Lab\ndocs_dir: "{docs}"\nplugins: [paper-companion]\n')
    new(site, "--no-demo", "--title", "Leaves")

    workflows = sorted((site / ".github" / "workflows").iterdir())

    assert [path.name for path in workflows] == ["companion.yml", "evidence.yml"]
    assert actionlint_findings(workflows, scratch) == []
    companion, evidence = workflows
    companion.write_text(companion.read_text().replace("needs: build", "needs: built", 1))
    evidence.write_text(evidence.read_text().replace("steps.collect.outputs", "step.collect.outputs", 1))
    about_companion, about_evidence = actionlint_findings(workflows, scratch)
    assert "built" in about_companion and str(companion) in about_companion
    assert "step" in about_evidence and str(evidence) in about_evidence
