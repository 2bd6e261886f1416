"""Lines in the pages of a MkDocs site that show parts of companions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError

from paper_companion.mkdocs_options import log, shown
from paper_companion.page.embedding import problem_with_line, resolved

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.structure.pages import Page

    from paper_companion.mkdocs_site import CompanionSite
    from paper_companion.page.companion import Companion
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError


class SiteLines:
    """Finds paper files for lines in the site's pages. `site` and `page` are set when MkDocs comes to them."""

    site: CompanionSite | None
    page: Page

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        uri = resolved(path, self.page.file.src_uri)
        if self.site is None:
            raise LookupError(f"there is no paper file {uri} in the docs")
        return self.site.embedded(uri, self.page.file, prefix, blocks)

    def failure(self, md: Markdown, line: str, message: str) -> Exception:
        path = shown(Path(self.page.file.abs_src_path or self.page.file.src_uri))
        log.error(str(problem_with_line(path, self.page.file.content_string, line, message)))
        return PluginError("a part of a companion page cannot be shown")

    def broken(self, error: PaperError) -> str:
        assert self.site is not None, "it found the companion"
        return self.site.broken(error)
