"""Prose, pictures and words: what authors write goes through the site's own Markdown, and comes out harmless."""

import subprocess
import sys

from building import PAPER, broken_links, mkdocs_build, write_project
from PIL import Image

EXTENSIONS = "theme: material\nmarkdown_extensions: [footnotes, {pymdownx.arithmatex: {generic: true}}]\n"


def test_math_and_footnotes_work_in_prose_and_script_does_not(tmp_path):
    paper = PAPER.replace(
        "abstract: Small networks grade leaves.",
        'abstract: "It *scales* as $n^2$.[^1] <script>alert(1)</script>\\n\\n[^1]: For large n."',
    )
    built = mkdocs_build(write_project(tmp_path, EXTENSIONS, paper=paper), "--strict")

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    assert "<em>scales</em>" in html
    assert '<span class="arithmatex">\\(n^2\\)</span>' in html
    assert "For large n." in html
    assert "alert(1)</script>" not in html


def test_teaser_and_figures_are_published_with_what_can_be_seen_on_them(tmp_path):
    paper = PAPER + (
        "page:\n"
        "  teaser: {file: pictures/teaser.png, alt: A leaf, caption: A *leaf*.}\n"
        "  figures: [{file: pictures/run.mp4, alt: A run}]\n"
    )
    project = write_project(tmp_path, paper=paper)
    (project / "pictures").mkdir()
    Image.new("RGB", (8, 8)).save(project / "pictures/teaser.png")
    (project / "pictures/run.mp4").write_bytes(b"video")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert broken_links(built, "leaf/index.html") == []
    html = built.html("leaf/index.html")
    assert 'alt="A leaf"' in html
    assert "<figcaption>A <em>leaf</em>.</figcaption>" in html
    assert '<video controls preload="metadata"' in html


def test_a_site_without_paper_files_loads_next_to_nothing_of_us(tmp_path):
    project = write_project(tmp_path)
    (project / "docs/leaf/paper.yml").unlink()
    program = (
        "import sys; from mkdocs.config import load_config; from mkdocs.commands.build import build\n"
        "config = load_config('mkdocs.yml'); config.plugins.on_startup(command='build', dirty=False); build(config)\n"
        "print(*sorted(name for name in sys.modules if name.startswith('paper_companion')))"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)

    assert done.stdout.split() == [
        "paper_companion",
        "paper_companion.mkdocs",
        "paper_companion.mkdocs.lines",
        "paper_companion.mkdocs.options",
        "paper_companion.mkdocs.plugin",
        "paper_companion.mkdocs.report",
        "paper_companion.mkdocs.watch",
        "paper_companion.page",
        "paper_companion.page.embedding",
    ]
