"""How long, how often and how much: the limits within which a run stays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one run. The defaults are polite to hosts and end a run in minutes whatever the servers do."""

    connect_s: float = 10.0
    silence_s: float = 15.0
    """How long a server may send nothing."""
    exchange_s: float = 25.0
    """How long one request and its answer may take in all, however slowly bytes keep coming."""
    deadline_s: float = 600.0
    """How long the whole run may take."""
    tries: int = 3
    """How often a passing failure is tried before it counts."""
    back_off_s: float = 0.5
    """The wait before the second try; doubled for each further one."""
    confirm_after_s: float = 0.25
    """The wait before what looks gone is looked at again."""
    longest_wait_s: float = 10.0
    """The longest `Retry-After` that is obeyed; a host that asks for more is left alone for the rest of the run."""
    redirects: int = 10
    threads: int = 128
    """How many requests are under way at once, all hosts together."""
    per_host: int = 6
    """How many requests are under way at one host: as many as browsers have."""
    interval_s: float = 0.01
    """The shortest time between the starts of two requests to one host."""
    page_bytes: int = 8 * 1024
    """How much of a page is looked at: enough for its title."""
    document_bytes: int = 2 * 1024 * 1024
    """How much of a page is read when an anchor in it is looked for, or of an API's answer."""
