"""Zenodo: records and their files, the DOI of one version told from the one of all versions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, number_at, text_at
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning

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


def judge_zenodo(api: Api, base: str, link: RecordLink, wanted: str = "") -> Judgement:
    """Whether a record is there and its file in it; `wanted` is `version` or `concept` where only one of them will do.

    Raises Unanswered.
    """
    record = _record(api, base, link)
    if isinstance(record, Judgement):
        return record
    if link.file and link.file not in _files(record):
        return broken(f"the record {link.id} has no file {link.file}")
    concept = text_at(record, "conceptrecid") == link.id
    if wanted == "version" and concept:
        return warning(
            "stands for all versions, and leads to another one as soon as there is one", text_at(record, "doi")
        )
    if wanted == "concept" and not concept:
        return warning("stands for one version, not for all of them", text_at(record, "conceptdoi"))
    if _restricted(record):
        return warning("is there, but its files are not open")
    return ok()


def zenodo_file_facts(api: Api, base: str, link: RecordLink) -> FileFacts | Judgement:
    """Size and md5 of a record's file, as Zenodo states them. Raises Unanswered."""
    record = _record(api, base, link)
    if isinstance(record, Judgement):
        return record
    file = _files(record).get(link.file)
    if file is None:
        return broken(f"the record {link.id} has no file {link.file}")
    kind, _, digest = text_at(file, "checksum").rpartition(":")
    return FileFacts("Zenodo", number_at(file, "size"), md5=digest if kind == "md5" else "")


def _record(api: Api, base: str, link: RecordLink) -> dict[str, Any] | Judgement:
    answer = api.ask(f"{base}/api/records/{link.id}")
    if answer.status == 404:
        return broken(f"Zenodo has no record {link.id}")
    if answer.status == 410:
        return broken(f"the record {link.id} was deleted from Zenodo")
    if answer.status != 200:
        raise Unanswered(unknown(f"Zenodo answers {answer.status}"))
    return api.data(answer)


def _files(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    files = record.get("files")
    found = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return {text_at(file, "key"): file for file in found}


def _restricted(record: dict[str, Any]) -> bool:
    return text_at(record, "metadata", "access_right") not in ("", "open")
