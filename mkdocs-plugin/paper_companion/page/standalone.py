"""A page for any generator: Markdown with front matter, the elements for the head, and the files that go with it."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from paper_companion.page.citation import to_yaml
from paper_companion.page.companion import Companion
from paper_companion.page.metadata import json_ld, json_ld_text
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.page.render import render
from paper_companion.page.templating import Rendering
from paper_companion.paper.problems import Problem
from paper_companion.site_file import SiteFile


class StandalonePage(NamedTuple):
    """All paths are relative to the folder of the docs."""

    own: tuple[SiteFile, ...]
    """The page, and the elements for its head."""
    files: tuple[SiteFile, ...]
    """What goes with them."""
    notes: tuple[Problem, ...]
    """What the author should know."""


def standalone_page(
    companion: Companion,
    base: str = "",
    site_url: str | None = None,
    card: bool = False,
    card_fonts: tuple[Path, ...] = (),
) -> StandalonePage:
    """Everything to write. `card` and `card_fonts` are as in Rendering.

    `base` leads from the page's address to that of the folder it lies in: empty when the page is `paper.html`, `../`
    when it is `paper/`. The structured data stand in the body, too: not every generator lets a page add to its head.
    """
    up = base + "../" * companion.folder.count("/")
    place = Place(lambda path: up + quote(path), "", site_url)
    page = render(companion, Rendering(place, prose=Prose(), card=card, card_fonts=card_fonts))
    stem = f"{companion.folder}{companion.file.path.stem}"
    front = to_yaml({"title": page.title, "description": page.description, **page.meta})
    data = json_ld_text(json_ld(companion, place, page.description))
    body = f'{page.markdown}\n<script type="application/ld+json">{data}</script>\n'
    own = (
        SiteFile(f"{stem}.md", data=f"---\n{front}---\n\n{body}".encode()),
        SiteFile(f"{stem}.head.html", data=page.head.encode()),
    )
    return StandalonePage(own, (*page.files, *page.beside), page.notes)
