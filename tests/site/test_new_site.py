"""A site that `paper-companion new` wrote builds at once, with every warning an error."""

import subprocess
import sys
from pathlib import Path

import pytest
from building import mkdocs_build, text_of


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
