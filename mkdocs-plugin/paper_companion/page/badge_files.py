"""Badges for other pages, such as a README: a flat SVG, and the JSON that a shields.io endpoint takes."""

import json
from html import escape

from paper_companion.page.badges import Badge

_COLORS = {
    "executed": "#1a7f37",
    "verified": "#1a7f37",
    "linked": "#0969da",
    "failed": "#cf222e",
    "stale": "#9a6700",
}
_OTHER = "#57606a"

# Widths of Verdana at 11 px, in tenths of a pixel: a badge is laid out before anybody knows the font.
_NARROW = {**dict.fromkeys("ijl.,:;'|! ", 39), **dict.fromkeys("frt()[]-/I", 50), **dict.fromkeys("mwMW@%", 105)}
_ASCII, _UPPER, _WIDE = 67, 77, 110


def badge_name(badge: Badge) -> str:
    """The file's name without its ending: `weights-leafgrade-s`."""
    return badge.subject.replace("[", "-").replace("]", "")


def message(badge: Badge) -> str:
    """What the badge says, with the day: a picture cannot turn stale by itself."""
    return f"{badge.state} {badge.seen}" if badge.seen else badge.state


def endpoint(badge: Badge) -> bytes:
    """The JSON for https://shields.io/badges/endpoint-badge."""
    color = _COLORS.get(badge.state, _OTHER)
    document = {"schemaVersion": 1, "label": badge.label, "message": message(badge), "color": color}
    return json.dumps(document, ensure_ascii=False).encode()


def svg(badge: Badge) -> bytes:
    """The flat badge, 20 pixels high."""
    label, says = badge.label, message(badge)
    left, right = _width(label), _width(says)
    widths = left + 10, right + 10
    total = sum(widths)
    name = escape(f"{label}: {says}")
    color = _COLORS.get(badge.state, _OTHER)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{name}">'
        f"<title>{name}</title>"
        f'<clipPath id="r"><rect width="{total}" height="20" rx="3" fill="#fff"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{widths[0]}" height="20" fill="#444"/>'
        f'<rect x="{widths[0]}" width="{widths[1]}" height="20" fill="{color}"/></g>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="110">'
        f'<text transform="scale(.1)" x="{widths[0] * 5}" y="140" textLength="{left * 10}">{escape(label)}</text>'
        f'<text transform="scale(.1)" x="{widths[0] * 10 + widths[1] * 5}" y="140" textLength="{right * 10}">'
        f"{escape(says)}</text></g></svg>"
    ).encode()


def _width(text: str) -> int:
    tenths = sum(
        _NARROW.get(mark) or (_UPPER if mark.isupper() else _ASCII if mark.isascii() else _WIDE) for mark in text
    )
    return round(tenths / 10)
