"""Politeness: how many requests a host gets at once and how closely they follow each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from paper_companion.evidence.net.failure import Failure, FailureKind

REFUSALS_OF_A_HOST = 3
MAX_CREDIT = 5
# Who waits for a time to start sees that late that the host was closed.
_LONGEST_SLEEP_S = 0.25
TIME_IS_UP = Failure(FailureKind.DEADLINE, "not looked at: the run's time was up (--timeout gives it more)")


class HostGate:
    """The way to one host. A host that keeps asking to be left alone for longer than a run lasts is closed."""

    def __init__(self, at_once: int, interval_s: float) -> None:
        self._at_once = at_once
        self._interval_s = interval_s
        self._under_way = 0
        self._next_start = 0.0
        self._held_until = 0.0
        self._changed = threading.Condition()
        self.closed: Failure | None = None
        self._refusals = 0

    @contextmanager
    def passing(self, deadline: float) -> Iterator[Failure | None]:
        """Wait for a turn and hold it; yields a Failure instead of a turn when the host is closed or time is up."""
        failure = self._take_place(deadline)
        if failure is not None:
            yield failure
            return
        try:
            yield self._wait_for_start(deadline)
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def _take_place(self, deadline: float) -> Failure | None:
        with self._changed:
            while True:
                left_s = deadline - time.monotonic()
                if self.closed is not None:
                    return self.closed
                if left_s <= 0:
                    return TIME_IS_UP
                if self._under_way < self._at_once:
                    self._under_way += 1
                    return None
                self._changed.wait(left_s)

    def _wait_for_start(self, deadline: float) -> Failure | None:
        # Who has a place gets a time to start at, so that nobody wakes up only to find that another was faster.
        start = self._reserved(time.monotonic())
        while True:
            now = time.monotonic()
            if self.closed is not None:
                return self.closed
            if now >= deadline:
                return TIME_IS_UP
            if now < start:
                time.sleep(min(start - now, deadline - now, _LONGEST_SLEEP_S))
            elif start < self._held_until:
                start = self._reserved(self._held_until)
            else:
                return None

    def _reserved(self, earliest: float) -> float:
        with self._changed:
            start = max(earliest, self._next_start)
            self._next_start = start + self._interval_s
            return start

    def hold(self, seconds: float) -> None:
        """Start nothing at this host for so long."""
        with self._changed:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def refused(self, failure: Failure) -> None:
        """One answer that asks for a long wait: it may be about one address only, most answers being so are the host's.

        Other answers count against it, up to MAX_CREDIT of them: which answers follow each other is an accident.
        """
        with self._changed:
            self._refusals += 1
            if self._refusals >= REFUSALS_OF_A_HOST:
                self.closed = failure
                self._changed.notify_all()

    def answered(self) -> None:
        """Any other answer: this host still talks."""
        with self._changed:
            self._refusals = max(self._refusals - 1, -MAX_CREDIT)


class Gates:
    """The gates of all hosts; some hosts ask for more room than others."""

    def __init__(self, at_once: int, interval_s: float, slower: Mapping[str, tuple[int, float]] | None = None) -> None:
        self._default = (at_once, interval_s)
        self._slower = dict(slower or {})
        self._gates: dict[str, HostGate] = {}
        self._lock = threading.Lock()

    def to(self, origin: str) -> HostGate:
        """The gate of an origin, as `https://example.org`."""
        with self._lock:
            gate = self._gates.get(origin)
            if gate is None:
                gate = self._gates[origin] = HostGate(*self._slower.get(origin, self._default))
            return gate
