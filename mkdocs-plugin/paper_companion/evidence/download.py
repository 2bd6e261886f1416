"""Downloads that survive interruptions: what has come is kept and continued, then hashed and let go."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from paper_companion.evidence.judgement import Cost
from paper_companion.evidence.net.connection import Answer, ExchangeError, Headers
from paper_companion.evidence.net.failure import PASSING, Failure, FailureKind
from paper_companion.evidence.net.visits import Visit
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.progress import Progress

PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class Downloaded:
    """What came: size and hash of all of it."""

    size_bytes: int
    sha256: str
    resumed_at: int
    """How many bytes an earlier run had left; 0 when it began anew."""


class _Part:
    """The bytes so far, in a file beside a note of which version of the remote file they are from."""

    def __init__(self, stream: BinaryIO, note: Path, limit_bytes: int, progress: Progress) -> None:
        self._stream = stream
        self._note = note
        self._limit_bytes = limit_bytes
        self._progress = progress
        self._expected = False
        self._validator = ""
        self._whole = ""
        """The size of the file in bytes, as a server says it with a part; empty where none does."""
        self._hash = hashlib.sha256()
        self.size_bytes = 0

    def take_up(self) -> None:
        """Go on where an earlier run stopped, if it said of which version its bytes are."""
        with suppress(OSError, ValueError, AttributeError):
            self._validator = str(json.loads(self._note.read_text(encoding="utf-8")).get("validator", ""))
        if not self._validator:
            self.restart()
            return
        self._stream.seek(0)
        while piece := self._stream.read(PIECE_BYTES):
            self._hash.update(piece)
            self.size_bytes += len(piece)

    def headers(self) -> dict[str, str]:
        """What asks for the rest only, unless the remote file has changed."""
        if not self.size_bytes:
            return {}
        return {"Range": f"bytes={self.size_bytes}-", "If-Range": self._validator}

    def begin(self, status: int, headers: Headers) -> bool:
        etag = str(headers.get("etag", ""))
        # A weak etag or none says nothing about bytes, so that nothing could be continued.
        validator = etag if etag and not etag.startswith("W/") else str(headers.get("last-modified", ""))
        if status == 206:
            sent, _, self._whole = str(headers.get("content-range", "")).removeprefix("bytes ").partition("/")
            if sent.partition("-")[0] != str(self.size_bytes):
                raise http.client.HTTPException("the server sends another range than was asked for")
            if validator not in ("", self._validator):
                self.restart()
                raise http.client.HTTPException("the server sends the rest of another version than the beginning")
        else:
            self.restart()
            self._validator = validator
        self._note.write_text(json.dumps({"validator": self._validator}), encoding="utf-8")
        length = str(headers.get("content-length", ""))
        if not self._expected and length.isascii() and length.isdigit():
            self._expected = True
            self._progress.expect(int(length))
        return True

    @property
    def complete(self) -> bool:
        """Whether all has come, as far as the server has said how much that is."""
        known = self._whole.isascii() and self._whole.isdigit()
        return not known or self.size_bytes == int(self._whole)

    def is_all_of(self, answer: Answer) -> bool:
        """Whether an answer that sends nothing says that the file, in this version, ends with what has come."""
        same_size = answer.header("content-range") == f"bytes */{self.size_bytes}"
        return same_size and answer.header("etag") == self._validator

    def write(self, piece: bytes) -> None:
        if self.size_bytes + len(piece) > self._limit_bytes:
            raise ExchangeError(
                FailureKind.TOO_LARGE, f"is larger than {self._limit_bytes} bytes, so it was not hashed"
            )
        try:
            self._stream.write(piece)
        except OSError as error:
            raise ExchangeError(FailureKind.DISK, f"could not be kept while downloading: {error.strerror}") from None
        self._hash.update(piece)
        self.size_bytes += len(piece)
        self._progress.read(len(piece))

    def flush(self) -> None:
        """Let others read what has come."""
        self._stream.flush()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def restart(self) -> None:
        """Let go of what has come."""
        self._whole = ""
        self._stream.seek(0)
        self._stream.truncate()
        self._hash = hashlib.sha256()
        self.size_bytes = 0


def download(
    web: Web,
    url: str,
    limit_bytes: int,
    folder: Path,
    cost: Cost | None = None,
    look: Callable[[Path], Any] = lambda path: None,
    progress: Progress | None = None,
) -> tuple[Downloaded, Any] | Failure:
    """Download a file of at most `limit_bytes`, hash it while it comes, and return what `look` says of it.

    An interrupted download lies in `folder` and is continued by the next run. The file is gone when this returns. A
    Failure says why it did not come; what it took is added to `cost` either way.
    """
    cost, progress = cost or Cost(), progress or Progress()
    name = hashlib.sha256(url.encode()).hexdigest()[:32]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part, note = folder / f"{name}.part", folder / f"{name}.json"
        with part.open("a+b") as stream:
            if not _alone(stream):
                with tempfile.TemporaryDirectory(dir=folder) as own:
                    return download(web, url, limit_bytes, Path(own), cost, look, progress)
            return _download(web, url, _Part(stream, note, limit_bytes, progress), part, cost, look)
    except OSError as error:
        return Failure(FailureKind.DISK, f"could not be kept while downloading: {error.strerror or error}")


def _download(
    web: Web, url: str, kept: _Part, part: Path, cost: Cost, look: Callable[[Path], Any]
) -> tuple[Downloaded, Any] | Failure:
    kept.take_up()
    resumed_at = furthest = kept.size_bytes
    tries_left = web.limits.tries
    while True:
        before = kept.size_bytes
        visit = cost.of(web.fetch(url, kept.headers(), kept))
        if visit.status == 416 and before:
            # There is nothing after what has come: either that is all of it, or of another version.
            if visit.final is not None and kept.is_all_of(visit.final):
                break
            kept.restart()
            tries_left -= 1
            if tries_left > 0:
                continue
        failure = _failure(visit)
        if failure is None:
            if kept.complete:
                break
            failure = Failure(FailureKind.PROTOCOL, "sends less than was asked for")
        # Bytes that had never come before are progress, however often the connection breaks.
        tries_left = web.limits.tries if kept.size_bytes > furthest else tries_left - 1
        furthest = max(furthest, kept.size_bytes)
        if failure.kind not in PASSING or tries_left <= 0:
            if failure.kind not in PASSING | {FailureKind.DEADLINE}:
                _forget(part)
            return failure
        web.pause(web.limits.back_off_s)
    try:
        kept.flush()
        seen = look(part)
    finally:
        _forget(part)
    return Downloaded(kept.size_bytes, kept.sha256, resumed_at), seen


def _failure(visit: Visit) -> Failure | None:
    if visit.failure is not None:
        return visit.failure
    if visit.status in (200, 206):
        return None
    passes = visit.status >= 500 or visit.status == 429
    return Failure(FailureKind.CONNECT if passes else FailureKind.PROTOCOL, f"answers {visit.status} to a download")


def _alone(stream: BinaryIO) -> bool:
    """Whether no other process works on the same part; where locks are not known, nobody else is."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _forget(part: Path) -> None:
    for path in (part, part.with_suffix(".json")):
        with suppress(OSError):
            os.unlink(path)
