"""Completeness as findings at the paper file's lines, and as observations for its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

from paper_companion.evidence.checklists import unknown_items
from paper_companion.evidence.completeness import Tick, judge_completeness
from paper_companion.evidence.findings import Finding, finding
from paper_companion.evidence.judgement import Judgement, broken, unknown, warning
from paper_companion.evidence.model import Evidence, Kind, Observation, Outcome, Rung
from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.repository_files import Checkout, same_repository
from paper_companion.paper.artifacts import Code
from paper_companion.paper.reader import PaperFile


def checkout_of(paper_file: PaperFile, folder: Path | None = None) -> Checkout | Failure | None:
    """Where the paper's code lies: the folder given, else the project itself when it is the code's own repository.

    A failure where git does not let anybody look.
    """
    code = paper_file.paper.code
    if folder is None and (code is None or code.access != "open"):
        return None
    checkout = Checkout(folder or paper_file.root)
    if code is not None and code.subfolder:
        checkout = checkout.around(code.subfolder)
    if not checkout.remote and checkout.refused:
        return Failure(FailureKind.DISK, f"the code was not looked at: {checkout.refused}")
    if folder is not None or code is None:
        return checkout
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


def with_completeness(evidence: Evidence, code: Code | None, ticks: Iterable[Tick] | None) -> Evidence:
    """The evidence with each item that the repository shows; items that it does not show leave no observation.

    Where nobody could look (`ticks` is None), what was seen before stays, unless the code is pinned to another commit.
    """
    if ticks is None:
        pinned = code.commit if code is not None else None
        same = {(seen.subject, seen.kind): pinned or seen.target for seen in evidence.observations}
        return evidence.keeping(same, [Kind.COMPLETENESS])
    found = [tick for tick in ticks if tick.detected]
    today = datetime.now(UTC).date()
    kept = evidence.keeping({(_subject(tick), Kind.COMPLETENESS): tick.commit for tick in found}, [Kind.COMPLETENESS])
    return kept.adding(_observation(tick, today) for tick in found)


def _subject(tick: Tick) -> str:
    return f"code-completeness.{tick.item}"


def _observation(tick: Tick, today: date) -> Observation:
    return Observation(
        subject=_subject(tick),
        kind=Kind.COMPLETENESS,
        rung=Rung.LINKED,
        outcome=Outcome.WARNING if tick.disagreement else Outcome.OK,
        target=tick.commit,
        seen=today,
        reason=tick.disagreement,
        details={"signs": [str(sign) for sign in tick.detected], "declared": tick.declared},
    )


def completeness(
    paper_file: PaperFile,
    folder: Path | None = None,
    fetch: Callable[[str, str], Checkout | Failure] | None = None,
) -> tuple[tuple[Tick, ...] | None, list[Finding]]:
    """The ticks of a paper file's code, and the findings that they give.

    Code that does not lie here is fetched at the commit that the paper pins, where `fetch` (of repository and commit)
    is given; else nothing is looked at, and the ticks are None.
    """
    checkout = checkout_of(paper_file, folder)
    code = paper_file.paper.code
    pinned = code is not None and code.access == "open" and code.repo and code.commit
    if not isinstance(checkout, Checkout) and fetch is not None and code is not None and pinned:
        checkout = fetch(code.repo or "", code.commit or "")
    if isinstance(checkout, Failure):
        place = paper_file.problem("", "code", "commit")
        return None, [finding(unknown(checkout.message), place, code.repo if code and code.repo else "code")]
    if checkout is None:
        return None, completeness_findings(paper_file, ())
    ticks = judge_completeness(paper_file.paper, checkout)
    return ticks, completeness_findings(paper_file, ticks)
