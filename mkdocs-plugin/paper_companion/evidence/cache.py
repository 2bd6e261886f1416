"""Looks that went well, kept between runs; what failed is asked again every time."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any

from paper_companion import __version__
from paper_companion.evidence.judgement import Judgement
from paper_companion.evidence.model import Outcome, Rung

MAX_ENTRIES = 50_000
LONGEST_AGE_S = 30 * 86400.0
MAX_FILE_BYTES = 64 * 1024 * 1024


class LookCache:
    """Good judgements by everything that they depend on. A file that cannot be read counts as empty."""

    def __init__(self, path: Path, max_age_s: float) -> None:
        self._path = path
        self._max_age_s = max_age_s
        self._entries: dict[str, dict[str, Any]] = _read(path)
        self._added: dict[str, dict[str, Any]] = {}

    def get(self, key: Hashable) -> tuple[Judgement, float] | None:
        """A judgement that is young enough, with the time of the look in seconds since 1970."""
        entry = self._entries.get(_digest(key))
        try:
            if entry is None or not 0 <= time.time() - entry["seen"] <= self._max_age_s:
                return None
            judgement = Judgement(
                Outcome(entry["verdict"]),
                str(entry["reason"]),
                str(entry["suggestion"]),
                Rung(entry["rung"]),
                dict(entry["details"]),
            )
        except (KeyError, TypeError, ValueError):
            return None
        return judgement, float(entry["seen"])

    def put(self, key: Hashable, judgement: Judgement) -> None:
        """Keep a judgement, if it is a good one."""
        if judgement.good:
            self._added[_digest(key)] = {
                "seen": time.time(),
                "verdict": str(judgement.verdict),
                "reason": judgement.reason,
                "suggestion": judgement.suggestion,
                "rung": str(judgement.rung),
                "details": dict(judgement.details),
            }

    def save(self) -> None:
        """Write what was added, beside what other runs have written meanwhile. A full disk costs no more than that."""
        if not self._added:
            return
        entries = {**_read(self._path), **self._added}
        oldest_s = time.time() - LONGEST_AGE_S
        young = [entry for entry in entries.items() if _seen(entry[1]) >= oldest_s]
        newest = sorted(young, key=lambda entry: _seen(entry[1]), reverse=True)[:MAX_ENTRIES]
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        with suppress(OSError):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                # Not synced to the disk, which can take seconds: after a crash, a cache that is empty will do.
                temporary.write_text(json.dumps(dict(newest)), encoding="utf-8")
                temporary.replace(self._path)
            finally:
                temporary.unlink(missing_ok=True)


def _digest(key: Hashable) -> str:
    # A new version of this program may judge differently, so it asks anew.
    return hashlib.sha256(f"{__version__} {key!r}".encode()).hexdigest()


def _seen(entry: Any) -> float:
    seen = entry.get("seen") if isinstance(entry, dict) else None
    return seen if isinstance(seen, (int, float)) else 0.0


def _read(path: Path) -> dict[str, dict[str, Any]]:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            return {}
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return entries if isinstance(entries, dict) else {}
