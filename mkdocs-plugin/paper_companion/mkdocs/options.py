"""The plugin's options in mkdocs.yml, what is wrong with them, and which paper files they mean."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from mkdocs.config import base
from mkdocs.config import config_options as opt
from mkdocs.exceptions import ConfigurationError

from paper_companion.mkdocs.report import log, shown

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

EVERYWHERE = "**/paper.yml"
"""Which files are paper files where the author does not say."""


class PaperCompanionConfig(base.Config):
    """The options in mkdocs.yml."""

    papers = opt.Optional(opt.Type(str))
    """Which files are paper files: a pattern, relative to docs_dir; EVERYWHERE when left out."""
    collection = opt.Optional(opt.Type(str))
    """A folder, relative to docs_dir, whose papers get one page that lists them, a feed, and no place in the nav."""
    cards = opt.Type(bool, default=False)
    """Whether to draw a picture for link previews of each paper; needs Pillow, and 20 ms a paper."""
    card_fonts = opt.ListOfItems(opt.File(exists=True), default=[])
    """Font files for the cards, relative to mkdocs.yml; used before Pillow's own font and those of the machine."""
    templates = opt.Optional(opt.Dir(exists=True))
    """A folder of templates that take the place of ours, relative to mkdocs.yml."""
    strings = opt.DictOfItems(opt.Type(str), default={})
    """Other words for the pages' own: a translation for each English text; a paper file's own come before them."""
    sources = opt.Optional(opt.ListOfItems(opt.Type(str)))
    """Where the runtime of demos may come from, best first; npm and Pyodide's own CDN when left out."""
    cache = opt.Optional(opt.Type(str))
    """A folder that keeps what was fetched, relative to mkdocs.yml; the user's cache folder when left out."""

    @property
    def folder(self) -> str:
        """The collection's folder, relative to docs_dir; empty where there is none."""
        return "" if self.collection is None else posixpath.normpath(self.collection).strip("/")

    def collects(self, uri: str) -> bool:
        """Whether a paper file belongs to the collection."""
        # Material draws the whole navigation on every page: thousands of papers in it take minutes and gigabytes.
        return self.folder != "" and uri.startswith(f"{self.folder}/")


def check_options(options: PaperCompanionConfig) -> None:
    """Raises ConfigurationError for what no site can be built with."""
    if options.cards:
        from paper_companion.page.fonts import why_no_cards

        if why := why_no_cards(map(Path, options.card_fonts)):
            raise ConfigurationError(f"paper-companion: cards: {why}")
    if options.papers is not None and not _is_pattern(options.papers):
        raise ConfigurationError(
            f"paper-companion: papers: {options.papers!r} is no pattern for files in docs_dir "
            f"(write one that is relative to it, such as {EVERYWHERE!r})"
        )
    if options.strings:
        from paper_companion.page.texts import unknown_texts

        for _, message in unknown_texts(options.strings, template_overrides(options)):
            raise ConfigurationError(f"paper-companion: strings: {message}")
    if options.collection is not None and not _is_inside(options.folder):
        raise ConfigurationError(
            f"paper-companion: collection: {options.collection!r} is no folder in docs_dir "
            "(write one that is relative to it, such as 'papers')"
        )


def paper_uris(config: MkDocsConfig, options: PaperCompanionConfig) -> Iterator[str]:
    """The paper files in the docs, relative to them, in order."""
    docs = Path(config.docs_dir)
    pattern = EVERYWHERE if options.papers is None else options.papers
    for path in sorted(filter(Path.is_file, docs.glob(pattern))):
        uri = path.relative_to(docs).as_posix()
        if config.exclude_docs is None or not config.exclude_docs.match_file(uri):
            yield uri


def warn_of_nothing(config: MkDocsConfig, options: PaperCompanionConfig, uris: Sequence[str]) -> None:
    """Says so when what the author asked for finds no paper file. A site without papers may have the plugin."""
    docs = shown(Path(config.docs_dir))
    if options.papers is not None and not uris:
        log.warning(f"paper-companion: papers: {options.papers!r} matches no file in {docs}")
    elif options.collection is not None and not any(map(options.collects, uris)):
        log.warning(f"paper-companion: collection: there is no paper file in {options.collection!r} in {docs}")


def template_overrides(options: PaperCompanionConfig) -> tuple[Path, ...]:
    """The folders of templates that take the place of ours."""
    return (shown(Path(options.templates)),) if options.templates else ()


def _is_pattern(text: str) -> bool:
    # Before Python 3.13 `**` cannot be a part of a name.
    return _is_inside(text) and not any("**" in part and part != "**" for part in PurePosixPath(text).parts)


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and ".." not in parts and not path.startswith("/") and not PurePath(path).anchor
