"""Libraries of the page: scripts that show what the page's own modules cannot, each pinned here and in the lock."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.deno import DenoError, fetch_npm_package
from paper_companion.demo.download import download
from paper_companion.demo.runtime import Say

CDN = "https://cdn.jsdelivr.net/npm/{package}@{version}/{path}"


class LibraryUnavailable(Exception):
    """A file of a library is neither in the cache nor to be had. The text is one line."""


@dataclass(frozen=True)
class LibraryFile:
    """One script of a library, as it lies in its npm package."""

    library: str
    package: str
    version: str
    path: str
    digest: Digest

    def to_entry(self) -> dict[str, Any]:
        """The file as the lock holds it."""
        names = {"library": self.library, "package": self.package, "version": self.version, "path": self.path}
        return {**names, "size": self.digest.size_bytes, "sha256": self.digest.sha256}

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> "LibraryFile":
        """The reverse of `to_entry`. Raises KeyError."""
        names = (str(entry[key]) for key in ("library", "package", "version", "path"))
        return cls(*names, Digest(int(entry["size"]), str(entry["sha256"])))


# Scripts are loaded in this order.
KNOWN = (
    LibraryFile(
        "marked",
        "marked",
        "18.2.1",
        "lib/marked.esm.js",
        Digest(52_058, "5371fea86fd0656b4fc7bea7c94c663109d82789b69433eeee78d42895aa44de"),
    ),
    LibraryFile(
        "vega-lite",
        "vega",
        "6.4.0",
        "build/vega.min.js",
        Digest(521_123, "8f6a3587cf8d4f42c7e08120e3eb05d067e746d554e39d2dcf52acc0bd5ba28f"),
    ),
    LibraryFile(
        "vega-lite",
        "vega-lite",
        "6.5.0",
        "build/vega-lite.min.js",
        Digest(257_954, "83e215e84e308ee8688fa6503ba0f1cf8a3c05c0d61df2841a0b92bf86809e00"),
    ),
    LibraryFile(
        "vega-lite",
        "vega-embed",
        "7.3.0",
        "build/vega-embed.min.js",
        Digest(60_298, "b1455caba2fb1a72fb46025ba0ba1316e2dbc7f0dd40a3f6040172bf9c08ba91"),
    ),
)


def library_of(output: Mapping[str, Any]) -> str | None:
    """The library that shows an output of the form, or None."""
    return "marked" if output["type"] == "markdown" else output.get("library")


def needed_libraries(outputs: Iterable[Mapping[str, Any]]) -> tuple[LibraryFile, ...]:
    """The files that a form's outputs need."""
    names = {library_of(output) for output in outputs}
    return tuple(file for file in KNOWN if file.library in names)


def fill_libraries(files: Sequence[LibraryFile], cache: Cache, say: Say) -> None:
    """Have every file in the cache; opens no connection when they are there. Raises LibraryUnavailable."""
    for file in files:
        if cache.get(file.digest) is None:
            say(f"fetching {file.package} {file.version}")
            cache.add_bytes(_fetched(file))


def _fetched(file: LibraryFile) -> bytes:
    reasons = []
    try:
        with tempfile.TemporaryDirectory(prefix="paper-companion-") as scratch:
            data = (fetch_npm_package(file.package, file.version, Path(scratch)) / file.path).read_bytes()
        if Digest.of_bytes(data) == file.digest:
            return data
        reasons.append("npm has another file")
    except (DenoError, OSError) as error:
        reasons.append(f"npm: {error}")
    url = CDN.format(package=file.package, version=file.version, path=file.path)
    try:
        return download(url, file.digest)
    except (OSError, ValueError) as error:
        reasons.append(f"{url}: {error}")
    raise LibraryUnavailable(
        f"{file.path} of {file.package} {file.version} is not in the cache, and not to be had: {'; '.join(reasons)}"
    )
