"""A page for any generator: Markdown with front matter, the elements for the head, and the files that go with it."""

from urllib.parse import quote

from paper_companion.page.citation import to_yaml
from paper_companion.page.companion import Companion
from paper_companion.page.metadata import json_ld, json_ld_text
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.page.render import render
from paper_companion.page.templating import Rendering
from paper_companion.site_file import SiteFile


def standalone_files(companion: Companion, base: str = "", site_url: str | None = None) -> tuple[SiteFile, ...]:
    """Everything to write, relative to the folder of the docs; first the page, then its head.

    `base` leads from the page's address to that of the folder it lies in: empty when the page is `paper.html`, `../`
    when it is `paper/`. The structured data stand in the body, too: not every generator lets a page add to its head.
    """
    up = base + "../" * companion.folder.count("/")
    place = Place(lambda path: up + quote(path), "", site_url)
    page = render(companion, Rendering(place, prose=Prose()))
    stem = f"{companion.folder}{companion.file.path.stem}"
    front = to_yaml({"title": page.title, "description": page.description, **page.meta})
    data = json_ld_text(json_ld(companion, place, page.description))
    body = f'{page.markdown}\n<script type="application/ld+json">{data}</script>\n'
    return (
        SiteFile(f"{stem}.md", data=f"---\n{front}---\n\n{body}".encode()),
        SiteFile(f"{stem}.head.html", data=page.head.encode()),
        *page.files,
        *page.beside,
    )
