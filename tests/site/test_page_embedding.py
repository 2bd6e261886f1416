"""Parts of a companion page inside other pages, in MkDocs and in Zensical."""

import subprocess
import sys

import pytest
from building import Built, broken_links, mkdocs_build, text_of, write_project
from click.testing import CliRunner
from paper_companion.cli import main

PAGE = """# Lab

!paper[badges, results](leaf/paper.yml)

Between.

!paper[citation](/leaf/paper.yml)

```
!paper[weights](leaf/paper.yml)
```
"""


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_named_parts_stand_where_the_line_was_without_headings(tmp_path, theme):
    project = write_project(tmp_path, f"theme: {theme}\n")
    (project / "docs/index.md").write_text(PAGE)

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert broken_links(built, "index.html") == []
    text = text_of(built.html("index.html"))
    order = [
        text.index(words) for words in ("declared", "It grades 94.1 %", "Between.", "@article{", "!paper[weights]")
    ]
    assert order == sorted(order)
    assert "Citation</h2>" not in built.html("index.html")


def test_a_line_without_names_shows_all_parts_with_their_headings_in_the_table_of_contents(tmp_path):
    project = write_project(tmp_path)
    (project / "docs/all.md").write_text("# All\n\n!paper[](leaf/paper.yml)\n")

    built = mkdocs_build(project, "--strict")

    html = built.html("all/index.html")
    assert '<h2 id="citation">Citation</h2>' in html
    assert 'href="#citation"' in html
    assert 'href="#pc1-citation"' in html
    assert 'id="pc1-citation"' in html


def test_two_companions_on_one_page_share_no_id(tmp_path):
    project = write_project(tmp_path)
    line = "!paper[weights, citation](leaf/paper.yml)"
    (project / "docs/all.md").write_text(f"# All\n\n{line}\n\n{line}\n")

    html = mkdocs_build(project, "--strict").html("all/index.html")

    ids = [part.split('"')[0] for part in html.split(' id="pc')[1:]]
    assert len(ids) == len(set(ids)) > 4


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("!paper[results](lost/paper.yml)", "docs/index.md:3:1: there is no paper file lost/paper.yml in the docs"),
        ("!paper[resluts](leaf/paper.yml)", "docs/index.md:3:1: there is no part 'resluts'"),
    ],
)
def test_a_line_that_cannot_be_carried_out_is_an_error_at_its_place(tmp_path, line, problem):
    project = write_project(tmp_path)
    (project / "docs/index.md").write_text(f"# Lab\n\n{line}\n")

    built = mkdocs_build(project)

    assert built.code == 1
    assert problem in built.output
    assert "Traceback" not in built.output


def test_zensical_shows_the_same_parts_by_the_same_line(tmp_path):
    project = write_project(tmp_path)
    (project / "docs/index.md").write_text(PAGE)
    (project / "mkdocs.yml").unlink()
    (project / "zensical.toml").write_text(
        '[project]\nsite_name = "Lab"\nsite_url = "https://example.org/repo/"\n'
        '[project.markdown_extensions."paper_companion.markdown_extension"]\n'
        "[project.markdown_extensions.pymdownx.superfences]\n"
    )

    written = CliRunner().invoke(
        main, ["build", str(project / "docs/leaf/paper.yml"), "--to", str(project / "docs"), "--without-page"]
    )
    assert written.exit_code == 0, written.output
    command = [sys.executable, "-m", "zensical", "build", "--strict"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)

    built = Built(done.returncode, done.stdout + done.stderr, project / "site")
    assert built.code == 0, built.output
    text = text_of(built.html("index.html"))
    order = [
        text.index(words) for words in ("declared", "It grades 94.1 %", "Between.", "@article{", "!paper[weights]")
    ]
    assert order == sorted(order)
    assert [url for url in broken_links(built, "index.html") if "paper-companion" in url] == []
