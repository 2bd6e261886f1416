"""A judgement: what one look at one thing came to, and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from paper_companion.evidence.model import Outcome, Rung
from paper_companion.evidence.net.failure import Failure, FailureKind

if TYPE_CHECKING:
    from paper_companion.evidence.net.visits import Visit

# What nobody is to blame for but the moment, the machine that asks, or a host that wants fewer questions.
_UNJUDGED = frozenset(
    {
        FailureKind.RESOLVER,
        FailureKind.RESOLVES_TO_PRIVATE,
        FailureKind.ASKED_TO_WAIT,
        FailureKind.PROXY,
        FailureKind.DEADLINE,
        FailureKind.TOO_LARGE,
        FailureKind.DISK,
    }
)
# What a machine without any network sees too: judged only when somebody else has answered in the same run.
NEEDS_A_NETWORK = frozenset(
    {FailureKind.NO_SUCH_HOST, FailureKind.RESOLVER, FailureKind.CONNECT, FailureKind.TIMEOUT, FailureKind.PROXY}
)


@dataclass(frozen=True)
class Judgement:
    """A verdict with its reason. `suggestion` is what to write instead, or what to do."""

    verdict: Outcome
    reason: str = ""
    suggestion: str = ""
    rung: Rung = Rung.LINKED
    details: Mapping[str, Any] = field(default_factory=dict)
    requests: int = 0
    received_bytes: int = 0
    failure: FailureKind | None = None
    """Set when no server's word but the lack of one decided."""
    at: tuple[str | int, ...] = ()
    """The keys of the value that is wrong, below the subject's own entry; empty where that is the subject itself."""

    @property
    def good(self) -> bool:
        """Whether the thing is there, be it with a remark."""
        return self.verdict in (Outcome.OK, Outcome.WARNING)

    def paid(self, cost: Cost | Judgement) -> Judgement:
        """The same with what it cost, or with what another one did."""
        return replace(self, requests=cost.requests, received_bytes=cost.received_bytes)


def ok(rung: Rung = Rung.LINKED, **details: Any) -> Judgement:
    """All well, up to a rung."""
    return Judgement(Outcome.OK, rung=rung, details=details)


def warning(reason: str, suggestion: str = "", rung: Rung = Rung.LINKED, **details: Any) -> Judgement:
    """There, with a remark."""
    return Judgement(Outcome.WARNING, reason, suggestion, rung, details)


def broken(reason: str, suggestion: str = "", at: tuple[str | int, ...] = (), **details: Any) -> Judgement:
    """Not there, or not what it should be."""
    return Judgement(Outcome.BROKEN, reason, suggestion, details=details, at=at)


def unknown(reason: str, suggestion: str = "", **details: Any) -> Judgement:
    """Nobody could tell."""
    return Judgement(Outcome.UNKNOWN, reason, suggestion, details=details)


def failed(failure: Failure) -> Judgement:
    """What it means that no answer came."""
    verdict = Outcome.UNKNOWN if failure.kind in _UNJUDGED else Outcome.BROKEN
    return Judgement(verdict, failure.message, failure=failure.kind)


def refused(status: int, host: str) -> Judgement | None:
    """What a status means that says no more than that machines are not welcome; None for all others."""
    if status == 401:
        return unknown(f"{host} asks for a login (401)")
    if status == 402:
        return unknown(f"{host} asks for a payment (402)")
    if status == 403:
        return unknown(f"{host} refuses machines (403); people may get through")
    if status == 407:
        return unknown("a proxy on the way asks for a login (407)")
    if status == 429:
        return unknown(f"{host} limits the rate of questions (429)")
    if status == 451:
        return unknown(f"{host} does not show it here for legal reasons (451)")
    if status == 999:
        return unknown(f"{host} refuses machines (999)")
    return None


@dataclass
class Cost:
    """Adds up what the visits behind one judgement cost."""

    requests: int = 0
    received_bytes: int = 0

    def of(self, visit: Visit) -> Visit:
        """Count a visit in and hand it on."""
        self.requests += visit.requests
        self.received_bytes += visit.received_bytes
        return visit
