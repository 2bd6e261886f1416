"""What an HTML page says of itself: its title, the anchors in it, whether scripts may add more."""

from __future__ import annotations

import html

from selectolax.lexbor import LexborHTMLParser

HTML_TYPES = ("text/html", "application/xhtml+xml")


def title_of(body: bytes) -> str:
    """The title of a page, as far as its beginning holds one; empty when it does not."""
    # Looked for by hand: a whole parse of each page would cost more than asking for it.
    start = body[:65536].lower()
    opened = start.find(b"<title")
    begun = start.find(b">", opened) + 1 if opened >= 0 else 0
    ended = start.find(b"</title", begun) if begun else -1
    if ended < 0:
        return ""
    return " ".join(html.unescape(body[begun:ended].decode("utf-8", "replace")).split())[:300]


def anchors_of(body: bytes) -> frozenset[str]:
    """Every anchor that a fragment can name: ids of all elements, names of links."""
    found = set()
    for node in LexborHTMLParser(body).css("[id],a[name]"):
        attributes = node.attributes
        found.update(name for name in (attributes.get("id"), attributes.get("name")) if name)
    return frozenset(found)


def is_html(body: bytes) -> bool:
    """Whether bytes begin like an HTML page, whatever their content type says."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<script", b"<body"))
