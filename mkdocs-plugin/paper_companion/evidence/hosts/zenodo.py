"""Zenodo: records and their files, the DOI of one version told from the one of all versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Settled, entries_at, number_at, text_at
from paper_companion.evidence.hosts.deposit import Deposit
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import broken

_DOI = re.compile(r"10\.5281/zenodo\.(\d+)$", re.IGNORECASE)
_PATH = re.compile(r"/(?:api/)?records?/(\d+)(?:/files/([^/]+)(?:/content)?)?/?$")


@dataclass(frozen=True)
class RecordLink:
    """A record, and the file in it that is pointed at."""

    id: str
    file: str = ""


def zenodo_link(url: str) -> RecordLink | None:
    """What an address on Zenodo points at; None when it is no record."""
    matched = _PATH.match(unquote(urlsplit(url).path))
    return RecordLink(matched[1], matched[2] or "") if matched else None


def zenodo_record_of_doi(doi: str) -> RecordLink | None:
    """The record of a DOI that Zenodo gave; None for another DOI."""
    matched = _DOI.match(doi)
    return RecordLink(matched[1]) if matched else None


def zenodo_deposit(api: Api, base: str, link: RecordLink) -> Deposit:
    """The record as Zenodo describes it. Raises Settled."""
    answer = api.ask(f"{base}/api/records/{link.id}")
    if answer.status == 410:
        raise Settled(broken(f"the record {link.id} was deleted from Zenodo"))
    record = api.data(api.found(answer, f"Zenodo has no record {link.id}", "Zenodo"))
    return Deposit(
        f"record {link.id}",
        {name: _facts(file) for name, file in entries_at(record, "files", "key").items()},
        text_at(record, "conceptrecid") == link.id,
        text_at(record, "doi"),
        text_at(record, "conceptdoi"),
        text_at(record, "metadata", "access_right") not in ("", "open"),
    )


def _facts(file: dict[str, Any]) -> FileFacts:
    kind, _, digest = text_at(file, "checksum").rpartition(":")
    return FileFacts("Zenodo", number_at(file, "size"), md5=digest if kind == "md5" else "")
