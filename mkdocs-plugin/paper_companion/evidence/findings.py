"""Findings: judgements with the place in a file that they are about, and the whole of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from paper_companion.evidence.judgement import Judgement, broken
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.redaction import redacted
from paper_companion.paper.problems import Problem

WORST_FIRST = (Outcome.BROKEN, Outcome.UNKNOWN, Outcome.WARNING, Outcome.OK)


@dataclass(frozen=True)
class Finding:
    """What was found about one value of one file. All texts are fit to be shown: see redaction."""

    verdict: Outcome
    file: Path
    line: int
    column: int
    key: str
    url: str = ""
    path: str = ""
    reason: str = ""
    suggestion: str = ""
    requests: int = 0
    received_bytes: int = 0
    cached: bool = False

    @property
    def thing(self) -> str:
        """The address or path that the finding is about."""
        return self.url or self.path

    @property
    def place(self) -> str:
        """`file:line:column`."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def identity(self) -> str:
        """What stays the same from run to run, also when lines move and entries change their order."""
        return f"{self.file.as_posix()} {self.thing}"

    @property
    def message(self) -> str:
        """The reason and, in brackets, what to do."""
        reason = self.reason or "ok"
        return f"{reason} ({self.suggestion})" if self.suggestion else reason


def finding(judgement: Judgement, place: Problem, thing: str, cached: bool = False) -> Finding:
    """A finding from a judgement and its place; `thing` is a path unless it looks like an address."""
    shown = redacted(thing)
    return Finding(
        verdict=judgement.verdict,
        file=Path(redacted(str(place.path))),
        line=place.line,
        column=place.column,
        key=place.key,
        url=shown if "://" in shown else "",
        path="" if "://" in shown else shown,
        reason=redacted(judgement.reason),
        suggestion=redacted(judgement.suggestion),
        requests=0 if cached else judgement.requests,
        received_bytes=0 if cached else judgement.received_bytes,
        cached=cached,
    )


def unusable(problem: Problem) -> Finding:
    """The finding that a paper file cannot be used as it is, so that nothing else in it was looked at."""
    return finding(broken(problem.message), problem, str(problem.path))


class Shard(NamedTuple):
    """Which part of a collection was looked at: one `number`, from 1, of a `count`."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


@dataclass(frozen=True)
class Report:
    """Everything that one run found."""

    findings: tuple[Finding, ...]
    not_judged: str = ""
    """Why the run as a whole could not judge (no network, no time); empty when it could."""
    duration_s: float = 0.0
    site_links: int = 0
    """How many links of a built site were looked at, those within it included."""
    shard: Shard | None = None
    """Which part of a collection it is about; None for the whole of it."""

    def __add__(self, other: Report) -> Report:
        """Both reports as one, which is no shard by itself."""
        return Report(
            self.findings + other.findings,
            "; ".join(filter(None, (self.not_judged, other.not_judged))),
            self.duration_s + other.duration_s,
            self.site_links + other.site_links,
        )

    def count(self) -> Counter[Outcome]:
        """How many findings have each verdict."""
        return Counter(finding.verdict for finding in self.findings)

    def exit_code(self, failing: frozenset[Outcome] = frozenset({Outcome.BROKEN})) -> int:
        """0 all well, 1 something has a failing verdict, 2 could not be judged."""
        if any(finding.verdict in failing for finding in self.findings):
            return 1
        return 2 if self.not_judged else 0

    def worst_first(self) -> list[Finding]:
        """The findings, broken ones first, otherwise in the order of the files."""
        return sorted(self.findings, key=lambda finding: WORST_FIRST.index(finding.verdict))
