"""The feed of a collection, in Atom: the same input, the same bytes."""

import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote, urljoin

from paper_companion.page.collection import Entry, newest_first

MOST_ENTRIES = 100

# XML has no way to say these, not even as entities.
_NOT_IN_XML = re.compile(r"[^\t\n\r -\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def feed(entries: Sequence[Entry], title: str, site_url: str, url: str, path: str) -> bytes:
    """The newest papers. `url`, the list's, and `path`, the feed's own, are relative to the site.

    An entry is known by its page's address. It appeared when its paper did, and was updated when a machine last looked.
    """
    newest = newest_first(entries)[:MOST_ENTRIES]
    address, own = urljoin(site_url, url), urljoin(site_url, quote(path))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(title)}</title>",
        f"<id>{_text(address)}</id>",
        f'<link href="{_text(address)}"/>',
        f'<link rel="self" type="application/atom+xml" href="{_text(own)}"/>',
        f"<updated>{_instant(max(map(_updated, newest), default=''))}</updated>",
    ]
    for one in newest:
        lines += _entry(one, urljoin(site_url, one.url), title)
    return "\n".join([*lines, "</feed>", ""]).encode()


def feed_link(title: str, url: str) -> str:
    """The element for the head by which readers of feeds find one."""
    return f'<link rel="alternate" type="application/atom+xml" title="{escape(title)}" href="{escape(url)}">'


def _entry(one: Entry, address: str, site: str) -> Iterator[str]:
    yield f"<entry><title>{_text(one.title)}</title>"
    yield f'<id>{_text(address)}</id><link href="{_text(address)}"/>'
    if one.date:
        yield f"<published>{_instant(one.date)}</published>"
    yield f"<updated>{_instant(_updated(one))}</updated>"
    # Atom wants somebody to have written it.
    yield "".join(f"<author><name>{_text(name)}</name></author>" for name in one.authors or (site,))
    yield f"<summary>{_text(one.about)}</summary></entry>"


def _updated(entry: Entry) -> str:
    """The day of the last look, or of the paper, whichever is later."""
    return max(_day(entry.date), *(badge.seen or "" for badge in entry.badges), "")


def _instant(date: str) -> str:
    """A date as the instant that Atom wants."""
    return f"{_day(date)}T00:00:00Z"


def _day(date: str) -> str:
    """A date of a paper file (a day, a month, a year, or none) as a day."""
    return (date or "1970") + "-01-01"[max(len(date), 4) - 4 :]


def _text(text: str) -> str:
    return escape(_NOT_IN_XML.sub("", text))
