"""Fonts for pictures: text as pieces, each with a font that has all its letters."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_FOLDERS = (
    "/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts",
    "/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts",
    "C:/Windows/Fonts", "~/AppData/Local/Microsoft/Windows/Fonts",
)  # fmt: skip
# Families that go well with Pillow's own font, best first.
_FAMILIES = (
    "notosans", "dejavusans", "liberationsans", "arial", "segoeui", "helvetica", "hiragino", "pingfang",
    "applesdgothic", "msyh", "yugoth", "malgun", "nirmala",
)  # fmt: skip
_ODD = re.compile("italic|oblique|mono|condensed|narrow|light|thin|black|serif|lastresort|blank")
_NEEDS_SHAPING = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]|[\u0900-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af]"
)
_HAN, _KANA, _HANGUL = (
    re.compile("[\u2e80-\u9fff\uf900-\ufaff]"),
    re.compile("[\u3040-\u30ff]"),
    re.compile("[\uac00-\ud7af]"),
)
_MEASURED = 24  # pixels: the size at which letters are looked for


class Face(NamedTuple):
    """A font file, and which of the fonts in it. Without a path it is Pillow's own, which is the same everywhere."""

    path: str | None = None
    index: int = 0

    def at(self, size: int) -> "FreeTypeFont":
        """The font in a size in pixels."""
        return _opened(self, size)

    def is_readable(self) -> bool:
        """Whether the file is a font."""
        try:
            self.at(_MEASURED)
        except OSError:
            return False
        return True


class NoFontError(Exception):
    """Letters that nothing here can draw. The text says which, and what to do."""


def why_no_cards(own: Iterable[Path]) -> str:
    """Why no pictures can be drawn with these fonts of the author's; empty when they can."""
    if find_spec("PIL") is None:
        return "cards need Pillow (pip install pillow)"
    return next((f"{path} is no font that Pillow can read" for path in own if not Face(str(path)).is_readable()), "")


def pieces(text: str, own: tuple[Path, ...]) -> list[tuple[str, Face]]:
    """The text in one piece, or in several where no font has all its letters; `own` are the author's fonts.

    Raises NoFontError for letters that nothing here can draw.
    """
    if _NEEDS_SHAPING.search(text) and not can_shape():
        raise NoFontError("Pillow draws this script only with libraqm and fribidi (install the package libfribidi0)")
    for face in _likely_faces(text, own):
        if _has_all(face, text):
            return [(text, face)]
    found: list[tuple[str, Face]] = []
    for letter in text:
        face = found[-1][1] if found and _has(found[-1][1], letter) else _face_of(letter, _script(text), own)
        if face is None:
            raise NoFontError(_missing(text, own))
        if found and found[-1][1] == face:
            found[-1] = (found[-1][0] + letter, face)
        else:
            found.append((letter, face))
    return found


def readable(text: str, own: tuple[Path, ...]) -> str:
    """The text on one line, without emoji and the like that no font here has."""
    text = unicodedata.normalize("NFC", text)
    kept = (letter for letter in text if _is_needed(letter) or _face_of(letter, _script(text), own) is not None)
    return " ".join("".join(kept).split())


@cache
def can_shape() -> bool:
    """Whether scripts whose letters change with their neighbours, or that run from right to left, come out right."""
    from PIL import features

    return bool(features.check("raqm"))


def runs_to_the_left(text: str) -> bool:
    """Whether a text begins with a script that is written from right to left."""
    strong = (unicodedata.bidirectional(letter) for letter in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def _missing(text: str, own: tuple[Path, ...]) -> str:
    letters = [letter for letter in dict.fromkeys(text) if _face_of(letter, _script(text), own) is None]
    script = unicodedata.name(letters[0], "?").split()[0].capitalize()
    shown = "".join(letters[:5])
    return f"no font here has the letters {shown} ({script}: install one, or name its file under card_fonts)"


def _is_needed(letter: str) -> bool:
    """Whether a text says something else without it."""
    return unicodedata.category(letter) not in ("So", "Sk", "Cn", "Co", "Cs")


def _likely_faces(text: str, own: tuple[Path, ...]) -> Iterator[Face]:
    """Fonts that may have a whole text: the author's, Pillow's, and those of its first letter that Pillow's has not."""
    yield from (Face(str(path)) for path in own)
    yield Face()
    first = next((letter for letter in text if not _has(Face(), letter)), None)
    if first is not None and (face := _face_of(first, _script(text), own)) is not None:
        yield face


def _script(text: str) -> str:
    """Which of the scripts that share Chinese characters."""
    if _KANA.search(text):
        return "JP"
    return "KR" if _HANGUL.search(text) else "SC" if _HAN.search(text) else ""


@lru_cache(maxsize=4096)
def _face_of(letter: str, script: str, own: tuple[Path, ...]) -> Face | None:
    """The best font that has a letter."""
    # Pillow's own font stands out among others, so it comes last where it is not enough.
    faces = (*(Face(str(path)) for path in own), *installed(), Face())
    found = next((face for face in faces if _has(face, letter)), None)
    if found is not None and found.path is not None and script:
        # One file holds the same characters as each country draws them.
        return next((face for face in _faces_in(found.path) if face.at(_MEASURED).getname()[0].endswith(script)), found)
    return found


@lru_cache(maxsize=64)
def _faces_in(path: str) -> tuple[Face, ...]:
    faces = []
    while path.lower().endswith((".ttc", ".otc")) and Face(path, len(faces)).is_readable():
        faces.append(Face(path, len(faces)))
    return tuple(faces)


def _has_all(face: Face, text: Sequence[str]) -> bool:
    return all(_has(face, letter) for letter in dict.fromkeys(text))


@lru_cache(maxsize=16384)
def _has(face: Face, letter: str) -> bool:
    """Whether the font has a letter: what it lacks, it draws as the same box, or as nothing."""
    if letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc") or "\ufe00" <= letter <= "\ufe0f":
        return True
    return face.is_readable() and _drawn(face, letter) not in (_drawn(face, "\U0010ffff"), _drawn(face, "\uffff"))


@lru_cache(maxsize=1024)
def _drawn(face: Face, letter: str) -> tuple[object, bytes]:
    mask = face.at(_MEASURED).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=256)
def _opened(face: Face, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    if face.path is None:
        font: FreeTypeFont = ImageFont.load_default(size)  # type: ignore[assignment]
        return font.font_variant(layout_engine=ImageFont.Layout.RAQM) if can_shape() else font
    return ImageFont.truetype(face.path, size, index=face.index)


@lru_cache(maxsize=1)
def installed() -> tuple[Face, ...]:
    """The fonts of this machine, best first."""
    folders = [Path(os.path.expanduser(folder)) for folder in _FOLDERS]
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.rglob("*.[to]t[cf]"))]
    return tuple(Face(str(path)) for path in sorted(paths, key=_rank))


def _rank(path: Path) -> tuple[bool, int, bool, int, str]:
    name = path.stem.lower().replace("-", "").replace(" ", "").replace("_", "")
    family = next((place for place, start in enumerate(_FAMILIES) if name.startswith(start)), len(_FAMILIES))
    return bool(_ODD.search(name)), family, "bold" not in name, len(name), str(path)
