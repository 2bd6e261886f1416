"""Parts of a companion page inside other pages, in MkDocs and in Zensical."""

import os
import re
import subprocess
import sys

import pytest
from building import PAPER, Built, broken_links, mkdocs_build, text_of, write_project
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
    assert len(ids) == len(set(ids)) >= 4


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


ZENSICAL = """
[project]
site_name = "Lab"
site_url = "https://example.org/repo/"
watch = ["docs"]
[project.theme]
custom_dir = "overrides"
[project.markdown_extensions."paper_companion.markdown_extension"]
[project.markdown_extensions.pymdownx.superfences]
"""
HEAD = """{% extends "base.html" %}
{% block extrahead %}
{% if page.meta %}{{ page.meta.paper_companion_head | default("") | safe }}{% endif %}
{% endblock %}
"""


@pytest.fixture
def zensical(tmp_path):
    project = write_project(tmp_path)
    (project / "mkdocs.yml").unlink()
    (project / "zensical.toml").write_text(ZENSICAL)
    (project / "overrides").mkdir()
    (project / "overrides/main.html").write_text(HEAD)
    arguments = ["build", str(project / "docs/leaf/paper.yml"), "--to", str(project / "docs"), "--without-page"]
    written = CliRunner().invoke(main, [*arguments, "--card"])
    assert written.exit_code == 0, written.output
    return project


def zensical_build(project, *arguments):
    command = [sys.executable, "-m", "zensical", "build", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=120)
    return Built(done.returncode, done.stdout + done.stderr, project / "site")


def test_zensical_shows_the_same_parts_by_the_same_line(zensical):
    (zensical / "docs/index.md").write_text(PAGE)

    built = zensical_build(zensical, "--strict")

    assert built.code == 0, built.output
    text = text_of(built.html("index.html"))
    order = [
        text.index(words) for words in ("declared", "It grades 94.1 %", "Between.", "@article{", "!paper[weights]")
    ]
    assert order == sorted(order)
    assert [url for url in broken_links(built, "index.html") if "paper-companion" in url] == []
    assert "citation_title" not in built.html("index.html")
    assert "application/ld+json" not in built.html("index.html")


def test_in_zensical_a_page_with_all_parts_tells_machines_what_a_page_of_the_plugin_tells(zensical):
    (zensical / "docs/leaf/index.md").write_text("# Leaves\n\n!paper[](paper.yml)\n")
    (zensical / "mkdocs").mkdir()
    with_plugin = mkdocs_build(write_project(zensical / "mkdocs")).html("leaf/index.html")

    built = zensical_build(zensical, "--strict")

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    elements = re.findall(
        r'<(?:meta (?:name="citation|property)|link rel="(?:cite-as|license|item)|script type="app)[^>]*>', with_plugin
    )
    assert len(elements) > 10
    assert [element for element in elements if element not in html] == []
    assert html.index("citation_title") < html.index("</head>")
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert data in with_plugin


def test_in_zensical_a_page_that_becomes_a_folder_finds_its_files(zensical):
    (zensical / "docs/leaf/more.md").write_text("# More\n\n!paper[](paper.yml)\n")

    built = zensical_build(zensical, "--strict")

    html = built.html("leaf/more/index.html")
    assert "/companion.css" in html
    assert '<link rel="describedby" href="../paper.json"' in html
    ours = ("paper-companion", "paper.json")
    assert [url for url in broken_links(built, "leaf/more/index.html") if any(name in url for name in ours)] == []


def test_in_zensical_a_page_names_the_picture_for_link_previews_that_lies_in_the_docs(zensical):
    (zensical / "docs/leaf/index.md").write_text("# Leaves\n\n!paper[](paper.yml)\n")

    built = zensical_build(zensical, "--strict")

    (url,) = re.findall(
        r'<meta property="og:image" content="https://example.org/repo/([^"]+)">', built.html("leaf/index.html")
    )
    assert (built.site / url).read_bytes().startswith(b"\x89PNG")
    (zensical / "docs" / url).unlink()
    (zensical / "docs/leaf/index.md").write_text("# Leaves again\n\n!paper[](paper.yml)\n")
    assert "og:image" not in zensical_build(zensical).html("leaf/index.html")


def test_zensical_makes_a_page_again_when_its_paper_file_changes(zensical):
    (zensical / "docs/leaf/index.md").write_text("# Leaves\n\n!paper[](paper.yml)\n")
    assert "Silhouettes only." in zensical_build(zensical).html("leaf/index.html")
    paper = zensical / "docs/leaf/paper.yml"
    before = paper.stat().st_mtime
    paper.write_text(paper.read_text().replace("Silhouettes only.", "Only silhouettes."))
    os.utime(paper, (before + 1, before + 1))  # Zensical compares whole seconds

    assert "Only silhouettes." in zensical_build(zensical).html("leaf/index.html")


@pytest.mark.parametrize(
    ("line", "change", "problem"),
    [
        ("!paper[](paper.yml)", ("venue:", "venu:"), "docs/leaf/paper.yml:8:3: paper.venu: unknown key"),
        ("!paper[](lost.yml)", (), "docs/leaf/index.md:3:1: there is no paper file docs/leaf/lost.yml"),
        ("!paper[resluts](paper.yml)", (), "docs/leaf/index.md:3:1: there is no part 'resluts'"),
    ],
)
def test_what_is_wrong_ends_a_build_of_zensical_with_one_line_at_its_place(zensical, line, change, problem):
    (zensical / "docs/leaf/index.md").write_text(f"# Leaves\n\n{line}\n")
    if change:
        (zensical / "docs/leaf/paper.yml").write_text(PAPER.replace(*change))

    built = zensical_build(zensical)

    assert built.code == 1
    (told,) = [told for told in built.output.splitlines() if "docs/leaf" in told]
    assert told.split("/tmp")[-1].startswith(problem)
    assert "Traceback" not in built.output
