"""A collection: one page that lists the papers of a folder, and a feed of them."""

from collections.abc import Mapping, Sequence
from html import escape as escape_html
from typing import NamedTuple
from urllib.parse import quote, urljoin

from paper_companion.page.badges import Badge, badges
from paper_companion.page.companion import Companion
from paper_companion.page.header import claim
from paper_companion.page.place import Place
from paper_companion.page.templating import rendered
from paper_companion.site_file import web_files

_MOST_AUTHORS = 6


class Entry(NamedTuple):
    """One paper of the list. `url` is the page's, relative to the site; the tuples are what can be filtered for."""

    url: str
    title: str
    authors: str
    venue: str | None
    date: str
    claim: str | None
    access: tuple[str, ...]
    states: tuple[str, ...]
    demo: str
    badges: tuple[Badge, ...]

    @property
    def year(self) -> str:
        return self.date[:4]


def entry(companion: Companion, url: str) -> Entry:
    """The entry of a companion whose page is at `url`, relative to the site."""
    paper = companion.file.paper
    publication = paper.paper
    names = [author.name for author in publication.authors]
    if len(names) > _MOST_AUTHORS:
        names = [*names[: _MOST_AUTHORS - 1], "…", names[-1]]
    found = badges(companion)
    shared = [item.access for item in (paper.code, *paper.weights, *paper.data) if item is not None]
    return Entry(
        url,
        publication.title,
        ", ".join(names),
        publication.venue,
        publication.date or "",
        claim(paper) or publication.abstract,
        tuple(dict.fromkeys(shared)),
        tuple(dict.fromkeys(badge.state for badge in found)),
        paper.demo.kind if paper.demo is not None and paper.demo.access in ("open", "gated") else "none",
        found,
    )


def newest_first(entries: Sequence[Entry]) -> list[Entry]:
    """The entries by date, newest first, and by title within a day."""
    return sorted(sorted(entries, key=lambda entry: entry.title.casefold()), key=lambda entry: entry.date, reverse=True)


def collection_html(
    entries: Sequence[Entry], place: Place, feed_path: str, overrides: tuple = (), strings: Mapping[str, str] = {}
) -> str:
    """The list as HTML: plain links without script, with search, filters and sorting with it.

    `strings` are other words for its texts.

    Raises PaperError for a broken template.
    """
    names = {
        "entries": newest_first(entries),
        "choices": _choices(entries),
        "link": place.relative,
        "asset": lambda name: place.relative(f"{web_files()[0]}/{name}"),
        "feed": place.relative(feed_path),
        "t": lambda text: strings.get(text, text),
    }
    return rendered("collection", overrides, names)


def _choices(entries: Sequence[Entry]) -> dict[str, list[str]]:
    """What the list can be narrowed to: the values of each filter that tells papers apart."""
    found = {
        "year": sorted({entry.year for entry in entries} - {""}, reverse=True),
        "venue": sorted({entry.venue for entry in entries if entry.venue}),
        "access": sorted({access for entry in entries for access in entry.access}),
        "badge": sorted({state for entry in entries for state in entry.states}),
        "demo": sorted({entry.demo for entry in entries}),
    }
    return {name: values for name, values in found.items() if len(values) > 1}


def feed(entries: Sequence[Entry], title: str, place: Place, feed_path: str) -> bytes:
    """An Atom feed of the newest hundred papers, updated when the newest appeared: the same input, the same bytes."""
    site = place.site_url or ""
    newest = newest_first(entries)[:100]
    updated = _instant(newest[0].date if newest else "")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape_html(title)}</title>",
        f"<id>{escape_html(urljoin(site, place.url))}</id>",
        f'<link href="{escape_html(urljoin(site, place.url))}"/>',
        f'<link rel="self" href="{escape_html(urljoin(site, quote(feed_path)))}"/>',
        f"<updated>{updated}</updated>",
    ]
    for one in newest:
        url = escape_html(urljoin(site, one.url))
        lines.append(
            f'<entry><title>{escape_html(one.title)}</title><id>{url}</id><link href="{url}"/>'
            f"<updated>{_instant(one.date)}</updated><author><name>{escape_html(one.authors or title)}</name></author>"
            f"<summary>{escape_html(one.claim or '')}</summary></entry>"
        )
    return "\n".join([*lines, "</feed>", ""]).encode()


def _instant(date: str) -> str:
    """A date of a paper file (a day, a month, a year, or none) as the instant that Atom wants."""
    day = (date + "-01-01"[len(date) - 4 :] if len(date) < 10 and date else date) or "1970-01-01"
    return f"{day}T00:00:00Z"
