"""What an HTML page says of itself: its title, its first heading, the anchors in it."""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator

HTML_TYPES = ("text/html", "application/xhtml+xml")
# Every alternative ends at the page's end at the latest, so that no page, however garbled, is gone over twice. A raw
# tag that closes itself, as in pictures of SVG, holds nothing.
_INSIDE = rb"""(?:[^>=]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+"""
_TAG = re.compile(
    rb"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:[!?]|/[^a-z])[^>]*+(?:>|\Z)|</%(inside)s(?:>|\Z)"
    rb"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])(?P<raw_attributes>%(inside)s)(?<!/)>"
    rb"(?:.*?(?=</(?P=raw)[\s/>])|.*)"
    rb"|<(?P<name>[a-z][^\s/>]*+)(?P<attributes>%(inside)s)>|<[a-z]%(inside)s\Z" % {b"inside": _INSIDE},
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(rb"""([^\s/=>]++)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s"'>][^\s>]*+)))?""")
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)""", re.IGNORECASE)


def title_of(body: bytes) -> str:
    """The title of a page, as far as its beginning holds one; empty when it does not."""
    return _words_in(b"title", body)


def heading_of(body: bytes) -> str:
    """The first heading of a page, under the same conditions."""
    return re.sub(r"<[^<>]*>", "", _words_in(b"h1", body))


def _words_in(tag: bytes, body: bytes) -> str:
    # Looked for by hand: a whole parse of each page would cost more than asking for it.
    start = body[:65536].lower()
    opened = start.find(b"<" + tag)
    begun = start.find(b">", opened) + 1 if opened >= 0 else 0
    ended = start.find(b"</" + tag, begun) if begun else -1
    if ended < 0:
        return ""
    return " ".join(html.unescape(body[begun:ended].decode("utf-8", "replace")).split())[:300]


def as_utf8(body: bytes, content_type: str) -> bytes:
    """A page's bytes in UTF-8, whatever its header, its first bytes or the page itself say that they are in."""
    declared = _CHARSET.search(content_type.encode("ascii", "replace")) or _CHARSET.search(body[:1024])
    charset = declared[1].decode() if declared else "utf-8"
    for mark, name in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if body.startswith(mark):
            charset = name
    try:
        if codecs.lookup(charset).name == "utf-8":
            return body
        return body.decode(charset, "replace").encode()
    except (LookupError, ValueError):
        return body


def anchors_of(body: bytes) -> Iterator[str]:
    """Every anchor that a fragment can name: ids of all elements, names of links.

    Read tag by tag: the tree of a stranger's page takes up to fifty times the page's own size.
    """
    for tag in _TAG.finditer(body):
        attributes = tag["attributes"] or tag["raw_attributes"]
        if not attributes:
            continue
        names = (b"id", b"name") if tag["name"] in (b"a", b"A") else (b"id",)
        for attribute in _ATTRIBUTE.finditer(attributes):
            value = attribute[2] or attribute[3] or attribute[4]
            if value and attribute[1].lower() in names:
                yield html.unescape(value.decode("utf-8", "replace"))


def is_html(body: bytes) -> bool:
    """Whether bytes begin like an HTML page, whatever their content type says."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body"))
