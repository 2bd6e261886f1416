"""The card: the picture that chats and social networks show for a link to the page, 1200 x 630 pixels."""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.page.badges import Badge

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)
_MARGIN = 80
_INK, _DIM, _PAPER, _GOOD, _BAD = "#1f2328", "#57606a", "#ffffff", "#1a7f37", "#cf222e"
# Pillow's own font knows Latin letters only. For others, the first of these that is installed.
_FONTS = (
    "NotoSans-Bold.ttf",
    "NotoSansCJK-Bold.ttc",
    "DejaVuSans-Bold.ttf",
    "Arial Unicode.ttf",
    "arial.ttf",
)


@lru_cache(maxsize=512)  # `mkdocs serve` builds all pages again after each edit
def card_png(title: str, authors: str, badges: tuple[Badge, ...]) -> bytes:
    """The picture as PNG with 32 colours, about 15 kB. Raises ImportError without Pillow."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, SIZE[0], 14), fill=_INK)
    width = SIZE[0] - 2 * _MARGIN
    for size in (72, 60, 50, 42):
        lines = _wrapped(draw, title, _font(title, size), width)
        if len(lines) <= 4:
            break
    y = 90
    for line in lines[:5]:
        draw.text((_MARGIN, y), line, font=_font(title, size), fill=_INK)
        y += round(size * 1.2)
    if authors:
        line = _wrapped(draw, authors, _font(authors, 34), width)[0]
        shown = line if line == authors else f"{line} …"
        draw.text((_MARGIN, y + 16), shown, font=_font(authors, 34), fill=_DIM)
    _draw_badges(draw, badges, width)
    file = io.BytesIO()
    image.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_badges(draw: "ImageDraw", badges: Sequence[Badge], width: int) -> None:
    x, y = _MARGIN, SIZE[1] - 110
    for badge in badges:
        text = f"{badge.label} {badge.state}"
        font = _font(text, 28)
        length = round(draw.textlength(text, font)) + 84
        if x + length > _MARGIN + width:
            break
        color = _BAD if badge.state == "failed" else _GOOD if badge.rung >= 3 else _DIM
        draw.rounded_rectangle((x, y, x + length, y + 52), 26, outline=color, width=3)
        for rung in range(4):
            left, height = x + 20 + 9 * rung, 6 + 6 * rung
            fill = color if rung < badge.rung else "#d0d7de"
            draw.rectangle((left, y + 38 - height, left + 5, y + 38), fill=fill)
        draw.text((x + 64, y + 26), text, font=font, fill=_INK, anchor="lm")
        x += length + 18


def _wrapped(draw: "ImageDraw", text: str, font: "FreeTypeFont", width: int) -> list[str]:
    """Lines that fit the width; scripts without spaces break anywhere."""
    words = text.split() if " " in text.strip() else list(text)
    between = " " if " " in text.strip() else ""
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]}{between}{word}" if lines else word
        if lines and draw.textlength(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def _font(text: str, size: int) -> "FreeTypeFont":
    """Pillow's own font, which is the same everywhere, or an installed one for letters that it does not have."""
    from PIL import ImageFont

    plain = ImageFont.load_default(size)
    if _draws(plain, text):
        return plain
    for path in _installed():
        font = ImageFont.truetype(path, size)
        if _draws(font, text):
            return font
    return plain


def _draws(font: "FreeTypeFont", text: str) -> bool:
    """Whether the font has every letter: what it lacks, it draws as the same box."""
    missing = font.getmask("\U0010ffff").getbbox(), bytes(font.getmask("\U0010ffff"))
    letters = {letter for letter in text if not letter.isspace()}
    return all((font.getmask(letter).getbbox(), bytes(font.getmask(letter))) != missing for letter in letters)


@lru_cache(maxsize=1)
def _installed() -> tuple[str, ...]:
    """The files of fonts that may help, best first."""
    folders = (Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts"), Path("C:/Windows/Fonts"))
    found = {path.name: str(path) for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.tt[cf]"))}
    named = [found[name] for name in _FONTS if name in found]
    return (*named, *(path for name, path in sorted(found.items()) if name not in _FONTS))
