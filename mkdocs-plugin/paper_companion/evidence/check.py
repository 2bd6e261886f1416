"""A run of `check`: every subject of every paper file looked at once, findings in the files' order, evidence kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from yaml.nodes import Node

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.findings import Finding, Report, finding
from paper_companion.evidence.judgement import NEEDS_A_NETWORK, Judgement
from paper_companion.evidence.look import Looker
from paper_companion.evidence.model import (
    Evidence,
    Kind,
    Observation,
    Outcome,
    evidence_path,
    read_evidence,
    write_evidence,
)
from paper_companion.evidence.net.failure import FailureKind
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.net.schedule import run_by_host
from paper_companion.evidence.subjects import Subject, subjects
from paper_companion.paper.reader import Marks, PaperFile

LOOKED_AT = (Kind.LINK, Kind.FILE, Kind.EMBED)


@dataclass(frozen=True)
class Look:
    """One subject of one paper file with what was seen of it, None when nobody looked."""

    paper_file: PaperFile
    subject: Subject
    judgement: Judgement | None
    seen: date
    cached: bool = False


@dataclass(frozen=True)
class _Seen:
    """A judgement, and when it was made in seconds since 1970."""

    judgement: Judgement
    at: float
    cached: bool = False


def check(
    paper_files: Sequence[PaperFile],
    looker: Looker,
    cache: LookCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Report, tuple[Look, ...]]:
    """Look at everything that the paper files name, each thing once; `progress` is told how many of them are done."""
    begun = time.monotonic()
    wanted = [(paper_file, subject) for paper_file in paper_files for subject in subjects(paper_file.paper)]
    seen = _look_at_all(wanted, looker, cache, progress)
    no_network = _no_network(seen.values(), looker)
    if no_network:
        seen = {key: _unjudged(found) for key, found in seen.items()}
    looks = []
    for paper_file, subject in wanted:
        found = seen.get(looker.key(paper_file, subject))
        if found is None:
            looks.append(Look(paper_file, subject, None, datetime.now(UTC).date()))
            continue
        looks.append(
            Look(paper_file, subject, found.judgement, datetime.fromtimestamp(found.at, UTC).date(), found.cached)
        )
        # What several places share is asked once, and paid for once.
        free = replace(found.judgement, requests=0, received_bytes=0)
        seen[looker.key(paper_file, subject)] = replace(found, judgement=free)
    return Report(tuple(_findings(looks)), no_network or _no_time(seen.values()), time.monotonic() - begun), tuple(
        looks
    )


def keep_evidence(paper_file: PaperFile, looks: Iterable[Look]) -> bool:
    """Write what was seen of a paper file beside it; whether that changed anything. Raises as read_evidence does."""
    path = evidence_path(paper_file.path)
    old = read_evidence(path) if path.exists() else Evidence()
    targets = {(subject.name, subject.kind): subject.target for subject in subjects(paper_file.paper)}
    new = old.adding(observations(looks)).keeping(targets, LOOKED_AT)
    if new == old:
        return False
    write_evidence(path, new)
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
            details=look.judgement.details,
        )
        for look in looks
        if look.judgement is not None
        and not (
            look.judgement.verdict is Outcome.UNKNOWN
            and look.judgement.failure in NEEDS_A_NETWORK | {FailureKind.DEADLINE}
        )
    ]


def _look_at_all(
    wanted: Iterable[tuple[PaperFile, Subject]],
    looker: Looker,
    cache: LookCache | None,
    progress: Callable[[int, int], None] | None,
) -> dict[Hashable, _Seen]:
    """What was seen, by the looker's key. A key that is missing could not be looked at from here."""
    things = {looker.key(paper_file, subject): (paper_file, subject) for paper_file, subject in wanted}
    seen: dict[Hashable, _Seen] = {}
    ended: set[Hashable] = set()

    def job(key: Hashable, paper_file: PaperFile, subject: Subject) -> Callable[[], None]:
        def look() -> None:
            judgement = looker.look(paper_file, subject)
            if judgement is not None:
                seen[key] = _Seen(judgement, time.time())
            ended.add(key)
            if progress is not None:
                progress(len(ended), len(jobs))

        return look

    if cache is not None:
        for key, (_, subject) in things.items():
            kept = cache.get(key) if looker.needs_web(subject) else None
            if kept is not None:
                seen[key] = _Seen(*kept, cached=True)
    jobs = {key: job(key, *thing) for key, thing in things.items() if key not in seen}
    limits = looker.limits
    run_by_host(
        ((looker.host_of(things[key][1]), look) for key, look in jobs.items()),
        limits.threads,
        limits.per_host,
        limits.deadline_s,
    )
    done = dict(seen)
    for key in jobs.keys() - ended:
        late = Judgement(Outcome.UNKNOWN, "not looked at: the run's time was up", failure=FailureKind.DEADLINE)
        done.setdefault(key, _Seen(late, time.time()))
    if cache is not None:
        for key, found in done.items():
            if not found.cached and looker.needs_web(things[key][1]):
                cache.put(key, found.judgement)
        cache.save()
    return done


def _no_network(seen: Iterable[_Seen], looker: Looker) -> str:
    """Why this machine seems to have no network; empty when somebody answered or nobody was asked.

    A name that does not exist and a name that cannot be looked up for want of a network look the same. So where nobody
    at all has answered, nothing is called broken for that.
    """
    failed = [found.judgement for found in seen if found.judgement.failure in NEEDS_A_NETWORK]
    if not failed or looker.web is None or looker.web.anybody_answered:
        return ""
    return f"no server answered: is there a network? ({failed[0].reason})"


def _unjudged(seen: _Seen) -> _Seen:
    if seen.judgement.failure not in NEEDS_A_NETWORK:
        return seen
    return replace(seen, judgement=replace(seen.judgement, verdict=Outcome.UNKNOWN))


def _no_time(seen: Iterable[_Seen]) -> str:
    late = sum(found.judgement.failure is FailureKind.DEADLINE for found in seen)
    return f"{late} not looked at: the run's time was up (--timeout gives it more)" if late else ""


def _findings(looks: Iterable[Look]) -> Iterator[Finding]:
    for paper_file, of_file in groupby(looks, key=lambda look: look.paper_file):
        composed = replace(paper_file, marks=_Composed(paper_file.marks.path, paper_file.marks.data))
        for look in of_file:
            if look.judgement is not None:
                place = composed.problem("", *look.subject.keys)
                yield finding(look.judgement, place, look.subject.shown, look.cached)


class _Composed(Marks):
    """Marks that are composed once, for those who ask for the position of everything in a file."""

    def tree(self) -> Node:
        """The tree of nodes, imported values included."""
        return _composed(self.path, self.data)


@lru_cache(maxsize=1)
def _composed(path: Path, data: bytes) -> Node:
    return Marks(path, data).tree()
