"""The MkDocs plugin: turns paper files in the docs into pages, and copies what these need into the site."""

from __future__ import annotations

import logging
import pickle
import posixpath
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.utils import get_relative_url

from paper_companion.mkdocs_options import EVERYWHERE, PaperCompanionConfig, check_options

if TYPE_CHECKING:
    from markdown import Markdown
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.pages import Page as MkDocsPage

    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.page.collection import Entry
    from paper_companion.page.companion import Companion
    from paper_companion.page.prose import Prose
    from paper_companion.page.render import Page
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError
    from paper_companion.paper.reader import PaperFile
    from paper_companion.site_file import SiteFile

# Not `get_plugin_logger`: its prefix would stand before the file's name, which editors make a link only at the start.
log = logging.getLogger(f"mkdocs.plugins.{__name__}")


class PaperCompanionPlugin(BasePlugin[PaperCompanionConfig]):
    """Turns paper files into companion pages."""

    def __init__(self) -> None:
        # Programs that build a site without the command line never tell that they start.
        self._serving = False
        self._watched: set[Path] = set()
        self._server: LiveReloadServer | None = None

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """Makes MkDocs keep this object over the rebuilds of `mkdocs serve`, and tells what it is running."""
        self._serving = command == "serve"

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Adds the Markdown extension that puts parts of a page into other pages."""
        check_options(self.config)
        from paper_companion.page.embedding import PaperLines

        config.markdown_extensions.append(PaperLines(_SiteFinder(self)))
        self.current: MkDocsPage | None = None
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Reads all paper files before MkDocs empties the site's folder: a mistake does not cost the old site."""
        self._pages: dict[str, _Waiting] = {}
        self._lists: dict[str, str] = {}
        self._companions: dict[str, Companion | Exception | None] = {}
        self._config = config
        pattern = EVERYWHERE if self.config.papers is None else self.config.papers
        for path in sorted(filter(Path.is_file, Path(config.docs_dir).glob(pattern))):
            uri = path.relative_to(config.docs_dir).as_posix()
            if config.exclude_docs is None or not config.exclude_docs.match_file(uri):
                self._load(uri, path, config)
        self._warn_of_nothing()
        self._report()
        if self._companions:
            self._prose = _site_prose(config)

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Adds the pages when every file of the docs is known, and takes away what only pages are made from."""
        entries: list[Entry] = []
        for uri, companion in self._companions.items():
            source = files.get_file_from_path(uri)
            if source is None or companion is None:
                continue
            _remove_made_from(files, uri)
            page_uri = _page_uri(uri, files)
            inclusion = source.inclusion
            if not inclusion.is_excluded():
                inclusion = InclusionLevel.NOT_IN_NAV if self._collected(uri) else InclusionLevel.UNDEFINED
            file = File.generated(config, page_uri, content="", inclusion=inclusion)
            file.edit_uri = uri
            files.append(file)
            blocks: list[str] = []
            if isinstance(companion, Exception):
                page = _error_page(uri, companion)
            else:
                page = self._render(companion, self._rendering(file, "pc", blocks), files, config)
                if self._collected(uri):
                    entries.append(self._collect(uri, companion, file))
            file.content_string = page.markdown
            self._pages[page_uri] = _Waiting.of(page, blocks)
        if self.config.collection is not None:
            self._list(entries, files, config)
        return files

    # Early, so that other plugins find the title and the description where they look for them.
    @event_priority(50)
    def on_page_markdown(self, markdown: str, *, page: MkDocsPage, config: MkDocsConfig, files: Files) -> None:
        """Sets what front matter would say, without a detour through YAML."""
        self.current = page
        waiting = self._pages.get(page.file.src_uri)
        if waiting is None:
            return
        from html import escape

        # Themes print both as they are.
        page.meta.update(waiting.meta)
        page.meta.setdefault("title", escape(waiting.title))
        if waiting.description:
            page.meta.setdefault("description", escape(waiting.description))

    # Early, so that the search index and other plugins see the whole page.
    @event_priority(100)
    def on_page_context(self, context: dict, *, page: MkDocsPage, config: MkDocsConfig, nav: object) -> None:
        """Puts in what Markdown did not need to read. Not sooner: until here MkDocs holds the HTML of all pages."""
        waiting = self._pages.get(page.file.src_uri)
        if waiting is not None:
            from paper_companion.page.templating import with_blocks

            page.content = with_blocks(page.content, waiting.blocks())
        elif (list_of_papers := self._lists.get(page.file.src_uri)) is not None:
            page.content = f"{page.content}\n{list_of_papers}"

    def on_post_page(self, output: str, *, page: MkDocsPage, config: MkDocsConfig) -> str:
        """Adds to the head, for which themes share no place, and writes the small files that belong to the page.

        These are not MkDocs' files: it would keep several objects for each of them until the end.
        """
        waiting = self._pages.pop(page.file.src_uri, None)
        if waiting is None:
            return output
        if self.config.collection is not None:
            page.content = None  # Written; MkDocs would hold it to the end.
        head, beside = waiting.head_and_beside()
        for path, data in beside:
            target = Path(config.site_dir, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return output.replace("</head>", f"{head}</head>", 1)

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: object) -> None:
        """Watches what pages are made from, wherever it lies."""
        from paper_companion.page.templating import template_folders

        self._server = server
        for source in (*self._watched, *template_folders(self._overrides)):
            server.watch(str(source))

    @property
    def _overrides(self) -> tuple[Path, ...]:
        return (_shown(Path(self.config.templates)),) if self.config.templates else ()

    def _load(self, uri: str, path: Path, config: MkDocsConfig) -> None:
        from paper_companion.page.companion import companion_sources, load_companion
        from paper_companion.page.hosted_view import check_hosts
        from paper_companion.page.render import section_order
        from paper_companion.paper.reader import PaperError

        folder = posixpath.dirname(uri)
        try:
            companion = load_companion(
                _shown(path), f"{folder}/" if folder else "", lambda file: self._bundle(file, config)
            )
            section_order(companion, self._overrides)
            check_hosts(companion, config.site_url)
        except PaperError as error:
            self._companions[uri] = error
        else:
            self._companions[uri] = companion
            self._watch(companion_sources(companion))

    def _watch(self, sources: Iterable[Path]) -> None:
        """Notes what a page was made from, and has it watched when the server runs already."""
        new = {source.resolve() for source in sources} - self._watched
        self._watched |= new
        if self._server is not None:
            for source in new:
                self._server.watch(str(source))

    def _bundle(self, paper_file: PaperFile, config: MkDocsConfig) -> DemoBundle:
        from paper_companion.demo.bundle import bundle_demo
        from paper_companion.demo.cache import Cache
        from paper_companion.demo.runtime import DEFAULT_SOURCES

        beside_config = Path(config.config_file_path or "mkdocs.yml").parent
        cache = Cache(beside_config / self.config.cache if self.config.cache else None)
        sources = self.config.sources or DEFAULT_SOURCES
        return bundle_demo(paper_file, cache, sources=sources, strict=bool(config.strict), say=log.info)

    def _warn_of_nothing(self) -> None:
        """Says so when what the author asked for finds no paper file. A site without papers may have the plugin."""
        docs = _shown(Path(self._config.docs_dir))
        if self.config.papers is not None and not self._companions:
            log.warning(f"paper-companion: papers: {self.config.papers!r} matches no file in {docs}")
        elif self.config.collection is not None and not any(map(self._collected, self._companions)):
            log.warning(f"paper-companion: collection: there is no paper file in {self.config.collection!r} in {docs}")

    def _report(self) -> None:
        """Prints what is wrong. Raises PluginError, but not while serving: there the page itself shows it."""
        broken = [error for error in self._companions.values() if isinstance(error, Exception)]
        for error in broken:
            for line in str(error).splitlines():
                log.error(line)
        if broken and not self._serving:
            files = f"{len(broken)} paper file{'s' if len(broken) > 1 else ''}"
            raise PluginError(f"{files} cannot be used; no site was built")

    def _collected(self, uri: str) -> bool:
        """Whether a paper file belongs to the collection."""
        # Material draws the whole navigation on every page: thousands of papers in it take minutes and gigabytes.
        folder = self.config.collection
        return folder is not None and uri.startswith(f"{folder.strip('/')}/")

    def _collect(self, uri: str, companion: Companion, file: File) -> Entry:
        """The entry for the list. The companion is let go: thousands of them are too many to hold."""
        from paper_companion.page.collection import entry

        self._companions[uri] = None
        return entry(companion, file.url)

    def _list(self, entries: list[Entry], files: Files, config: MkDocsConfig) -> None:
        """Adds the page that lists the collection, and the feed."""
        from paper_companion.page.collection import collection_html, feed
        from paper_companion.paper.problems import PaperError
        from paper_companion.site_file import web_files

        folder = str(self.config.collection).strip("/")
        uri, feed_path = f"{folder}/index.md", f"{folder}/feed.xml"
        index = files.get_file_from_path(uri)
        if index is None:
            index = File.generated(config, uri, content=f"# {folder.rpartition('/')[2].capitalize()}\n")
            files.append(index)
        place = self._rendering(index, "pc", []).place
        try:
            self._lists[uri] = collection_html(entries, place, feed_path, self._overrides, self.config.strings)
        except PaperError as error:
            self._lists[uri] = self.broken(error)
        content = feed(entries, config.site_name, place, feed_path)
        files.append(File.generated(config, feed_path, content=content))
        self._add_files(web_files()[1], files, config)

    def _add_files(self, added: Iterable[SiteFile], files: Files, config: MkDocsConfig) -> None:
        for asset in added:
            if files.get_file_from_path(asset.path) is None:
                content = {"abs_src_path": str(asset.source)} if asset.source else {"content": asset.data}
                files.append(File.generated(config, asset.path, **content))

    def embedded(self, uri: str, page: File, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        """The companion of a paper file in the docs, and how to render it in a page. Raises LookupError."""
        if uri in self._companions and self._companions[uri] is None:
            self._load(uri, Path(self._config.docs_dir, uri), self._config)
        companion = self._companions.get(uri)
        if companion is None:
            raise LookupError(f"there is no paper file {uri} in the docs")
        if isinstance(companion, Exception):
            raise LookupError(f"{uri} cannot be used")
        return companion, self._rendering(page, prefix, blocks)

    def broken(self, error: PaperError) -> str:
        """Tells what is wrong with a template. Raises PluginError, but returns HTML that says so while serving."""
        from paper_companion.page.escaping import escape

        log.error(str(error))
        if not self._serving:
            raise PluginError("a template cannot be used; no site was built")
        return f"<pre>{escape(error)}</pre>"

    def _rendering(self, page: File, prefix: str, blocks: list[str]) -> Rendering:
        from paper_companion.page.place import Place
        from paper_companion.page.templating import Rendering

        place = Place(lambda path: get_relative_url(quote(path), page.url), page.url, self._config.site_url)
        strings, cards = self.config.strings, self.config.cards
        return Rendering(place, self._overrides, self._prose, blocks, prefix, strings=strings, card=cards)

    def _render(self, companion: Companion, rendering: Rendering, files: Files, config: MkDocsConfig) -> Page:
        from paper_companion.page.render import render
        from paper_companion.paper.problems import PaperError

        try:
            page = render(companion, rendering)
        except PaperError as error:
            self.broken(error)
            return _error_page(companion.file.path.as_posix(), error)
        self._add_files(page.files, files, config)
        return page


@dataclass(frozen=True)
class _Waiting:
    """A page that waits to be written. Compressed: thousands of them wait at the same time."""

    title: str
    description: str
    meta: Mapping[str, object]
    packed_blocks: bytes
    packed_rest: bytes

    @classmethod
    def of(cls, page: Page, blocks: list[str]) -> _Waiting:
        beside = [(file.path, file.content) for file in page.beside]
        return cls(page.title, page.description, page.meta, _packed(blocks), _packed((page.head, beside)))

    def blocks(self) -> list[str]:
        """The raw HTML blocks that the page's Markdown has placeholders for."""
        return pickle.loads(zlib.decompress(self.packed_blocks))

    def head_and_beside(self) -> tuple[str, list[tuple[str, bytes]]]:
        """The elements for the head; path and bytes of each file beside the page."""
        return pickle.loads(zlib.decompress(self.packed_rest))


