"""Rebuilds as `mkdocs serve` makes them: what has changed is made again, and nothing else."""

import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from building import PAPER, write_project
from mkdocs.commands.build import build
from mkdocs.config import load_config

EXAMPLES = Path(__file__).parents[2] / "examples"
LONG_AGO = 1_700_000_000


class Serving:
    """A project that is built again and again by one plugin."""

    def __init__(self, project):
        self.project = project
        for path in project.rglob("*"):
            os.utime(path, (LONG_AGO, LONG_AGO))
        load_config(str(project / "mkdocs.yml")).plugins.on_startup(command="serve", dirty=False)

    def page(self, path="leaf/index.html"):
        build(load_config(str(self.project / "mkdocs.yml")))
        return (self.project / "site" / path).read_text(encoding="utf-8")

    def write(self, path, content):
        """A file that was written a while before the next build; its mark in time is another one."""
        target = self.project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
        os.utime(target, (LONG_AGO + 60, LONG_AGO + 60))

    def edit(self, path, old, new):
        text = (self.project / path).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))


MORE = """
page:
  figures: [{file: figures/leaf.svg, alt: A leaf}]
  sections: [header, figures, weights, usage, limitations, citation, notes/more.md, checked]
  strings: {}
import: [{file: CITATION.cff}]
"""
LEAF = "<svg xmlns='http://www.w3.org/2000/svg'/>"
OTHER_LEAF = "<svg xmlns='http://www.w3.org/2000/svg'></svg>"
CFF = "cff-version: 1.2.0\nmessage: Cite it.\ntitle: Code\nauthors: [{family-names: Nowak}]\nkeywords: [alpine]\n"


@pytest.fixture
def serving(tmp_path, monkeypatch):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    inputs = "    format: safetensors\n    inputs: [{id: x, preprocess: [{call: demo/app.py:prepare}]}]\n"
    project = write_project(tmp_path, "theme: mkdocs\n", PAPER.replace("    format: safetensors\n", inputs) + MORE)
    (project / "mkdocs.yml").write_text(
        "site_name: Lab\nsite_url: https://example.org/\ntheme: mkdocs\n"
        "markdown_extensions: [{pymdownx.snippets: {base_path: [snippets]}}]\n"
        "plugins: [{paper-companion: {templates: parts}}]\n"
    )
    for path, text in {
        "parts/limitations.md.j2": "## As they say\n\n{{ prose.block(paper.paper.limitations) }}\n",
        "demo/app.py": 'def prepare(image):\n    """Cuts the leaf out."""\n',
        "figures/leaf.svg": LEAF,
        "notes/more.md": "## More\n\nA note.\n",
        "CITATION.cff": CFF,
        "docs/other/paper.yml": "paper: {title: Another paper}\n",
    }.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    monkeypatch.chdir(project)
    return Serving(project)


def test_a_paper_whose_files_are_as_they_were_is_not_read_again(serving):
    assert "Another paper" in serving.page("other/index.html")
    unseen = serving.project / "docs/other/paper.yml"
    before = unseen.stat()
    with unseen.open("r+") as file:  # in place: the same file, of the same size and time
        file.write("paper: {title: Others paper}\n")
    os.utime(unseen, ns=(before.st_atime_ns, before.st_mtime_ns))
    serving.edit("docs/leaf/paper.yml", "Silhouettes only.", "Only silhouettes.")

    assert "Another paper" in serving.page("other/index.html")
    assert "Only silhouettes." in serving.page()


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        ("docs/leaf/paper.yml", "Silhouettes only.", "Only silhouettes.", "Only silhouettes."),
        ("parts/limitations.md.j2", "As they say", "As we say", "As we say"),
        ("demo/app.py", "Cuts the leaf out.", "Cuts it well.", "Cuts it well."),
        ("notes/more.md", "A note.", "Another note.", "Another note."),
        ("CITATION.cff", "alpine", "arctic", "arctic"),
        ("figures/leaf.svg", "/>", "></svg>", f"files/{sha256(OTHER_LEAF.encode()).hexdigest()[:16]}/leaf.svg"),
        ("mkdocs.yml", "templates: parts", "strings: {Citation: Zitat}", ">Zitat<"),
    ],
)
def test_an_edit_of_any_file_that_a_page_is_made_from_shows_in_it(serving, path, old, new, shown):
    assert shown not in serving.page()

    serving.edit(path, old, new)

    assert shown in serving.page()


def test_evidence_that_was_not_there_shows_as_soon_as_it_is(serving):
    assert "No machine has looked yet." in serving.page()

    serving.write("docs/leaf/paper.evidence.json", '{"version": 1, "observations": []}\n')
    assert "No machine has looked yet." in serving.page()
    shutil.copy(EXAMPLES / "digits/docs/paper.evidence.json", serving.project / "docs/leaf/paper.evidence.json")

    assert "No machine has looked yet." not in serving.page()


def test_weights_that_are_not_what_the_paper_says_are_told_until_one_of_them_is_mended(serving):
    assert "9f86d081" in serving.page()

    serving.write("model/leaf grade.bin", "other")
    assert "model/leaf grade.bin has the sha256" in serving.page()
    hashes = [sha256(data).hexdigest() for data in (b"test", b"other")]
    serving.edit("docs/leaf/paper.yml", *hashes)

    assert f'<code title="{hashes[1]}"' in serving.page()


def test_a_snippet_in_prose_is_read_again_though_the_paper_is_not(serving):
    serving.write("snippets/why.md", "Because of *rain*.")
    serving.edit("docs/leaf/paper.yml", "limitations: Silhouettes only.", 'limitations: "--8<-- \\"why.md\\""')
    assert "Because of <em>rain</em>." in serving.page()

    serving.write("snippets/why.md", "Because of *wind*.")

    assert "Because of <em>wind</em>." in serving.page()


def test_a_page_moves_when_its_folder_gets_one_of_its_own(serving):
    assert "Josiah Carberry" in serving.page()

    serving.write("docs/leaf/index.md", "# Leaves\n")

    assert "Josiah Carberry" in serving.page("leaf/paper/index.html")
    assert "Josiah Carberry" not in serving.page()


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        ("demo/app.py", "import json", "import json as json", "files/{hash}/app.py"),
        ("docs/paper.lock.json", "{", "[", "docs/paper.lock.json:"),
        ("docs/paper.examples.json", "{", "[", "docs/paper.examples.json:"),
    ],
)
def test_so_does_an_edit_of_what_a_demo_is_made_of(tmp_path, monkeypatch, path, old, new, shown):
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    left_out = shutil.ignore_patterns("site", "__pycache__", "out")
    serving = Serving(Path(shutil.copytree(EXAMPLES / "digits", tmp_path / "digits", ignore=left_out)))
    text = (serving.project / path).read_text(encoding="utf-8")
    edited = text.replace(old, new, 1)
    words = shown.format(hash=sha256(edited.encode()).hexdigest()[:16])
    assert words not in serving.page("paper/index.html")

    serving.write(path, edited)
    assert words in serving.page("paper/index.html")

    serving.write(path, text)
    assert words not in serving.page("paper/index.html")
