"""The card: the picture that chats and social networks show for a link to the page, 1200 x 630 pixels."""

import io
import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from paper_companion.page.fonts import NoFontError, can_shape, pieces, readable, runs_to_the_left

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

SIZE = (1200, 630)
_MARGIN, _TOP, _BADGES_TOP = 80, 72, 520
_WIDTH = SIZE[0] - 2 * _MARGIN
_TITLE_SIZES = (72, 60, 50, 42, 36)
_AUTHORS_SIZE, _CLAIM_SIZE, _BADGE_SIZE = 32, 34, 28
_LINE, _GAP = 1.24, 22
_INK, _DIM, _PAPER, _GOOD, _BAD, _FAINT = "#1f2328", "#57606a", "#ffffff", "#1a7f37", "#cf222e", "#d0d7de"
# Between two of these a line may break: words, or characters of scripts without spaces, with the marks around them.
_OPENING = "\u3008\u300a\u300c\u300e\u3010\u3014\uff08\uff3b\uff5b"
_CLOSING = (
    "\u3001\u3002\u3009\u300b\u300d\u300f\u3011\u3015\u30fb-\u30fe\uff01\uff09\uff0c\uff0e\uff1a\uff1b\uff1f\uff3d"
)
_WIDE = f"\u2e80-\u3007\u3012-\u30fa\u30ff-\u9fff\uf900-\ufaff{_OPENING}{_CLOSING}"
_WORD = re.compile(f"[{_OPENING}]*(?:[^\\s{_WIDE}]+|[^\\s{_OPENING}])[{_CLOSING}]*|[{_OPENING}]+")


def cannot_be_drawn(text: str, fonts: tuple[Path, ...]) -> str:
    """Why a text cannot stand on a card, and what to do; empty when it can."""
    try:
        pieces(readable(text, fonts), fonts)
    except NoFontError as error:
        return str(error)
    return ""


class CardBadge(NamedTuple):
    """A badge's words, its state, and how many of its four rungs it stands on."""

    text: str
    state: str
    rung: int


@lru_cache(maxsize=512)  # `mkdocs serve` builds all pages again after each edit
def card_png(
    title: str, authors: tuple[str, ...], badges: tuple[CardBadge, ...], fonts: tuple[Path, ...] = (), claim: str = ""
) -> bytes:
    """The picture as PNG with 34 colours, about 15 kB; `fonts` are files to use before others.

    The claim is left out where there is no room for it. Raises NoFontError for words that nothing here can draw, and
    ImportError without Pillow.
    """
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 14), fill=_INK)
    pen = _Pen(draw, fonts, runs_to_the_left(title))
    names = _names(pen, authors)
    said = pen.wrapped(claim, _CLAIM_SIZE)
    size, lines, has_room = _title(pen, title, _BADGES_TOP - _height(names, _AUTHORS_SIZE), _height(said, _CLAIM_SIZE))
    y = pen.lines(_TOP, lines, size, _INK)
    pen.lines(y + _GAP, names, _AUTHORS_SIZE, _DIM)
    if said and has_room:
        pen.lines(_BADGES_TOP - _height(said, _CLAIM_SIZE), said, _CLAIM_SIZE, _INK)
    _draw_badges(pen, badges)
    file = io.BytesIO()
    # A known palette and a little less compression take an eighth of the time for a tenth more bytes.
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(file, "PNG", compress_level=7)
    return file.getvalue()


def _title(pen: "_Pen", title: str, bottom: float, claim_height: float) -> tuple[int, list[str], bool]:
    """The size and lines of the title above this place, and whether there is room for the claim below it."""
    for room, sizes in ((claim_height, _TITLE_SIZES[:3]), (0, _TITLE_SIZES)):
        for size in sizes:
            lines = pen.wrapped(title, size)
            if _TOP + len(lines) * size * _LINE + _GAP <= bottom - room:
                return size, lines, bool(room)
    return size, _shortened(lines, int((bottom - _GAP - _TOP) / size / _LINE)), False


def _height(lines: Sequence[str], size: int) -> float:
    """How high lines are, with the space around them; nothing for none."""
    return len(lines) * size * _LINE + 2 * _GAP if lines else 0


