"""The links of a built site: every page read once, links within it resolved as a web server would resolve them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urljoin, urlsplit

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

Key = TypeVar("Key")
Outside = tuple[str, bool]
"""A link out of the site: its address, and whether it is framed."""
MAX_PAGE_BYTES = 64 * 1024 * 1024
MAX_SRCSET = 16 * 1024
_ATTRIBUTES = ("href", "src", "poster", "data")
_LINKS = (
    "a[href],area[href],link[href],img[src],script[src],iframe[src],source[src],video[src],audio[src],track[src],embed[src],"
    "input[src],video[poster],object[data],[srcset]"
)
# An address may hold commas, but not at its ends; what follows it up to the next comma is its width or density.
_CANDIDATE = re.compile(r"[\s,]*([^\s,](?:\S*[^\s,])?)(?:\s[^,]*)?(?:,|$)")
_NOT_LINKS = frozenset({"preconnect", "dns-prefetch", "edit", "pingback"})
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_LINE_ENDS = re.compile(r"[\t\r\n]")


@dataclass
class Mention:
    """Where an address stands in the site: the first page with it, as it is written there, and on how many pages."""

    page: str
    written: str
    line: int = 1
    column: int = 1
    pages: int = 1


@dataclass
class SiteLinks:
    """What became of a site's links. Paths are relative to the site's folder, with `/`."""

    broken: list[tuple[str, Mention]] = field(default_factory=list)
    """Links within the site that fail, each with what is wrong."""
    outside: dict[Outside, Mention] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    """Pages that cannot be read."""
    count: int = 0
    """How many links there are in all."""


class SiteReader:
    """Reads the pages below a folder one after the other, each once, into `links`."""

    def __init__(self, folder: Path, site_url: str) -> None:
        """`site_url` is where the site will stand; addresses there count as within it."""
        self.links = SiteLinks()
        self._folder = folder
        self._files = frozenset(_files(folder))
        self._anchors: dict[str, frozenset[str]] = {}
        self._within: dict[tuple[str, str], Mention] = {}
        self._home = site_url.rstrip("/") + "/" if site_url else ""
        self._base_path = urlsplit(self._home).path if self._home else "/"

    def read(self) -> Iterator[Outside]:
        """Read all pages; yields each link out of the site when it is met first, to be looked at at once."""
        for page in sorted(self._files):
            if _is_page(page):
                yield from self._read_page(page)
        self.links.broken.extend(self._broken())

    def _read_page(self, page: str) -> Iterator[Outside]:
        from selectolax.lexbor import LexborHTMLParser

        links, data = self.links, self._data(page)
        try:
            tree = LexborHTMLParser(data) if data is not None else None
        except ValueError:
            tree = None
        if data is None or tree is None:
            links.unreadable.append(page)
            return
        anchors = set()
        for node in tree.css("[id],a[name]"):
            attributes = node.attributes
            anchors.update(name for name in (attributes.get("id"), attributes.get("name")) if name)
        self._anchors[page] = frozenset(anchors)
        base = tree.css_first("base[href]")
        base_href = (base.attributes.get("href") or "") if base is not None else ""
        here = page.rpartition("/")[0]
        seen: set[tuple[str, str]] = set()
        for tag, written in _written(tree):
            links.count += 1
            if (tag, written) in seen:
                continue
            seen.add((tag, written))
            address = self._placed(urljoin(base_href, written) if base_href else written)
            if address is None:
                continue
            if address.startswith(("http://", "https://")):
                outside = (address, tag == "iframe")
                mention = _count(links.outside, outside, page, written)
                if mention is not None:
                    mention.line, mention.column = _place(data, written)
                    yield outside
            else:
                rest, _, fragment = address.partition("#")
                target = rest.partition("?")[0]
                target = _resolved(here, target, self._base_path) if target else page
                _count(self._within, (target, _anchor(fragment) if fragment else ""), page, written)

    def _data(self, page: str) -> bytes | None:
        path = os.path.join(self._folder, page)
        if not os.path.isfile(path):
            return None  # a pipe would be waited for
        try:
            with open(path, "rb") as stream:
                data = stream.read(MAX_PAGE_BYTES + 1)
        except OSError:
            return None
        return data if len(data) <= MAX_PAGE_BYTES else None

    def _broken(self) -> Iterator[tuple[str, Mention]]:
        for (path, anchor), mention in self._within.items():
            file = self._file_of(path)
            if file is None:
                what = "leads out of the site" if path.startswith("../") else _no_file(path)
            elif anchor and file in self._anchors and anchor not in self._anchors[file]:
                what = f"the page has no anchor “{anchor}”"
            else:
                continue
            mention.line, mention.column = _place(self._data(mention.page) or b"", mention.written)
            yield what, mention

    def _file_of(self, path: str) -> str | None:
        """The file that a server sends for a path, None when it has none."""
        if path in self._files:
            return path
        folder = path.rstrip("/")
        index = f"{folder}/index.html" if folder else "index.html"
        if index in self._files:
            return index
        # Pages of GitHub and most other hosts are found without their suffix.
        return f"{path}.html" if f"{path}.html" in self._files else None

    def _placed(self, address: str) -> str | None:
        """An address with its scheme when it leads out of the site, else without; None for what is no link."""
        # Most links are relative ones, with neither scheme nor host to look at.
        if ":" not in address and not address.startswith("/"):
            return address
        if address.startswith("//"):
            address = f"https:{address}"
        elif address.startswith("/") and self._home and not f"{address}/".startswith(self._base_path):
            # Another site of the same host, as a project beside this one.
            address = urljoin(self._home, address)
        if self._home and f"{address}/".startswith(self._home):
            return self._base_path + address[len(self._home) :]
        scheme = _SCHEME.match(address)
        if scheme is None:
            return address
        if scheme[1].lower() not in ("http", "https"):
            return None
        # As browsers do: people can follow such a link.
        rest = _LINE_ENDS.sub("", address[scheme.end() :]).replace(" ", "%20")
        return f"{scheme[1].lower()}:{rest}"


def has_pages(folder: Path) -> bool:
    """Whether there is any page to read below a folder."""
    return any(map(_is_page, _files(folder)))


def _is_page(name: str) -> bool:
    return name.endswith((".html", ".htm"))


def _files(folder: Path) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        inner = os.path.relpath(where, folder).replace(os.sep, "/")
        for name in names:
            yield name if inner == "." else f"{inner}/{name}"


def _written(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css(_LINKS):
        attributes, tag = node.attributes, node.tag or ""
        if tag == "link" and not _NOT_LINKS.isdisjoint((attributes.get("rel") or "").lower().split()):
            continue
        for name in _ATTRIBUTES:
            if name in attributes and (name != "data" or tag == "object"):
                yield tag, (attributes[name] or "").strip()
        if "srcset" in attributes:
            for address in _CANDIDATE.findall((attributes["srcset"] or "")[:MAX_SRCSET]):
                yield tag, address


@lru_cache(maxsize=65536)
def _resolved(folder: str, written: str, base_path: str) -> str:
    """The path in the site that an address means on a page of a folder; folders end with a slash."""
    path = unquote(written)
    target = path[len(base_path) :] if path.startswith("/") else posixpath.join(folder, path)
    is_folder = target.endswith(("/", "/.", "/..")) or target in (".", "..")
    target = posixpath.normpath(target) if target else "."
    return "" if target == "." else f"{target}/" if is_folder else target


def _count(mentions: dict[Key, Mention], key: Key, page: str, written: str) -> Mention | None:
    """Note a mention; returns it when it is the first."""
    mention = mentions.get(key)
    if mention is None:
        mention = mentions[key] = Mention(page, written)
        return mention
    if mention.page != page:
        mention.pages += 1
    return None


def _no_file(path: str) -> str:
    return f"the site has no file {path or 'index.html'}"


def _place(data: bytes, address: str) -> tuple[int, int]:
    """Line and column, from 1, at which a page has an address."""
    text = data.decode("utf-8", "replace")
    for written in (f'"{address}"', address, address.replace("&", "&amp;")):
        at = text.find(written)
        if at >= 0:
            return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return 1, 1


def _anchor(fragment: str) -> str:
    """The anchor of a fragment, percent signs decoded; empty for the top and for text fragments and routes."""
    fragment = fragment.partition(":~:")[0]
    if "%" in fragment:
        fragment = unquote(fragment)
    return "" if fragment in ("", "top") or fragment[0] in "!/" else fragment
