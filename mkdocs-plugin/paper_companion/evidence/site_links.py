"""The links of a built site: every page read once, links within it resolved as a web server would resolve them."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

Key = TypeVar("Key")
MAX_PAGE_BYTES = 64 * 1024 * 1024
_LINKS = "a[href],area[href],link[href],img[src],script[src],iframe[src],source[src],video[src],audio[src],[srcset]"
_NOT_LINKS = frozenset({"preconnect", "dns-prefetch", "edit", "pingback"})
_OTHER_SCHEMES = ("mailto:", "tel:", "javascript:", "data:", "blob:", "about:", "sms:", "geo:", "magnet:", "xmpp:")


@dataclass
class Mention:
    """Where an address stands in the site: the first page with it, as it is written there, and on how many pages."""

    page: str
    written: str
    tag: str
    pages: int = 1


@dataclass
class SiteLinks:
    """Everything that a site links to. Paths are relative to the site's folder, with `/`."""

    files: frozenset[str]
    anchors: dict[str, frozenset[str]] = field(default_factory=dict)
    """The anchors of each page."""
    within: dict[tuple[str, str], Mention] = field(default_factory=dict)
    """Links within the site: path as it was resolved, and anchor."""
    outside: dict[tuple[str, bool], Mention] = field(default_factory=dict)
    """Links out of the site: address, and whether it is framed."""
    unreadable: list[str] = field(default_factory=list)
    count: int = 0

    def file_of(self, path: str) -> str | None:
        """The file that a server sends for a path, None when it has none."""
        if path in self.files:
            return path
        folder = path.rstrip("/")
        index = f"{folder}/index.html" if folder else "index.html"
        if index in self.files:
            return index
        # Pages of GitHub and most other hosts are found without their suffix.
        return f"{path}.html" if f"{path}.html" in self.files else None

    def broken_within(self) -> Iterator[tuple[str, str, Mention]]:
        """Path, anchor (empty when the file itself is missing) and mention of each link within the site that fails."""
        for (path, anchor), mention in self.within.items():
            file = self.file_of(path)
            if file is None:
                yield path, "", mention
            elif anchor and file in self.anchors and anchor not in self.anchors[file]:
                yield path, anchor, mention


def read_site(folder: Path, site_url: str) -> SiteLinks:
    """The links of all pages below a folder. `site_url` is where it will stand; addresses there count as within it."""
    files = frozenset(_files(folder))
    links = SiteLinks(files)
    home = site_url.rstrip("/") + "/" if site_url else ""
    base_path = urlsplit(home).path if home else "/"
    for page in sorted(files):
        if page.endswith((".html", ".htm")):
            _read_page(folder, page, home, base_path, links)
    return links


def _files(folder: Path) -> Iterator[str]:
    for where, _, names in os.walk(folder):
        inner = os.path.relpath(where, folder).replace(os.sep, "/")
        for name in names:
            yield name if inner == "." else f"{inner}/{name}"


def _read_page(folder: Path, page: str, home: str, base_path: str, links: SiteLinks) -> None:
    path = folder / page
    try:
        if path.stat().st_size > MAX_PAGE_BYTES:
            raise ValueError("too large")
        tree = LexborHTMLParser(path.read_bytes())
    except (OSError, ValueError):
        links.unreadable.append(page)
        return
    anchors = set()
    for node in tree.css("[id],a[name]"):
        attributes = node.attributes
        anchors.update(name for name in (attributes.get("id"), attributes.get("name")) if name)
    links.anchors[page] = frozenset(anchors)
    base = tree.css_first("base[href]")
    base_href = (base.attributes.get("href") or "") if base is not None else ""
    here = page[: -len("index.html")] if posixpath.basename(page) == "index.html" else page
    seen: set[tuple[str, str]] = set()
    for tag, written in _written(tree):
        links.count += 1
        if (tag, written) in seen:
            continue
        seen.add((tag, written))
        _note(links, page, here, tag, written, urljoin(base_href, written) if base_href else written, home, base_path)


def _written(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css(_LINKS):
        attributes, tag = node.attributes, node.tag or ""
        if tag == "link" and not _NOT_LINKS.isdisjoint((attributes.get("rel") or "").lower().split()):
            continue
        for name in ("href", "src"):
            if name in attributes:
                yield tag, (attributes[name] or "").strip()
        for candidate in (attributes.get("srcset") or "").split(","):
            if candidate.strip():
                yield tag, candidate.split()[0]


def _note(
    links: SiteLinks, page: str, here: str, tag: str, written: str, address: str, home: str, base_path: str
) -> None:
    # Most links are relative ones, with neither scheme nor host to look at.
    if ":" in address or address.startswith("/"):
        if address[:12].lower().startswith(_OTHER_SCHEMES):
            return
        if address.startswith("//"):
            address = f"https:{address}"
        elif address.startswith("/") and home and not f"{address}/".startswith(base_path):
            # Another site of the same host, as a project beside this one.
            address = urljoin(home, address)
        if home and f"{address}/".startswith(home):
            address = base_path + address[len(home) :]
        elif address[:8].lower().startswith(("http://", "https://")):
            _count(links.outside, (address, tag == "iframe"), page, written, tag)
            return
    rest, _, fragment = address.partition("#")
    path = rest.partition("?")[0]
    target = _resolved(here.rpartition("/")[0], path, base_path) if path else page
    _count(links.within, (target, _anchor(fragment) if fragment else ""), page, written, tag)


@lru_cache(maxsize=65536)
def _resolved(folder: str, written: str, base_path: str) -> str:
    """The path in the site that an address means on a page of a folder; folders end with a slash."""
    path = unquote(written)
    target = path[len(base_path) :] if path.startswith("/") else posixpath.join(folder, path)
    is_folder = target.endswith(("/", "/.", "/..")) or target in (".", "..")
    target = posixpath.normpath(target) if target else "."
    return "" if target == "." else f"{target}/" if is_folder else target


def _count(mentions: dict[Key, Mention], key: Key, page: str, written: str, tag: str) -> None:
    mention = mentions.get(key)
    if mention is None:
        mentions[key] = Mention(page, written, tag)
    elif mention.page != page:
        mention.pages += 1


def _anchor(fragment: str) -> str:
    """The anchor of a fragment, percent signs decoded; empty for the top and for text fragments and routes."""
    fragment = unquote(fragment.partition(":~:")[0])
    return "" if fragment in ("", "top") or fragment[0] in "!/" else fragment
