"""The badges of a page: for each part of the paper, how far up the ladder it stands and since when."""

from functools import lru_cache
from typing import NamedTuple

from paper_companion.evidence.ladder import Standing, State, ladder
from paper_companion.evidence.model import Rung
from paper_companion.page.companion import Companion
from paper_companion.page.words import size

EXPLANATIONS = {
    State.DECLARED: "The authors say so; no machine has looked.",
    State.LINKED: "It was there when a machine looked.",
    State.VERIFIED: "A machine looked inside: it is what the paper says.",
    State.EXECUTED: "A machine ran it, and it did what the paper says.",
    State.WITHHELD: "Not shared, for a reason that the authors give.",
    State.NOT_APPLICABLE: "There is nothing of this kind to share.",
    State.FAILED: "A machine looked and did not find what the paper says.",
    State.STALE: "Nobody has looked for too long.",
}


_LONGEST_LABEL = 30


class Badge(NamedTuple):
    """`state` is a State; `rung` counts from 1 (declared) to 4 (executed), 0 where the ladder does not apply.

    `kind` is a word of the page, `name` says which of its kind where there are several.
    """

    subject: str
    kind: str
    name: str
    state: str
    rung: int
    detail: str
    seen: str | None
    fresh_until: str | None
    explanation: str
    reason: str

    @property
    def label(self) -> str:
        """What the badge is about."""
        return f"{self.kind} {self.name}".rstrip()


def standings(companion: Companion) -> tuple[Standing, ...]:
    """The standing of every part of the paper. Staleness is left to the reader's screen, so that a build is a pure
    function of its files."""
    return ladder(companion.file.paper, companion.evidence, replayed=companion.replayable)


@lru_cache(maxsize=1)
def badges(companion: Companion) -> tuple[Badge, ...]:
    """One badge for each part that a reader asks for: code, data, weights, results and the demo.

    Kept until another companion's are asked for: a page, its data and a list show the same ones.
    """
    shown = [standing for standing in standings(companion) if standing.subject not in ("paper", "environment")]
    kinds = [standing.subject.partition("[")[0] for standing in shown]
    return tuple(
        _badge(companion, standing, alone=kinds.count(kind) == 1) for standing, kind in zip(shown, kinds, strict=True)
    )


def _badge(companion: Companion, standing: Standing, alone: bool) -> Badge:
    on_ladder = standing.state in (State.DECLARED, State.LINKED, State.VERIFIED, State.EXECUTED, State.STALE)
    return Badge(
        standing.subject,
        *_label(standing, alone),
        str(standing.access if standing.access == "withdrawn" else standing.state),
        Rung(standing.rung).height + 1 if on_ladder else 0,
        _detail(companion, standing),
        standing.seen.isoformat() if standing.seen else None,
        standing.fresh_until.isoformat() if standing.fresh_until else None,
        EXPLANATIONS[standing.state],
        standing.reason,
    )


def _label(standing: Standing, alone: bool) -> tuple[str, str]:
    """The kind, and which of its kind it is where there are several."""
    kind, _, id = standing.subject.removesuffix("]").partition("[")
    word = {"weights": "Weights", "data": "Data", "results": "Result"}.get(kind)
    if word is None:
        return standing.label, ""
    return word, "" if alone else standing.label if len(standing.label) <= _LONGEST_LABEL else id


def _detail(companion: Companion, standing: Standing) -> str:
    """What else is worth a word: the licence, the size."""
    paper = companion.file.paper
    if standing.subject == "code" and paper.code is not None:
        return paper.code.license or ""
    for weights in paper.weights:
        if standing.subject == f"weights[{weights.id}]":
            sizes = [file.size_bytes for file in weights.files if file.size_bytes]
            return ", ".join(part for part in (weights.license, size(min(sizes)) if sizes else None) if part)
    return next((data.license or "" for data in paper.data if standing.subject == f"data[{data.id}]"), "")
