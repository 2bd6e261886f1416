"""A collection: one page that lists the papers of a folder."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import unquote

from paper_companion.page.badges import Badge, badges
from paper_companion.page.citation import VOLUME
from paper_companion.page.companion import Companion
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.page.render import description
from paper_companion.page.templating import rendered
from paper_companion.site_file import web_files

_MOST_AUTHORS = 6
_YEAR = re.compile(r"[ ,]*\b(?:19|20)\d\d\b")


class Entry(NamedTuple):
    """One paper of the list. `url` is the page's, relative to the site; `about` is a sentence or two.

    `access`, `states` and `demo` are what can be filtered for.
    """

    url: str
    title: str
    authors: tuple[str, ...]
    venue: str | None
    date: str
    about: str
    access: tuple[str, ...]
    states: tuple[str, ...]
    demo: str
    badges: tuple[Badge, ...]

    @property
    def year(self) -> str:
        return self.date[:4]

    @property
    def series(self) -> str:
        """The venue without volume and year: what papers share."""
        volume = VOLUME.fullmatch(self.venue or "")
        return volume["journal"] if volume else _YEAR.sub("", self.venue or "").strip()

    @property
    def byline(self) -> str:
        """The authors, without those in the middle of many."""
        names = self.authors
        if len(names) > _MOST_AUTHORS:
            names = (*names[: _MOST_AUTHORS - 1], "…", names[-1])
        return ", ".join(names)


def entry(companion: Companion, url: str, prose: Prose) -> Entry:
    """The entry of a companion whose page is at `url`, relative to the site."""
    paper = companion.file.paper
    publication = paper.paper
    found = badges(companion)
    shared = [item.access for item in (paper.code, *paper.weights, *paper.data) if item is not None]
    return Entry(
        url,
        publication.title,
        tuple(author.name for author in publication.authors),
        publication.venue,
        publication.date or "",
        description(companion, prose),
        tuple(dict.fromkeys(shared)),
        tuple(dict.fromkeys(badge.state for badge in found)),
        paper.demo.kind if paper.demo is not None and paper.demo.is_shared else "none",
        found,
    )


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """The entries by date, newest first, and by title within a day."""
    return sorted(sorted(entries, key=lambda entry: entry.title.casefold()), key=lambda entry: entry.date, reverse=True)


def collection_html(
    entries: Sequence[Entry],
    place: Place,
    feed: str | None = None,
    overrides: tuple[Path, ...] = (),
    strings: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The list as HTML: plain links without script, with search, filters and sorting with it.

    `strings` are other words for its texts; `feed` is the feed's URL as seen from the page, if there is one.
    Raises PaperError for a broken template.
    """
    names = {
        "entries": newest_first(entries),
        "choices": _choices(entries),
        "link": lambda url: place.relative(unquote(url)),
        "asset": lambda name: place.relative(f"{web_files()[0]}/{name}"),
        "feed": feed,
        "t": lambda text: strings.get(text, text),
    }
    return rendered("collection", overrides, names)


def _choices(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """What the list can be narrowed to: the values of each filter that tells papers apart."""
    filters = {
        "year": [{entry.year} for entry in entries],
        "venue": [{entry.series} for entry in entries],
        "access": [set(entry.access) for entry in entries],
        "badge": [set(entry.states) for entry in entries],
        "demo": [{entry.demo} for entry in entries],
    }
    return {
        name: sorted(set().union(*found) - {""}, reverse=name == "year")
        for name, found in filters.items()
        if any(one != found[0] for one in found)
    }
