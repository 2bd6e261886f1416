"""Companions for unit tests: a paper file in a folder of its own, read by the real reader."""

from pathlib import Path

from paper_companion.page.companion import Companion, load_companion
from paper_companion.page.place import Place
from paper_companion.page.templating import Rendering

PLACE = Place(lambda path: f"../{path}", "leaf/", "https://example.org/repo/")
RENDERING = Rendering(PLACE)


def companion(folder: Path, paper: str, **files: str) -> Companion:
    """The companion of this YAML; `files` are texts by path."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "mkdocs.yml").write_text("site_name: Lab\n")
    path = folder / "docs/leaf/paper.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(paper, encoding="utf-8")
    return load_companion(path, "leaf/")
