"""The paper files of one build of a MkDocs site: read, unless their pages are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.mkdocs.options import PaperCompanionConfig, template_overrides
from paper_companion.mkdocs.report import log, shown
from paper_companion.page.reading import read_companion
from paper_companion.page.sources import companion_sources
from paper_companion.paper.reader import PaperError

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.mkdocs.watch import Watch
    from paper_companion.page.companion import Companion
    from paper_companion.paper.reader import PaperFile


class Papers:
    """The paper files of one build. A companion can be let go, and is read again when it is asked for."""

    def __init__(
        self,
        config: MkDocsConfig,
        options: PaperCompanionConfig,
        watch: Watch,
        uris: Iterable[str],
        is_kept: Callable[[str], bool],
    ) -> None:
        """Reads the paper files, except those whose pages are kept."""
        self._config = config
        self._options = options
        self._overrides = template_overrides(options)
        self._watch = watch
        self._read: dict[str, Companion | PaperError | None] = {
            uri: None if is_kept(uri) else self._try(uri) for uri in uris
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    @property
    def errors(self) -> list[PaperError]:
        """What is wrong, a PaperError for each file that cannot be used."""
        return [found for found in self._read.values() if isinstance(found, PaperError)]

    def companion(self, uri: str) -> Companion | PaperError:
        """The companion of a paper file, or why there is none. Raises KeyError for any other file."""
        found = self._read[uri]
        if found is None:
            found = self._read[uri] = self._try(uri)
        return found

    def let_go(self, uri: str) -> None:
        """Forgets a companion: thousands of them are too many to hold."""
        self._read[uri] = None

    def _try(self, uri: str) -> Companion | PaperError:
        docs = Path(self._config.docs_dir)
        try:
            companion = read_companion(shown(docs / uri), uri, self._config.site_url, self._bundle, self._overrides)
        except PaperError as error:
            return error
        self._watch.add(companion_sources(companion).files, docs)
        return companion

    def _bundle(self, paper_file: PaperFile) -> DemoBundle:
        from paper_companion.demo.bundle import bundle_demo
        from paper_companion.demo.cache import Cache
        from paper_companion.demo.runtime import DEFAULT_SOURCES

        folder = self._options.cache
        beside_config = Path(self._config.config_file_path or "mkdocs.yml").parent
        cache = Cache(beside_config / folder if folder else None)
        sources = self._options.sources or DEFAULT_SOURCES
        return bundle_demo(paper_file, cache, sources=sources, strict=bool(self._config.strict), say=log.info)
