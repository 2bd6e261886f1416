"""A line at the bottom of a terminal that says how far a run is: looks that are done, bytes of files that are read."""

from __future__ import annotations

import shutil
import threading
from typing import TextIO

from paper_companion.evidence.progress import Progress

_CELLS = 24
_EVERY_S = 0.1


class ProgressBar(Progress):
    """Drawn on a terminal while it is entered, and wiped away after; nothing is written to what is none."""

    def __init__(self, stream: TextIO, label: str) -> None:
        self._stream = stream
        self._label = label
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._drawing = threading.Thread(target=self._draw, daemon=True) if stream.isatty() else None
        self._done, self._total = 0, 0
        self._read_bytes, self._expected_bytes = 0, 0

    def looked(self, done: int, total: int) -> None:
        self._done, self._total = done, total

    def expect(self, size_bytes: int) -> None:
        with self._lock:
            self._expected_bytes += size_bytes

    def read(self, size_bytes: int) -> None:
        with self._lock:
            self._read_bytes += size_bytes

    def __enter__(self) -> ProgressBar:
        if self._drawing is not None:
            self._drawing.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._drawing is not None:
            self._drawing.join()

    def _draw(self) -> None:
        """Draw what is new, in a thread of its own, so that who works does not wait for the terminal."""
        drawn = ""
        while not self._ended.wait(_EVERY_S):
            text = self._text()[: shutil.get_terminal_size().columns - 1]
            if text != drawn:
                self._write(text)
                drawn = text
        if drawn:
            self._write("")

    def _write(self, text: str) -> None:
        self._stream.write(f"\r{text}\x1b[K")
        self._stream.flush()

    def _text(self) -> str:
        parts = [self._label]
        if self._total:
            filled = _CELLS * self._done // self._total
            parts.append(f"[{'#' * filled}{'-' * (_CELLS - filled)}]  {self._done}/{self._total}")
        if self._read_bytes or self._expected_bytes:
            whole = max(self._read_bytes, self._expected_bytes)
            parts.append(f"{_size(self._read_bytes, whole)} of {_size(whole, whole)} {_unit(whole)[0]}")
        return "  ".join(parts)


def _size(size_bytes: int, whole: int) -> str:
    return f"{size_bytes / _unit(whole)[1]:.1f}"


def _unit(size_bytes: int) -> tuple[str, int]:
    return ("GB", 10**9) if size_bytes >= 10**9 else ("MB", 10**6)
