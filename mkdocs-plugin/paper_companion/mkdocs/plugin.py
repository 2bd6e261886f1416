"""The MkDocs plugin: turns paper files in the docs into pages, and copies what these need into the site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from mkdocs.plugins import BasePlugin, CombinedEvent, event_priority

from paper_companion.mkdocs.lines import SiteLines
from paper_companion.mkdocs.options import PaperCompanionConfig, check_options, paper_uris, warn_of_nothing
from paper_companion.mkdocs.watch import Watch

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from paper_companion.mkdocs.site import CompanionSite
    from paper_companion.page.finished import KeptPages


class PaperCompanionPlugin(BasePlugin[PaperCompanionConfig]):
    """Turns paper files into companion pages."""

    _lines: SiteLines
    _site: CompanionSite | None

    def __init__(self) -> None:
        # Programs that build a site without the command line never tell that they start.
        self._serving = False
        # Over all builds of `mkdocs serve`.
        self._watch = Watch()
        self._kept: KeptPages | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Makes MkDocs keep this object over the rebuilds of `mkdocs serve`, and tells what it is running."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Adds the Markdown extension that puts parts of a page into other pages."""
        check_options(self.config)
        from paper_companion.page.embedding import PaperLines

        self._lines = SiteLines(self._serving)
        config.markdown_extensions.append(PaperLines(self._lines))
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Reads all paper files before MkDocs empties the site's folder: a mistake does not cost the old site."""
        uris = tuple(paper_uris(config, self.config))
        warn_of_nothing(config, self.config, uris)
        self._site = self._begin(config, uris) if uris or self.config.collection is not None else None
        self._lines.site = self._site

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Adds the pages when every file of the docs is known, and takes away what only pages are made from."""
        if self._site is not None:
            self._site.add_pages(files)
        return files

    # Early, so that other plugins find the title and the description where they look for them.
    @event_priority(50)
    def on_page_markdown(self, markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> None:
        """Sets what front matter would say, without a detour through YAML."""
        self._lines.page = page
        finished = self._site and self._site.page(page.file.src_uri)
        if not finished:
            return
        from html import escape

        # Themes print both as they are.
        page.meta.update(finished.meta)
        page.meta.setdefault("title", escape(finished.title))
        if finished.description:
            page.meta.setdefault("description", escape(finished.description))

    # Early, so that the search index and other plugins see the whole page.
    @event_priority(100)
    def _fill(self, context: dict, *, page: Page, config: MkDocsConfig, nav: object) -> None:
        """Puts in what Markdown did not need to read. Not sooner: until here MkDocs holds the HTML of all pages."""
        if self._site is not None and page.content is not None:
            page.content = self._site.filled(page.file.src_uri, page.content)

    # Late, so that the search index has each paper once: by its own page.
    @event_priority(-100)
    def _list(self, context: dict, *, page: Page, config: MkDocsConfig, nav: object) -> None:
        """Puts the list of the collection below what its page says."""
        if self._site is not None:
            page.content = self._site.listed(page.file.src_uri, page.content)

    on_page_context = CombinedEvent(_fill, _list)

    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Adds to the head, for which themes share no place."""
        head = self._site.written(page.file.src_uri) if self._site is not None else ""
        if not head:
            return output
        if self.config.collection is not None:
            page.content = None  # Written; MkDocs would hold it to the end.
        return output.replace("</head>", f"{head}</head>", 1)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> None:
        """Watches what pages are made from, wherever it lies."""
        self._watch.start(server)

    def _begin(self, config: MkDocsConfig, uris: tuple[str, ...]) -> CompanionSite:
        from paper_companion.mkdocs.site import CompanionSite
        from paper_companion.page.finished import KeptPages

        if self._serving and self._kept is None:
            self._kept = KeptPages()
        return CompanionSite(config, self.config, uris, self._watch, self._kept)
