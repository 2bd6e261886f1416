"""A file that goes into the site beside the pages, under a name that holds its hash."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = "assets/paper-companion"
_WEB = Path(__file__).with_name("web")


@dataclass(frozen=True)
class SiteFile:
    """`path` is relative to the site, with slashes; the bytes come from `source` or are `data`."""

    path: str
    source: Path | None = None
    data: bytes | None = None

    @property
    def content(self) -> bytes:
        """The bytes. Raises OSError."""
        return self.data if self.source is None else self.source.read_bytes()


def content_path(sha256: str, name: str) -> str:
    """Where a file with this hash lies in the site: in a folder that says so, and no cache hides a change."""
    return f"{FOLDER}/files/{sha256[:16]}/{name.rpartition('/')[2]}"


def published(source: Path) -> tuple[SiteFile, str, int]:
    """A project's file for the site, its sha256 (hex) and its size in bytes. Raises OSError."""
    with source.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
        size_bytes = stream.tell()
    return SiteFile(content_path(sha256, source.name), source=source), sha256, size_bytes


@cache
def web_files() -> tuple[str, tuple[SiteFile, ...]]:
    """The folder in the site for our own style sheet and modules, and these files.

    The modules import each other by relative names, so the folder's name holds one hash over all of them.
    """
    sources = sorted(path for path in _WEB.rglob("*") if path.suffix in (".css", ".mjs", ".py"))
    whole = hashlib.sha256()
    contents = []
    for source in sources:
        data = _SMALLER.get(source.suffix, bytes)(source.read_bytes())
        name = source.relative_to(_WEB).as_posix()
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
        contents.append((name, data))
    folder = f"{FOLDER}/web-{whole.hexdigest()[:16]}"
    return folder, tuple(SiteFile(f"{folder}/{name}", data=data) for name, data in contents)


def _smaller_style(css: bytes) -> bytes:
    """The style sheet without comments and indentation. Not a general one: ours has no strings with spaces in them."""
    css = re.sub(rb"\s+", b" ", re.sub(rb"/\*.*?\*/", b"", css, flags=re.DOTALL))
    return re.sub(rb" ?([{};,>]) ?", rb"\1", css).replace(b": ", b":").replace(b";}", b"}").strip()


_COMMENT = re.compile(rb"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*$", re.DOTALL | re.MULTILINE)
_INDENTATION = re.compile(rb"^\s+", re.MULTILINE)


def _smaller_module(code: bytes) -> bytes:
    """The module without indentation and without comments that have lines of their own: a third of it is such.

    Not a general one: no text of ours begins a line with the marks of a comment.
    """
    return _INDENTATION.sub(b"", _COMMENT.sub(b"", code))


_SMALLER = {".css": _smaller_style, ".mjs": _smaller_module}
