"""Wheels: what one says of itself, and the same wheel rewritten so that it is the same wherever it is built."""

import ast
import base64
import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.requirements import Requirement

EPOCH = (1980, 1, 1, 0, 0, 0)
_SOURCE_READERS = frozenset({"getsource", "getsourcelines", "getsourcefile", "findsource", "getlines", "getline"})


class WheelError(Exception):
    """A file that is no wheel, or one that does not say what it is. The text is one line."""


@dataclass(frozen=True)
class Wheel:
    """What a wheel says: its name (normalised), version, tags, requirements, and the top-level names it brings."""

    file_name: str
    name: str
    version: str
    tags: tuple[str, ...]
    requires: tuple["Requirement", ...]
    imports: tuple[str, ...]

    @property
    def is_pure(self) -> bool:
        """Whether it runs on every platform."""
        return all(tag.endswith("-none-any") for tag in self.tags)


def read_wheel(file_name: str, data: bytes) -> Wheel:
    """Read a wheel's own description. Raises WheelError."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename

    try:
        name, version, _, tags = parse_wheel_filename(file_name)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            metadata = next(name for name in names if name.count("/") == 1 and name.endswith(".dist-info/METADATA"))
            headers = HeaderParser().parsestr(archive.read(metadata).decode("utf-8", "replace"))
            requires = tuple(Requirement(text) for text in headers.get_all("Requires-Dist", []))
    except (InvalidWheelFilename, InvalidRequirement, zipfile.BadZipFile, zlib.error, KeyError) as error:
        raise WheelError(f"{file_name} is not a wheel: {error}") from None
    except StopIteration:
        raise WheelError(f"{file_name} is not a wheel: it has no METADATA") from None
    return Wheel(file_name, name, str(version), tuple(sorted(map(str, tags))), requires, tuple(_top_level(names)))


def normalised(data: bytes) -> bytes:
    """The same wheel without what differs from build to build: order, times, compression, the builder's version."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        entries = {name: source.read(name) for name in sorted(source.namelist()) if not name.endswith("/")}
    for name, body in entries.items():
        if name.endswith(".dist-info/WHEEL"):
            lines = [line for line in body.decode().splitlines() if line and not line.startswith("Generator:")]
            entries[name] = "\n".join([*lines, ""]).encode()
    record = next(name for name in entries if name.endswith(".dist-info/RECORD"))
    lines = [f"{name},sha256={_digest(body)},{len(body)}" for name, body in entries.items() if name != record]
    entries[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name, body in entries.items():
            target.writestr(zipfile.ZipInfo(name, EPOCH), body)
    return out.getvalue()


def has_python(data: bytes) -> bool:
    """Whether a wheel holds a Python source that could be compiled."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return any(name.endswith(".py") for name in archive.namelist())


def reads_sources(data: bytes) -> bool:
    """Whether some module in a wheel asks for the source text of Python code, which bytecode alone does not have."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".py"):
                body = archive.read(name)
                if any(word.encode() in body for word in _SOURCE_READERS) and _uses(body, _SOURCE_READERS):
                    return True
    return False


def _uses(source: bytes, names: frozenset[str]) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return True
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names) or (isinstance(node, ast.Name) and node.id in names)
        for node in ast.walk(tree)
    )


def _top_level(names: list[str]) -> Iterator[str]:
    """The modules and packages that a wheel brings."""
    found = set()
    for name in names:
        first, _, rest = name.partition("/")
        if first.endswith((".dist-info", ".data", ".libs")):
            continue
        stem = first if rest else first.partition(".")[0]
        if stem.isidentifier() and (rest or first.endswith((".py", ".so"))):
            found.add(stem)
    yield from sorted(found)


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
