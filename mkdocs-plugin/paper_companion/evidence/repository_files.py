"""The files of a checkout, as far as they are the authors' own: what git tracks, else what lies there."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

MAX_FILES = 20_000
MAX_TEXT_BYTES = 2_000_000
_SKIPPED = frozenset({"node_modules", "__pycache__", "site-packages", "venv", ".venv", "env", "build", "dist"})


@dataclass(frozen=True)
class Sign:
    """Where something was found: a path in the repository, and lines from 1 (both 0 for the whole file)."""

    path: str
    first_line: int = 0
    last_line: int = 0

    def __str__(self) -> str:
        if not self.first_line:
            return self.path
        same = self.first_line == self.last_line
        return f"{self.path}:{self.first_line}" + ("" if same else f"-{self.last_line}")


@dataclass(frozen=True)
class Checkout:
    """A folder with code in it."""

    folder: Path

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of its files, relative to it, with `/`, in order; at most MAX_FILES."""
        tracked = self._git("ls-files", "-z")
        return own_files(tracked.split("\0") if tracked else self._walk())

    @cached_property
    def commit(self) -> str:
        """The commit that is checked out; empty outside of git."""
        return (self._git("rev-parse", "HEAD") or "").strip()

    @cached_property
    def remote(self) -> str:
        """The address that it was cloned from; empty when there is none."""
        return (self._git("config", "--get", "remote.origin.url") or "").strip()

    @cached_property
    def refused(self) -> str:
        """What git says, and advises, of a repository that somebody else owns and that it therefore does not read."""
        try:
            git(self.folder, "rev-parse", "--git-dir")
        except GitError as error:
            said = " ".join(str(error).split()).removeprefix("fatal: ")
            return said if "safe.directory" in said else ""
        return ""

    def around(self, subfolder: str) -> Checkout:
        """The whole repository where this folder is that subfolder of it, so that both speak of the same paths."""
        top, _, inner = (self._git("rev-parse", "--show-toplevel", "--show-prefix") or "").rstrip("\n").partition("\n")
        return Checkout(Path(top)) if inner and inner.strip("/") == subfolder.strip("/") else self

    def lines(self, path: str) -> list[str]:
        """The lines of a text file; none when it is too large, cannot be read, or is a link out of the checkout."""
        full = self.folder / path
        try:
            if not full.resolve().is_relative_to(self.folder.resolve()) or full.stat().st_size > MAX_TEXT_BYTES:
                return []
            return full.read_text(encoding="utf-8", errors="replace").splitlines()
        except (OSError, RuntimeError):
            return []

    def _walk(self) -> Iterator[str]:
        for where, folders, names in os.walk(self.folder):
            folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
            inner = Path(where).relative_to(self.folder).as_posix()
            yield from (name if inner == "." else f"{inner}/{name}" for name in sorted(names))

    def _git(self, *words: str) -> str | None:
        try:
            return git(self.folder, *words)
        except GitError:
            return None


class GitError(Exception):
    """Git gave no answer; says why in git's own words."""


def git(folder: Path, *words: str) -> str:
    """What git prints about a folder. Raises GitError."""
    # A repository's own configuration can name programs to run, so that only what reads is asked, without hooks.
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(folder), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired, UnicodeError) as error:
        raise GitError(str(error)) from None
    if done.returncode:
        raise GitError(done.stderr.strip())
    return done.stdout


def own_files(paths: Iterable[str]) -> tuple[str, ...]:
    """Paths in order, without those of other people's code; at most MAX_FILES."""
    kept = (path for path in paths if path and _SKIPPED.isdisjoint(path.split("/")[:-1]))
    return tuple(sorted(path for path, _ in zip(kept, range(MAX_FILES), strict=False)))


def same_repository(address: str, other: str) -> bool:
    """Whether two addresses, of https or ssh, with or without `.git`, mean the same repository."""
    return bool(address) and _plain(address) == _plain(other)


def _plain(address: str) -> str:
    rest = address.partition("://")[2] or address.replace(":", "/", 1)
    return rest.rpartition("@")[2].removesuffix("/").removesuffix(".git").lower()
