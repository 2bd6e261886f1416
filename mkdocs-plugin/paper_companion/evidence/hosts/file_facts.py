"""What a service's own records say about one of its files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FileFacts:
    """Size and hashes as the host states them; nothing of it was computed here."""

    source: str
    """Who says so."""
    size_bytes: int | None = None
    sha256: str = ""
    md5: str = ""
    remark: str = ""
    """What a reader should know, such as that the file is behind a gate."""
    moved_to: str = ""
    url: str = ""
    """Where the file itself was found; empty for the address that was asked about."""
