"""Work on many hosts at once, so that one slow host holds up nobody else's answers."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass
class _Line:
    """The jobs that wait for one host."""

    jobs: deque[Callable[[], None]] = field(default_factory=deque)
    under_way: int = 0


def run_by_host(
    jobs: Iterable[tuple[str, Callable[[], None]]],
    threads: int,
    per_host: int,
    deadline_s: float,
) -> bool:
    """Run jobs, each given with its host, at most `per_host` of one host at a time; hosts take turns.

    The first jobs run while the later ones are still being found. Returns whether all of them ended within
    `deadline_s`. Those that did not go on in daemon threads, which do not keep the process alive. The first exception
    of a job ends the run and is raised here.
    """
    deadline = time.monotonic() + deadline_s
    lines: dict[str, _Line] = {}
    ready: deque[_Line] = deque()
    lock = threading.Lock()
    more, ended = threading.Condition(lock), threading.Condition(lock)
    left = 0
    started = 0
    all_known = False
    errors: list[BaseException] = []

    def work() -> None:
        nonlocal left
        while True:
            with lock:
                while not ready and (left or not all_known) and not errors:
                    more.wait()
                if not ready or errors:
                    return
                # A line stands in `ready` exactly while it has a job and a free place.
                line = ready.popleft()
                job = line.jobs.popleft()
                line.under_way += 1
                if line.jobs and line.under_way < per_host:
                    ready.append(line)
                    more.notify()
            try:
                job()
            except BaseException as error:
                errors.append(error)
            with lock:
                left -= 1
                if line.jobs and line.under_way == per_host:
                    ready.append(line)
                    more.notify()
                line.under_way -= 1
                if not left or errors:
                    more.notify_all()
                    ended.notify_all()

    try:
        for host, job in jobs:
            with lock:
                line = lines.setdefault(host, _Line())
                if not line.jobs and line.under_way < per_host:
                    ready.append(line)
                    more.notify()
                line.jobs.append(job)
                left += 1
            if started < threads:
                started += 1
                threading.Thread(target=work, daemon=True, name="paper-companion check").start()
    except BaseException as error:
        errors.append(error)
    with lock:
        all_known = True
        more.notify_all()
        in_time = ended.wait_for(lambda: not left or bool(errors), timeout=max(0.0, deadline - time.monotonic()))
    if errors:
        raise errors[0]
    return in_time
