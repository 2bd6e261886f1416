"""One build of a MkDocs site: pages made from its paper files, and the page that lists a collection."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

from paper_companion.mkdocs.options import template_overrides
from paper_companion.mkdocs.papers import Papers
from paper_companion.mkdocs.report import log, report
from paper_companion.page.collection import Entry, collection_html, entry
from paper_companion.page.embedding import NotShown, problem_html
from paper_companion.page.escaping import escape_heading
from paper_companion.page.feed import feed, feed_link
from paper_companion.page.finished import Finished, KeptPages
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.page.render import Page, render
from paper_companion.page.sources import Sources, companion_sources
from paper_companion.page.templating import Rendering, template_folders, with_blocks
from paper_companion.paper.reader import PaperError
from paper_companion.site_file import SiteFile, web_files

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from paper_companion.mkdocs.options import PaperCompanionConfig
    from paper_companion.mkdocs.watch import Watch
    from paper_companion.page.companion import Companion


_BROKEN_TEMPLATE = "a template cannot be used; no site was built"


class _List(NamedTuple):
    """What lists a collection: the page it is on, and what goes there and into the page's head."""

    uri: str
    html: str
    head: str


class CompanionSite:
    """The companions of one build. `kept` has pages of earlier builds while a site is served; else it is None."""

    def __init__(
        self,
        config: MkDocsConfig,
        options: PaperCompanionConfig,
        uris: Sequence[str],
        watch: Watch,
        kept: KeptPages | None,
    ) -> None:
        """Reads the paper files. Raises PluginError when one cannot be used; while serving, its page shows why."""
        self._config = config
        self._options = options
        self._kept = kept
        self._serving = kept is not None
        self._overrides = template_overrides(options)
        self._finished: dict[str, Finished] = {}
        self._list = _List("", "", "")
        self._added: set[str] = set()
        folders = tuple(template_folders(self._overrides))
        watch.add(folders, Path(config.docs_dir))
        if kept is not None:
            templates = Sources((), tuple((folder, "**/*") for folder in folders)).state()
            markdown = (self._extensions, repr(config.mdx_configs))
            kept.begin((config.docs_dir, config.site_url, config.theme.name, markdown, repr(dict(options)), templates))
        self._began_ns = time.time_ns()
        self._papers = Papers(config, options, watch, uris, self._is_kept)
        if errors := self._papers.errors:
            files = f"{len(errors)} paper file{'s' if len(errors) > 1 else ''}"
            problems = PaperError([problem for error in errors for problem in error.problems])
            report(problems, f"{files} cannot be used; no site was built", self._serving)

    def add_pages(self, files: Files) -> None:
        """Adds the pages to the site's files, and takes away what only pages are made from."""
        # First, so that a paper of the folder itself does not take its place.
        index = self._index(files) if self._options.folder else None
        entries = []
        for uri in self._papers:
            source = files.get_file_from_path(uri)
            if source is None:
                continue
            _remove_made_from(files, uri)
            inclusion = source.inclusion
            if not inclusion.is_excluded():
                inclusion = InclusionLevel.NOT_IN_NAV if self._options.collects(uri) else InclusionLevel.UNDEFINED
            file = File.generated(self._config, _page_uri(uri, files), content="", inclusion=inclusion)
            file.edit_uri = uri
            files.append(file)
            finished = self._kept.get(uri, file.url) if self._kept is not None else None
            if finished is None:
                finished = self._finish(uri, file)
            self._add_files(finished.files, files)
            file.content_string = finished.markdown
            self._finished[file.src_uri] = finished
            if finished.entry is not None and self._has_page(inclusion):
                entries.append(finished.entry)
        if index is not None:
            self._add_list(entries, index, files)

    def filled(self, uri: str, html: str) -> str:
        """The content of a page with what Markdown did not need to read."""
        finished = self._finished.get(uri)
        return with_blocks(html, finished.blocks()) if finished is not None else html

    def listed(self, uri: str, html: str | None) -> str | None:
        """The content of a page with the list of the collection, where it is the one that has it."""
        return f"{html or ''}\n{self._list.html}" if uri == self._list.uri else html

    def page(self, uri: str) -> Finished | None:
        """The finished page of a Markdown file, if it is one of ours."""
        return self._finished.get(uri)

    def written(self, uri: str) -> str:
        """What belongs into the head of a page, which nobody asks for again, once its small files are written.

        These are not MkDocs' files: it would keep several objects for each of them until the end.
        """
        finished = self._finished.pop(uri, None)
        if finished is None:
            return self._list.head if uri == self._list.uri else ""
        head, beside = finished.head_and_beside()
        files = {Path(self._config.site_dir, path): data for path, data in beside}
        for folder in {target.parent for target in files}:
            folder.mkdir(parents=True, exist_ok=True)
        for target, data in files.items():
            target.write_bytes(data)
        return head

    def embedded(self, uri: str, page: File, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        """The companion of a paper file in the docs, and how to render it in a page. Raises NotShown."""
        try:
            companion = self._papers.companion(uri)
        except KeyError:
            raise NotShown(f"there is no paper file {uri} in the docs") from None
        if isinstance(companion, PaperError):
            raise NotShown(f"{uri} cannot be used")
        return companion, self._rendering(page, prefix, blocks, self._to_html)

    def _is_kept(self, uri: str) -> bool:
        return self._kept is not None and self._kept.unchanged(uri, self._to_html)

    def _finish(self, uri: str, file: File) -> Finished:
        """Makes the page of a paper file; the page says so when that cannot be."""
        companion = self._papers.companion(uri)
        if isinstance(companion, PaperError):
            return Finished.of(_error_page(uri, companion), [])
        prose: dict[str, str] = {}

        def to_html(text: str) -> str:
            prose[text] = self._to_html(text)
            return prose[text]

        blocks: list[str] = []
        rendering = self._rendering(file, "pc", blocks, to_html)
        try:
            page = render(companion, rendering)
        except PaperError as error:
            report(error, _BROKEN_TEMPLATE, self._serving)
            return Finished.of(_error_page(uri, error), [])
        for note in page.notes:
            log.warning(str(note))
        collected = self._options.collects(uri)
        finished = Finished.of(page, blocks, entry(companion, file.url, rendering.prose) if collected else None)
        if self._kept is not None:
            self._kept.keep(uri, file.url, companion_sources(companion), self._began_ns, prose, finished)
        if collected:
            self._papers.let_go(uri)
        return finished

    def _has_page(self, inclusion: InclusionLevel) -> bool:
        """Whether a file has a page: a draft has one while it is served, and none in a built site."""
        return self._serving or inclusion.is_included()

    def _index(self, files: Files) -> File:
        """The page that lists the collection: the author's, or else one with no more than a heading."""
        folder = self._options.folder
        for name in ("index.md", "README.md"):
            if (index := files.get_file_from_path(f"{folder}/{name}")) is not None:
                if not self._has_page(index.inclusion):
                    log.warning(
                        f"paper-companion: {index.src_uri} is a draft or left out: nothing lists the papers of {folder}"
                    )
                return index
        title = escape_heading(posixpath.basename(folder).capitalize())
        index = File.generated(self._config, f"{folder}/index.md", content=f"# {title}\n")
        files.append(index)
        return index

    def _add_list(self, entries: list[Entry], index: File, files: Files) -> None:
        """Adds the list of the collection to its page, and a feed where entries have addresses to be known by."""
        place, name, path = self._place(index), self._config.site_name, f"{self._options.folder}/feed.xml"
        url, head = None, ""
        if place.site_url:
            self._add_files([SiteFile(path, data=feed(entries, name, place.site_url, place.url, path))], files)
            url = place.relative(path)
            head = feed_link(name, url)
        try:
            html = collection_html(entries, place, url, self._overrides, self._options.strings)
        except PaperError as error:
            report(error, _BROKEN_TEMPLATE, self._serving)
            html = problem_html(error)
        self._list = _List(index.src_uri, html, head)
        self._add_files(web_files()[1], files)

    def _add_files(self, added: Iterable[SiteFile], files: Files) -> None:
        for asset in added:
            # Most are those of every page, and MkDocs takes its time to look for them.
            if asset.path not in self._added and files.get_file_from_path(asset.path) is None:
                content = {"abs_src_path": str(asset.source)} if asset.source else {"content": asset.data}
                files.append(File.generated(self._config, asset.path, **content))
            self._added.add(asset.path)

    def _rendering(self, page: File, prefix: str, blocks: list[str], to_html: Callable[[str], str]) -> Rendering:
        prose = Prose(to_html, highlight=self._config.theme.name == "material")
        return Rendering(
            self._place(page),
            self._overrides,
            prose,
            blocks,
            prefix,
            strings=self._options.strings,
            card=self._options.cards,
            card_fonts=tuple(map(Path, self._options.card_fonts)),
        )

    def _place(self, page: File) -> Place:
        return Place(lambda path: get_relative_url(quote(path), page.url), page.url, self._config.site_url)

    @property
    def _extensions(self) -> list[str]:
        """The site's own Markdown extensions that prose can have, too."""
        return [name for name in self._config.markdown_extensions if isinstance(name, str) and name != "toc"]

    @cached_property
    def _to_html(self) -> Callable[[str], str]:
        """Prose through the site's own Markdown extensions."""
        import markdown

        configs = {name: dict(self._config.mdx_configs.get(name) or {}) for name in self._extensions}
        if "footnotes" in configs:
            configs["footnotes"]["UNIQUE_IDS"] = True  # several pieces of prose share a page
        converter = markdown.Markdown(extensions=self._extensions, extension_configs=configs)
        return lambda text: converter.reset().convert(text)


def _remove_made_from(files: Files, uri: str) -> None:
    stem = uri.removesuffix(posixpath.splitext(uri)[1])
    for made_from in (uri, *(f"{stem}.{kind}.json" for kind in ("lock", "examples", "evidence"))):
        if (file := files.get_file_from_path(made_from)) is not None:
            files.remove(file)


def _page_uri(uri: str, files: Files) -> str:
    """The folder's own page, or one named after the paper file where the folder has a page already."""
    folder, name = posixpath.split(uri)
    index = posixpath.join(folder, "index.md")
    taken = any(files.get_file_from_path(posixpath.join(folder, taken)) for taken in ("index.md", "README.md"))
    return posixpath.join(folder, posixpath.splitext(name)[0] + ".md") if taken else index


def _error_page(uri: str, error: PaperError) -> Page:
    """What `mkdocs serve` shows in place of a page that cannot be made."""
    lines = f"# {escape_heading(f'{uri} cannot be used')}\n\n{problem_html(error)}\n"
    return Page(lines, "A paper file cannot be used", "")
