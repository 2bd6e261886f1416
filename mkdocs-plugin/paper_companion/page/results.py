"""Results: what the paper claims, what was measured since, by whom and when."""

from typing import NamedTuple

from paper_companion.evidence.model import Observation
from paper_companion.evidence.subjects import reproduction
from paper_companion.page.companion import Companion
from paper_companion.paper.model import Paper, Result


class ResultView(NamedTuple):
    """One row. `measured` is what came out last, `agrees` whether it lies within the tolerance (None: cannot tell)."""

    id: str
    claim: str | None
    where: str | None
    metric: str
    data: str | None
    weights: str | None
    claimed: str
    spread: str
    measured: str | None
    agrees: bool | None
    by: str | None
    date: str | None
    url: str | None
    tolerance: str | None
    command: str | None
    runtime: str | None


def result_views(companion: Companion) -> tuple[ResultView, ...]:
    """One view for each result."""
    return tuple(_view(companion, result) for result in companion.file.paper.results)


def _view(companion: Companion, result: Result) -> ResultView:
    paper = companion.file.paper
    measured, agrees, by, date, url = _measured(companion, result)
    unit = f" {result.unit}" if result.unit else ""
    return ResultView(
        result.id,
        result.claim,
        result.where,
        result.metric or "",
        _data(paper, result.data),
        _weights(paper, result.weights),
        f"{result.value}{unit}" if result.value is not None else "",
        _spread(result),
        f"{measured}{unit}" if measured is not None else None,
        agrees,
        by,
        date,
        url,
        str(result.tolerance) if result.tolerance is not None else None,
        result.command,
        result.runtime,
    )


def _measured(companion: Companion, result: Result):
    """What came out, whether it agrees, who ran it, when, and where that can be looked up."""
    seen = None
    if companion.evidence is not None:
        seen = reproduction(companion.evidence, companion.file.paper, result)
    if seen is not None and (seen.details.get("value") is not None or not seen.good):
        value = seen.details.get("value")
        value = f"{value:.6g}" if isinstance(value, float | int) else None
        return value, seen.good, made_by(seen), seen.seen.isoformat(), None
    verified = result.verified
    if verified is None:
        return None, None, None, None, None
    confirmed = None
    if verified.value is not None and result.value is not None:
        from paper_companion.evidence.reproduce import agrees

        confirmed = agrees(float(verified.value), result)
    return verified.value, confirmed, verified.by, verified.date, verified.url


def made_by(seen: Observation) -> str:
    """Who looked: by default this program, in the version that an observation names."""
    return seen.details.get("by", f"paper-companion {seen.by}")


def _spread(result: Result) -> str:
    spread = result.spread
    if spread is None:
        return ""
    parts = []
    if spread.std is not None:
        parts.append(f"± {spread.std}")
    if spread.low is not None and spread.high is not None:
        level = f"{float(spread.level):.0%} " if spread.level is not None else ""
        parts.append(f"{level}[{spread.low}, {spread.high}]")
    runs = spread.runs or len(spread.seeds)
    if runs:
        parts.append(f"(n = {runs})")
    return " ".join(parts)


def _data(paper: Paper, reference: str | None) -> str | None:
    if reference is None:
        return None
    id, _, split = reference.partition("#")
    name = next((data.name or data.id for data in paper.data if data.id == id), id)
    return f"{name}, {split}" if split else name


def _weights(paper: Paper, id: str | None) -> str | None:
    return next((weights.name or weights.id for weights in paper.weights if weights.id == id), id)
