"""Visits to addresses: each made once a run, and at hand for those who ask the same again, as far as memory allows."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.failure import Failure
from paper_companion.evidence.net.shared import Shared


@dataclass(frozen=True)
class Visit:
    """What came of asking for an address: the answers hop by hop, or how far it got and why no further."""

    url: str
    answers: tuple[Answer, ...] = ()
    failure: Failure | None = None
    requests: int = 0
    received_bytes: int = 0

    @property
    def final(self) -> Answer | None:
        """The last hop's answer; None when the visit failed."""
        return self.answers[-1] if self.answers and self.failure is None else None

    @property
    def status(self) -> int:
        """The last hop's status; 0 when the visit failed."""
        return self.final.status if self.final is not None else 0

    @property
    def size_bytes(self) -> int:
        """About how much memory it takes: bodies, headers, and what is around each of them."""
        return sum(len(answer.body) + answer.headers.size_bytes + 1024 for answer in self.answers)

    @property
    def has_everything(self) -> bool:
        """Whether the last hop's body is all that there is."""
        answer = self.final
        if answer is None or answer.status not in (200, 206):
            return False
        return answer.complete and (answer.status == 200 or answer.size_bytes == len(answer.body))


class Visits:
    """The visits of a run by what was asked for. Safe to use from many threads."""

    def __init__(self, kept_bytes: int) -> None:
        """At most `kept_bytes` of what servers have sent are kept: all their pages would fill the memory."""
        self._most_bytes = kept_bytes
        self._kept_bytes = 0
        self._lock = threading.Lock()
        self._visits: dict[Hashable, Shared[Visit]] = {}
        # Of the visits that are over, the one asked for last at the end. None is forgotten while it is under way.
        self._sizes_bytes: OrderedDict[Hashable, int] = OrderedDict()

    def __contains__(self, key: Hashable) -> bool:
        """Whether a visit was made, or is being made."""
        with self._lock:
            return key in self._visits

    def get(self, key: Hashable, make: Callable[[], Visit]) -> Visit:
        """A visit, made by the first who asks for it, who pays for it, too: for all others it costs nothing."""
        with self._lock:
            shared = self._visits.setdefault(key, Shared())
            if key in self._sizes_bytes:
                self._sizes_bytes.move_to_end(key)
        made = False

        def make_it() -> Visit:
            nonlocal made
            made = True
            return make()

        visit = shared.get(make_it)
        if not made:
            return replace(visit, requests=0, received_bytes=0)
        with self._lock:
            self._sizes_bytes[key] = visit.size_bytes
            self._kept_bytes += visit.size_bytes
            while self._kept_bytes > self._most_bytes:
                oldest, size_bytes = self._sizes_bytes.popitem(last=False)
                del self._visits[oldest]
                self._kept_bytes -= size_bytes
        return visit
