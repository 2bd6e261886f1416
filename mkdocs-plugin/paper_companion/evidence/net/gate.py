"""Politeness: how many requests a host gets at once and how closely they follow each other."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from paper_companion.evidence.net.failure import Failure, FailureKind


class HostGate:
    """The way to one host. A host that asks to be left alone for longer than a run lasts is closed."""

    def __init__(self, at_once: int, interval_s: float) -> None:
        self._at_once = at_once
        self._interval_s = interval_s
        self._under_way = 0
        self._next_start = 0.0
        self._changed = threading.Condition()
        self.closed: Failure | None = None

    @contextmanager
    def passing(self, deadline: float) -> Iterator[Failure | None]:
        """Wait for a turn and hold it; yields a Failure instead of a turn when the host is closed or time is up."""
        failure = self._enter(deadline)
        if failure is not None:
            yield failure
            return
        try:
            yield None
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def _enter(self, deadline: float) -> Failure | None:
        with self._changed:
            while True:
                now = time.monotonic()
                if self.closed is not None:
                    return self.closed
                if now >= deadline:
                    return Failure(FailureKind.DEADLINE, "not looked at: the run's time was up")
                if self._under_way < self._at_once and now >= self._next_start:
                    self._under_way += 1
                    self._next_start = now + self._interval_s
                    return None
                wait_s = deadline - now
                if self._under_way < self._at_once:
                    wait_s = min(wait_s, self._next_start - now)
                self._changed.wait(wait_s)

    def hold(self, seconds: float) -> None:
        """Start nothing at this host for so long."""
        with self._changed:
            self._next_start = max(self._next_start, time.monotonic() + seconds)

    def close(self, failure: Failure) -> None:
        """Ask this host nothing more in this run."""
        with self._changed:
            self.closed = failure
            self._changed.notify_all()


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