def _packed(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)


class _SiteFinder:
    """Finds paper files for lines in the site's pages."""

    def __init__(self, plugin: PaperCompanionPlugin) -> None:
        self._plugin = plugin

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        from paper_companion.page.embedding import resolved

        return self._plugin.embedded(resolved(path, self._page.file.src_uri), self._page.file, prefix, blocks)

    def failure(self, md: Markdown, line: str, message: str) -> Exception:
        from paper_companion.page.embedding import problem_with_line

        path = self._page.file.abs_src_path or self._page.file.src_uri
        log.error(str(problem_with_line(_shown(Path(path)), self._page.file.content_string, line, message)))
        return PluginError("a part of a companion page cannot be shown")

    def broken(self, error: PaperError) -> str:
        return self._plugin.broken(error)

    @property
    def _page(self) -> MkDocsPage:
        page = self._plugin.current
        assert page is not None, "MkDocs renders no page before it has read it"
        return page


def _site_prose(config: MkDocsConfig) -> Prose:
    """Prose through the site's own Markdown extensions."""
    import markdown

    from paper_companion.page.prose import Prose

    names = [name for name in config.markdown_extensions if isinstance(name, str) and name != "toc"]
    configs = {name: dict(config.mdx_configs.get(name) or {}) for name in names}
    if "footnotes" in configs:
        configs["footnotes"]["UNIQUE_IDS"] = True  # several pieces of prose share a page
    converter = markdown.Markdown(extensions=names, extension_configs=configs)

    def to_html(text: str) -> str:
        return converter.reset().convert(text)

    return Prose(to_html, highlight=config.theme.name == "material")


def _shown(path: Path) -> Path:
    """The path relative to where the author is, as the author's tools print paths."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


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


def _error_page(uri: str, error: Exception) -> Page:
    """What `mkdocs serve` shows in place of a page that cannot be made."""
    from paper_companion.page.escaping import escape, escape_heading
    from paper_companion.page.render import Page

    lines = f"# {escape_heading(f'{uri} cannot be used')}\n\n<pre>{escape(error)}</pre>\n"
    return Page(lines, "A paper file cannot be used", "")
