"""The cache: files of any origin, found by the sha256 of what they hold."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from paper_companion.whole_file import copy_whole, write_whole


@dataclass(frozen=True)
class Digest:
    """What a file holds, in two values: its size in bytes and its sha256 (64 lower-case hex digits)."""

    size_bytes: int
    sha256: str

    @classmethod
    def of_bytes(cls, data: bytes) -> "Digest":
        return cls(len(data), hashlib.sha256(data).hexdigest())

    @classmethod
    def of_file(cls, path: Path) -> "Digest":
        """Read the file once, in pieces. Raises OSError."""
        with path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
            return cls(stream.tell(), sha256)


class Cache:
    """A folder of files under the names of their sha256.

    The folder is the one given, else `$PAPER_COMPANION_CACHE`, else the user's cache folder. Several processes may use
    it at once.
    """

    def __init__(self, folder: Path | None = None) -> None:
        chosen = folder or os.environ.get("PAPER_COMPANION_CACHE") or platformdirs.user_cache_dir("paper-companion")
        self.folder = Path(chosen)

    def get(self, digest: Digest) -> Path | None:
        """The file with this digest, or None. It is read and checked: what was damaged on disk counts as absent."""
        path = self._path(digest.sha256)
        try:
            if Digest.of_file(path) == digest:
                return path
        except OSError:
            return None
        path.unlink(missing_ok=True)
        return None

    def find(self, sha256: str) -> Digest | None:
        """The digest of the file with this sha256, for what is known without its size, or None."""
        try:
            digest = Digest(self._path(sha256).stat().st_size, sha256)
        except OSError:
            return None
        return digest if self.get(digest) else None

    def add_bytes(self, data: bytes) -> Digest:
        """Keep `data`."""
        digest = Digest.of_bytes(data)
        write_whole(self._path(digest.sha256), data)
        return digest

    def add_file(self, path: Path) -> Digest:
        """Keep a copy of the file at `path`."""
        digest = Digest.of_file(path)
        copy_whole(path, self._path(digest.sha256))
        return digest

    def note(self, name: str) -> bytes | None:
        """What was noted under `name`, or None. Notes are hints that save work; whatever they say is checked."""
        try:
            return (self.folder / "notes" / name).read_bytes()
        except OSError:
            return None

    def add_note(self, name: str, data: bytes) -> None:
        """Note `data` under `name` (letters, digits, dots and hyphens)."""
        write_whole(self.folder / "notes" / name, data)

    def _path(self, sha256: str) -> Path:
        return self.folder / "sha256" / sha256[:2] / sha256
