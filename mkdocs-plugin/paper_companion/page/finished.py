"""Finished pages: those that wait to be written, and those that a later build of the same site need not make again."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from paper_companion.page.sources import is_settled

if TYPE_CHECKING:
    from paper_companion.page.collection import Entry
    from paper_companion.page.render import Page
    from paper_companion.page.sources import Sources, State
    from paper_companion.site_file import SiteFile


@dataclass(frozen=True)
class Finished:
    """A page, ready to be written. Compressed: thousands of them wait at the same time."""

    markdown: str
    title: str
    description: str
    meta: Mapping[str, object]
    files: tuple[SiteFile, ...]
    entry: Entry | None
    packed_blocks: bytes
    packed_rest: bytes

    @classmethod
    def of(cls, page: Page, blocks: list[str], entry: Entry | None = None) -> Finished:
        """The page; `blocks` are the HTML that its Markdown has placeholders for, `entry` is for a collection."""
        rest = (page.head, [(file.path, file.content) for file in page.beside])
        return cls(
            page.markdown, page.title, page.description, page.meta, page.files, entry, _packed(blocks), _packed(rest)
        )

    def blocks(self) -> list[str]:
        """The raw HTML blocks that the page's Markdown has placeholders for."""
        return pickle.loads(zlib.decompress(self.packed_blocks))

    def head_and_beside(self) -> tuple[str, list[tuple[str, bytes]]]:
        """The elements for the head; path and bytes of each file beside the page."""
        return pickle.loads(zlib.decompress(self.packed_rest))


def _packed(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value), 1)


class _Kept(NamedTuple):
    url: str
    sources: Sources
    state: State
    prose: Mapping[str, str]
    page: Finished


class KeptPages:
    """Pages of earlier builds, each for as long as what it was made from is as it was."""

    def __init__(self) -> None:
        self._site: object = None
        self._pages: dict[str, _Kept] = {}

    def begin(self, site: object) -> None:
        """Starts a build; `site` is equal to that of the last build when all that pages share is as it was."""
        if site != self._site:
            self._pages.clear()
        self._site = site

    def unchanged(self, uri: str, to_html: Callable[[str], str]) -> bool:
        """Whether a page is kept for a paper file and can be used; else it is let go.

        `to_html` is asked once more for the paper's prose, since the site's extensions may read files of their own.
        """
        kept = self._pages.get(uri)
        if kept is None:
            return False
        same = kept.sources.state() == kept.state and all(to_html(text) == html for text, html in kept.prose.items())
        if not same:
            del self._pages[uri]
        return same

    def get(self, uri: str, url: str) -> Finished | None:
        """The page that is kept for a paper file, if it was made for this URL."""
        kept = self._pages.get(uri)
        return kept.page if kept is not None and kept.url == url else None

    def keep(
        self, uri: str, url: str, sources: Sources, read_ns: int, prose: Mapping[str, str], page: Finished
    ) -> None:
        """Keeps a page.

        `read_ns` is the `time.time_ns()` at which its sources began to be read, `prose` the HTML of each piece of it.
        """
        state = sources.state()
        if is_settled(state, read_ns):
            self._pages[uri] = _Kept(url, sources, state, prose, page)