@cache
def _palette() -> "Image":
    """White, and our colours with the steps to white that the edges of letters have."""
    from PIL import Image, ImageColor

    colors = [ImageColor.getrgb(color)[:3] for color in (_INK, _DIM, _GOOD, _BAD)]
    mixed = [255 + (part - 255) * step // 8 for color in colors for step in range(1, 9) for part in color]
    palette = Image.new("P", (1, 1))
    palette.putpalette([255, 255, 255, *ImageColor.getrgb(_FAINT), *mixed])
    return palette


class _Pen:
    """Draws lines of text from the margin on which the card's title begins."""

    def __init__(self, draw: "ImageDraw", fonts: tuple[Path, ...], from_right: bool) -> None:
        self.draw, self._fonts, self.from_right = draw, fonts, from_right

    def wrapped(self, text: str, size: int) -> list[str]:
        """Lines that fit; a word that is too long for a line is broken."""
        lines: list[str] = []
        text = readable(text, self._fonts)
        for word in _WORD.finditer(text):
            between = " " if word.start() and text[word.start() - 1] == " " else ""
            if lines and self.width(longer := lines[-1] + between + word[0], size) <= _WIDTH:
                lines[-1] = longer
                continue
            lines.append("")
            for letter in word[0] if self.width(word[0], size) > _WIDTH else [word[0]]:
                if lines[-1] and self.width(lines[-1] + letter, size) > _WIDTH and not unicodedata.combining(letter):
                    lines.append("")
                lines[-1] += letter
        return lines

    def width(self, text: str, size: int) -> float:
        """How wide a line is, in pixels."""
        return sum(self.draw.textlength(piece, face.at(size)) for piece, face in pieces(text, self._fonts))

    def lines(self, y: float, lines: Sequence[str], size: int, color: str) -> float:
        """Draws lines below each other; returns where the next one would begin."""
        to_left = runs_to_the_left(" ".join(lines))
        for line in lines:
            self.line(_MARGIN, y + size, line, size, color, to_left)
            y += size * _LINE
        return y

    def line(self, indent: float, y: float, text: str, size: int, color: str, to_left: bool = False) -> None:
        """Draws a line at a distance from the card's edge, with its letters standing on y."""
        width = self.width(text, size)
        left = SIZE[0] - indent - width if self.from_right else indent
        x = left + width if to_left else left
        direction = ("rtl" if to_left else "ltr") if can_shape() else None
        for piece, face in pieces(text, self._fonts):
            font = face.at(size)
            self.draw.text((x, y), piece, font=font, fill=color, anchor="rs" if to_left else "ls", direction=direction)
            x += self.draw.textlength(piece, font) * (-1 if to_left else 1)


def _names(pen: _Pen, authors: tuple[str, ...]) -> list[str]:
    """As many whole names as stand on two lines, and how many more there are."""
    lines: list[str] = []
    for count in range(1, len(authors) + 1):
        more = f", +{len(authors) - count}" if count < len(authors) else ""
        longer = pen.wrapped(", ".join(authors[:count]) + more, _AUTHORS_SIZE)
        if len(longer) > 2 and lines:
            break
        lines = longer[:2]
    return lines


def _shortened(lines: list[str], count: int) -> list[str]:
    if len(lines) <= count:
        return lines
    whole, _, _ = lines[count - 1].rpartition(" ")
    return [*lines[: count - 1], f"{whole or lines[count - 1][:-1]}…"]


def _draw_badges(pen: _Pen, badges: Sequence[CardBadge]) -> None:
    indent = float(_MARGIN)
    for number, badge in enumerate(badges):
        width = pen.width(badge.text, _BADGE_SIZE) + 84
        rest = f"+{len(badges) - number}"
        room = SIZE[0] - _MARGIN - (pen.width(rest, _BADGE_SIZE) + 18 if number < len(badges) - 1 else 0)
        if indent + width > room:
            pen.line(indent, _BADGES_TOP + 36, rest, _BADGE_SIZE, _DIM)
            break
        _draw_badge(pen, badge, indent, width)
        indent += width + 18


def _draw_badge(pen: _Pen, badge: CardBadge, indent: float, width: float) -> None:
    x, y = SIZE[0] - indent - width if pen.from_right else indent, _BADGES_TOP
    color = _BAD if badge.state == "failed" else _GOOD if badge.rung >= 3 else _DIM
    pen.draw.rounded_rectangle((x, y, x + width, y + 52), 26, outline=color, width=3)
    for rung in range(4):
        left, height = x + 20 + 9 * rung, 6 + 6 * rung
        fill = color if rung < badge.rung else _FAINT
        pen.draw.rectangle((left, y + 38 - height, left + 5, y + 38), fill=fill)
    text_indent = indent + (20 if pen.from_right else 64)
    pen.line(text_indent, y + 36, badge.text, _BADGE_SIZE, _INK, runs_to_the_left(badge.text))
