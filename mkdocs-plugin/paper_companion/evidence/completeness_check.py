"""Completeness as findings at the paper file's lines, and as observations for its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from paper_companion.evidence.checklists import unknown_items
from paper_companion.evidence.completeness import Tick, judge_completeness
from paper_companion.evidence.findings import Finding, finding
from paper_companion.evidence.judgement import Judgement, broken, warning
from paper_companion.evidence.model import Evidence, Kind, Observation, Outcome, Rung
from paper_companion.evidence.repository_files import Checkout, same_repository
from paper_companion.paper.reader import PaperFile


def checkout_of(paper_file: PaperFile, folder: Path | None = None) -> Checkout | None:
    """Where the paper's code lies: the folder given, else the project itself when it is the code's own repository."""
    if folder is not None:
        return Checkout(folder)
    code = paper_file.paper.code
    if code is None or code.access != "open":
        return None
    checkout = Checkout(paper_file.root)
    if code.repo is None:
        # Commands that run in the project say that the code is here; without any, this may be a site and no more.
        return checkout if code.install or code.train or code.evaluate else None
    return checkout if same_repository(checkout.remote, code.repo) else None


def completeness_findings(paper_file: PaperFile, ticks: Iterable[Tick]) -> list[Finding]:
    """Where declaration and repository disagree; a command whose program is missing is broken, the rest warnings."""
    found = []
    for tick in ticks:
        if tick.disagreement:
            place = paper_file.problem("", *tick.declared_key)
            found.append(finding(_judged(tick), place, str(tick.detected[0]) if tick.detected else tick.item))
    for name, item in unknown_items(paper_file.paper):
        place = paper_file.problem("", "checklists", name, item)
        found.append(finding(warning(f"{name} does not ask about {item}"), place, item))
    return found


def _judged(tick: Tick) -> Judgement:
    if tick.disagreement.startswith("the command names"):
        return broken(tick.disagreement)
    return warning(tick.disagreement)


def with_completeness(evidence: Evidence, ticks: Iterable[Tick], commit: str) -> Evidence:
    """The evidence with each item that the repository shows; items that it does not show leave no observation."""
    ticks = tuple(ticks)
    today = datetime.now(UTC).date()
    seen = {(_subject(tick), Kind.COMPLETENESS): commit for tick in ticks if tick.detected}
    kept = evidence.keeping(seen, [Kind.COMPLETENESS])
    return kept.adding(_observation(tick, commit, today) for tick in ticks if tick.detected)


def _subject(tick: Tick) -> str:
    return f"code-completeness.{tick.item}"


def _observation(tick: Tick, commit: str, today: date) -> Observation:
    return Observation(
        subject=_subject(tick),
        kind=Kind.COMPLETENESS,
        rung=Rung.LINKED,
        outcome=Outcome.WARNING if tick.disagreement else Outcome.OK,
        target=commit,
        seen=today,
        reason=tick.disagreement,
        details={"signs": [str(sign) for sign in tick.detected], "declared": tick.declared},
    )


def completeness(paper_file: PaperFile, folder: Path | None = None) -> tuple[tuple[Tick, ...], str]:
    """The ticks of a paper file's code and the commit that shows them; nothing where the code does not lie here."""
    checkout = checkout_of(paper_file, folder)
    if checkout is None:
        return (), ""
    return judge_completeness(paper_file.paper, checkout), checkout.commit
