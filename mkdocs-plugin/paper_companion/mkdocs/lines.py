"""Lines in the pages of a MkDocs site that show parts of companions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.mkdocs.report import report, shown
from paper_companion.page.embedding import NotShown, problem_html, resolved

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.structure.pages import Page

    from paper_companion.mkdocs.site import CompanionSite
    from paper_companion.page.companion import Companion
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError


class SiteLines:
    """Finds paper files for lines in the site's pages. `site` and `page` are set when MkDocs comes to them."""

    site: CompanionSite | None
    page: Page

    def __init__(self, serving: bool) -> None:
        self.serving = serving

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        uri = resolved(path, self.page.file.src_uri)
        if self.site is None:
            raise NotShown(f"there is no paper file {uri} in the docs")
        return self.site.embedded(uri, self.page.file, prefix, blocks)

    def place(self, md: Markdown) -> tuple[Path, str]:
        path = Path(self.page.file.abs_src_path or self.page.file.src_uri)
        return shown(path), self.page.file.content_string

    def broken(self, md: Markdown, error: PaperError) -> str:
        report(error, "a part of a companion page cannot be shown", self.serving)
        return problem_html(error)

    def whole(self, md: Markdown, companion: Companion, rendering: Rendering) -> str:
        return ""  # The paper has a page of its own, which tells machines all of it.
