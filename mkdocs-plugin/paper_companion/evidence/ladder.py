"""The ladder: how far up each component of a paper stands, computed from what it says and what a machine has seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from paper_companion.evidence.model import Evidence, Kind, Observation, Outcome, Rung
from paper_companion.evidence.subjects import (
    example_subject,
    reproduction,
    result_subject,
    subjects,
)
from paper_companion.paper.artifacts import Shared
from paper_companion.paper.model import Paper


class State(StrEnum):
    """What a badge says."""

    DECLARED = "declared"
    LINKED = "linked"
    VERIFIED = "verified"
    EXECUTED = "executed"
    WITHHELD = "withheld"
    NOT_APPLICABLE = "not applicable"
    FAILED = "failed"
    STALE = "stale"


@dataclass(frozen=True)
class Standing:
    """Where one component stands.

    `rung` is the highest that evidence backs, whatever the state; `seen` the oldest look behind it, and `fresh_until`
    the last day on which it counts, so that a page can turn stale on the reader's screen without being built again.
    """

    subject: str
    label: str
    state: State
    rung: Rung = Rung.DECLARED
    seen: date | None = None
    fresh_until: date | None = None
    reason: str = ""
    access: str = "open"
    remarks: tuple[str, ...] = ()
    """Warnings and what could not be judged, each a sentence."""


@dataclass(frozen=True)
class _Look:
    """One thing behind a component's badge, and what was seen of it, if anything."""

    name: str
    seen: Observation | None
    essential: bool = True

    @property
    def rung(self) -> Rung:
        return self.seen.rung if self.seen is not None and self.seen.good else Rung.DECLARED

    def detail(self, name: str) -> Any:
        return self.seen.details.get(name) if self.seen is not None else None


def ladder(
    paper: Paper, evidence: Evidence | None, now: date | None = None, replayed: str | None = None
) -> tuple[Standing, ...]:
    """The standing of every component that the paper file names, in its order.

    `now` is the day on which staleness is judged; None leaves it to the reader's screen, which knows `fresh_until`.
    `replayed` is the `replay_target` of the lock and the examples that lie beside the paper file: without it, or with
    another one than was replayed, replays count for nothing.
    """
    return _Ladder(paper, evidence or Evidence(), now, replayed).standings()


class _Ladder:
    def __init__(self, paper: Paper, evidence: Evidence, now: date | None, replayed: str | None) -> None:
        self._paper = paper
        self._evidence = evidence
        self._now = now
        self._subjects = subjects(paper)
        self._replays = tuple(
            _Look(example_subject(number), self._see(example_subject(number), Kind.REPLAY, replayed or ""))
            for number in range(len(paper.demo.examples) if paper.demo is not None else 0)
        )
        self._runs = {
            result.id: _Look(result_subject(result), reproduction(self._evidence, paper, result))
            for result in paper.results
        }

    def _see(self, subject: str, kind: Kind, target: str) -> Observation | None:
        return self._evidence.of(subject, kind, target)

    def _looks(self, component: str) -> list[_Look]:
        return [
            _Look(subject.name, self._see(subject.name, subject.kind, subject.target), subject.essential)
            for subject in self._subjects
            if subject.wanted_by == component
        ]

    def standings(self) -> tuple[Standing, ...]:
        paper = self._paper
        found = [self._standing("paper", "Paper", self._looks("paper"))]
        if paper.code is not None:
            found.append(self._standing("code", "Code", self._looks("code"), paper.code, self._runs_of_the_code()))
        if paper.environment is not None:
            found.append(self._standing("environment", "Environment", self._looks("environment")))
        for dataset in paper.data:
            subject = f"data[{dataset.id}]"
            found.append(self._standing(subject, dataset.name or dataset.id, self._looks(subject), dataset))
        for weights in paper.weights:
            subject = f"weights[{weights.id}]"
            runs = [
                look
                for result in paper.results
                if result.weights == weights.id and (look := self._runs[result.id]).detail("weights_here") is True
            ]
            if paper.demo is not None and paper.demo.weights_id == weights.id and _all_good(self._replays):
                runs.extend(self._replays)
            found.append(self._standing(subject, weights.name or weights.id, self._looks(subject), weights, runs))
        if not paper.weights and (absent := self._not_applicable("weights", "Weights")) is not None:
            found.append(absent)
        for result in paper.results:
            found.append(self._standing(result_subject(result), result.where or result.id, [self._runs[result.id]]))
        if paper.demo is not None:
            looks = [*self._looks("demo"), *(self._replays if paper.demo.kind == "pyodide" else ())]
            found.append(self._standing("demo", "Demo", looks, paper.demo))
        return tuple(found)

    def _runs_of_the_code(self) -> list[_Look]:
        """Reproductions that ran the very commit that the paper describes, and nothing that is in no commit."""
        commit = self._paper.code.commit if self._paper.code is not None else None
        return [
            look
            for look in self._runs.values()
            if look.detail("changed") is False and commit in (None, look.detail("commit"))
        ]

    def _not_applicable(self, item: str, label: str) -> Standing | None:
        checklist = self._paper.checklists.get("code-completeness")
        answer = checklist.answers.get(item) if checklist is not None else None
        if answer is None or answer.answer != "na":
            return None
        return Standing(item, label, State.NOT_APPLICABLE, reason=answer.why or "")

    def _standing(
        self,
        subject: str,
        label: str,
        looks: Iterable[_Look],
        shared: Shared | None = None,
        runs: Iterable[_Look] = (),
    ) -> Standing:
        looks = list(looks)
        access = shared.access if shared is not None else "open"
        if shared is not None and access in ("withheld", "withdrawn"):
            return Standing(subject, label, State.WITHHELD, reason=shared.reason or "", access=access)

        essential = [look for look in looks if look.essential]
        rung = min((look.rung for look in essential), key=lambda rung: rung.height, default=Rung.DECLARED)
        behind = [look.seen for look in essential if look.seen is not None and look.seen.good]
        good_runs = [look.seen for look in runs if look.seen is not None and look.seen.good]
        if good_runs:
            rung = Rung.EXECUTED
            # One fresh run is enough: the claims that others back have badges of their own.
            behind.append(max(good_runs, key=lambda seen: seen.seen))

        seen = min((look.seen for look in behind), default=None) if rung is not Rung.DECLARED else None
        fresh_until = seen + timedelta(days=self._paper.evidence.max_age_days) if seen is not None else None
        broken = [look for look in looks if look.seen is not None and look.seen.outcome is Outcome.BROKEN]
        remarks = tuple(
            f"{look.name}: {look.seen.reason}"
            for look in looks
            if look.seen is not None and look.seen.outcome in (Outcome.WARNING, Outcome.UNKNOWN) and look.seen.reason
        )
        if broken:
            state, reason = State.FAILED, "; ".join(f"{look.name}: {look.seen.reason}" for look in broken if look.seen)
        elif fresh_until is not None and self._now is not None and self._now > fresh_until:
            state, reason = State.STALE, f"{rung} on {seen}, not seen since"
        else:
            state, reason = State(rung), ""
        return Standing(subject, label, state, rung, seen, fresh_until, reason, access, remarks)


def _all_good(looks: Iterable[_Look]) -> bool:
    looks = list(looks)
    return bool(looks) and all(look.seen is not None and look.seen.good for look in looks)
