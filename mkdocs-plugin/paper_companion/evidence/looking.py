"""Looking at many subjects at once: each thing one time, hosts taking turns, good looks remembered."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.judgement import NEEDS_A_NETWORK, Judgement, failed
from paper_companion.evidence.look import Looker
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.failure import FailureKind
from paper_companion.evidence.net.gate import TIME_IS_UP
from paper_companion.evidence.net.schedule import run_by_host
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.subjects import Subject


@dataclass(frozen=True)
class Seen:
    """A judgement, and when it was made in seconds since 1970."""

    judgement: Judgement
    at: float
    cached: bool = False


def look_at_all(
    wanted: Iterable[tuple[Path, Subject]],
    looker: Looker,
    cache: LookCache | None = None,
    progress: Progress | None = None,
) -> tuple[dict[Hashable, Seen], str]:
    """What was seen of subjects (each with its project root), by the looker's key; and why the run could not judge.

    Looking begins while further subjects are still being found. A key that is missing could not be looked at from here.
    The second value is empty for a run that could judge.
    """
    seen = _look_at_all(wanted, looker, cache, progress)
    no_network = _no_network(seen.values(), looker)
    if no_network:
        seen = {key: _unjudged(found) for key, found in seen.items()}
    return seen, no_network or _no_time(seen.values())


def _look_at_all(
    wanted: Iterable[tuple[Path, Subject]],
    looker: Looker,
    cache: LookCache | None,
    progress: Progress | None,
) -> dict[Hashable, Seen]:
    """What was seen, by the looker's key. A key that is missing could not be looked at from here."""
    things: dict[Hashable, Subject] = {}
    seen: dict[Hashable, Seen] = {}
    asked: set[Hashable] = set()
    ended: set[Hashable] = set()

    def job(key: Hashable, root: Path, subject: Subject) -> Callable[[], None]:
        def look() -> None:
            try:
                judgement = looker.look(root, subject)
            except Exception as error:
                # One answer that nobody foresaw must not cost what was seen of everything else.
                reason = f"the checker failed over it ({type(error).__name__}: {error}); please report this"
                judgement = Judgement(Outcome.UNKNOWN, reason)
            if judgement is not None:
                seen[key] = Seen(judgement, time.time())
            ended.add(key)
            if progress is not None:
                progress.looked(len(ended), len(asked))

        return look

    def jobs() -> Iterator[tuple[str, Callable[[], None]]]:
        for root, subject in wanted:
            key = looker.key(root, subject)
            if key in things:
                continue
            things[key] = subject
            kept = cache.get(key) if cache is not None and looker.needs_web(subject) else None
            if kept is not None:
                seen[key] = Seen(*kept, cached=True)
                continue
            asked.add(key)
            yield looker.host_of(subject), job(key, root, subject)

    limits = looker.limits
    run_by_host(
        jobs(),
        limits.threads,
        # More than may ask at once, since some wait before they look again; the host's gate keeps the number.
        3 * limits.per_host,
        limits.deadline_s,
    )
    done = dict(seen)
    for key in asked - ended:
        done.setdefault(key, Seen(failed(TIME_IS_UP), time.time()))
    if cache is not None:
        for key, found in done.items():
            if not found.cached and looker.needs_web(things[key]):
                cache.put(key, found.judgement)
        cache.save()
    return done


def _no_network(seen: Iterable[Seen], looker: Looker) -> str:
    """Why this machine seems to have no network; empty when somebody answered or nobody was asked.

    A name that does not exist and a name that cannot be looked up for want of a network look the same. So where nobody
    at all has answered, nothing is called broken for that.
    """
    failed = [found.judgement for found in seen if found.judgement.failure in NEEDS_A_NETWORK]
    if not failed or looker.web is None or looker.web.anybody_answered:
        return ""
    return f"no server answered: is there a network? ({failed[0].reason})"


def _unjudged(seen: Seen) -> Seen:
    if seen.judgement.failure not in NEEDS_A_NETWORK:
        return seen
    return replace(seen, judgement=replace(seen.judgement, verdict=Outcome.UNKNOWN))


def _no_time(seen: Collection[Seen]) -> str:
    """That there was no time for anything. What was not reached beside things that were judged is unknown, no more."""
    late = seen and all(found.judgement.failure is FailureKind.DEADLINE for found in seen)
    return f"{len(seen)} {TIME_IS_UP.message}" if late else ""
