"""A run of `check`: every subject of every paper file looked at once, findings in the files' order, evidence kept."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.completeness import Tick
from paper_companion.evidence.completeness_check import with_completeness
from paper_companion.evidence.findings import Finding, Report, finding
from paper_companion.evidence.judgement import NEEDS_A_NETWORK, Judgement
from paper_companion.evidence.look import Looker
from paper_companion.evidence.looking import look_at_all
from paper_companion.evidence.model import (
    EvidenceError,
    Kind,
    Observation,
    Outcome,
    evidence_path,
    kept_evidence,
    write_evidence,
)
from paper_companion.evidence.net.failure import FailureKind
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.subjects import Subject, subjects
from paper_companion.paper.problems import Problem
from paper_companion.paper.reader import PaperFile

LOOKED_AT = (Kind.LINK, Kind.FILE, Kind.EMBED)


@dataclass(frozen=True)
class Look:
    """One subject of one paper file with what was seen of it, None when nobody looked."""

    paper_file: PaperFile
    subject: Subject
    judgement: Judgement | None
    seen: date
    cached: bool = False


def check(
    paper_files: Sequence[PaperFile],
    looker: Looker,
    cache: LookCache | None = None,
    progress: Progress | None = None,
) -> tuple[Report, tuple[Look, ...]]:
    """Look at everything that the paper files name, each thing once."""
    begun = time.monotonic()
    wanted = [(paper_file, subject) for paper_file in paper_files for subject in _subjects(paper_file)]
    seen, not_judged = look_at_all(_page_by_page(wanted), looker, cache, progress)
    looks = []
    for paper_file, subject in wanted:
        key = looker.key(paper_file.root, subject)
        found = seen.get(key)
        if found is None:
            looks.append(Look(paper_file, subject, None, datetime.now(UTC).date()))
            continue
        day = datetime.fromtimestamp(found.at, UTC).date()
        looks.append(Look(paper_file, subject, found.judgement, day, found.cached))
        # What several places share is asked once, and paid for once.
        seen[key] = replace(found, judgement=replace(found.judgement, requests=0, received_bytes=0))
    report = Report(tuple(_findings(looks)), not_judged, time.monotonic() - begun)
    return report, tuple(looks)


def _page_by_page(wanted: Iterable[tuple[PaperFile, Subject]]) -> list[tuple[Path, Subject]]:
    """What is wanted, all anchors of a page one after the other: its answer is not kept for the whole run."""
    pages: dict[str, list[tuple[Path, Subject]]] = {}
    for paper_file, subject in wanted:
        pages.setdefault(subject.address.partition("#")[0], []).append((paper_file.root, subject))
    return [one for page in pages.values() for one in page]


def _subjects(paper_file: PaperFile) -> Iterator[Subject]:
    locked = paper_file.path.with_name(f"{paper_file.path.stem}.lock.json").exists()
    for subject in subjects(paper_file.paper):
        if subject.name == "paper.pdf" and subject.file is not None:
            # Beside the paper file, as the page needs it; all other files are named from the root.
            path = os.path.relpath(paper_file.path.parent.resolve() / subject.address, paper_file.root.resolve())
            subject = replace(subject, file=replace(subject.file, path=path))
        # What a demo's lock names, the site serves itself.
        yield replace(subject, fetched=False) if locked else subject


def look_for_evidence(paper_files: Iterable[PaperFile]) -> None:
    """Read the evidence that is there, before anybody is asked for more. Raises EvidenceError with every problem."""
    problems: list[Problem] = []
    for paper_file in paper_files:
        try:
            kept_evidence(paper_file.path)
        except EvidenceError as error:
            problems.extend(error.problems)
    if problems:
        raise EvidenceError(problems)


def keep_evidence(paper_file: PaperFile, looks: Iterable[Look], ticks: Iterable[Tick] | None = None) -> bool:
    """Write what was seen of a paper file beside it; whether that changed anything. Raises EvidenceError, OSError."""
    old = kept_evidence(paper_file.path)
    targets = {(subject.name, subject.kind): subject.target for subject in subjects(paper_file.paper)}
    new = old.adding(observations(looks)).keeping(targets, LOOKED_AT)
    new = with_completeness(new, paper_file.paper.code, ticks)
    if new == old:
        return False
    write_evidence(evidence_path(paper_file.path), new)
    return True


def observations(looks: Iterable[Look]) -> list[Observation]:
    """The observations that looks make. What was not looked at, for want of network or time, makes none."""
    return [
        Observation(
            subject=look.subject.name,
            kind=look.subject.kind,
            rung=look.judgement.rung,
            outcome=look.judgement.verdict,
            target=look.subject.target,
            seen=look.seen,
            reason=redacted(look.judgement.reason),
            details={name: _fit_to_show(value) for name, value in look.judgement.details.items()},
        )
        for look in looks
        if look.judgement is not None
        and not (
            look.judgement.verdict is Outcome.UNKNOWN
            and look.judgement.failure in NEEDS_A_NETWORK | {FailureKind.DEADLINE}
        )
    ]


def _fit_to_show(value: Any) -> Any:
    """A detail as it may be written down: what a server said may hold a token."""
    return redacted(value) if isinstance(value, str) else value


def _findings(looks: Iterable[Look]) -> Iterator[Finding]:
    for look in looks:
        if look.judgement is not None:
            keys, at = look.subject.keys, look.judgement.at
            place = look.paper_file.problem("", *((*keys[:2], *at) if at else keys))
            yield finding(look.judgement, place, look.subject.shown, look.cached)
