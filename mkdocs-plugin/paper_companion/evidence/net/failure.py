"""Why no answer came: the ways in which asking a server can fail before or instead of a status."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FailureKind(StrEnum):
    """What went wrong, told apart as far as verdicts differ."""

    BAD_ADDRESS = "bad address"
    CREDENTIALS = "credentials in the address"
    PRIVATE_ADDRESS = "private address"
    RESOLVES_TO_PRIVATE = "resolves to a private address"
    NO_SUCH_HOST = "no such host"
    RESOLVER = "resolver"
    CONNECT = "no connection"
    REFUSED = "connection refused"
    TLS = "TLS"
    TIMEOUT = "timeout"
    PROTOCOL = "not HTTP"
    LOOP = "redirect loop"
    TOO_MANY_REDIRECTS = "too many redirects"
    BAD_REDIRECT = "bad redirect"
    ASKED_TO_WAIT = "asked to wait"
    PROXY = "proxy"
    DEADLINE = "deadline"
    TOO_LARGE = "too large"
    DISK = "disk"


# The network or the moment may be to blame, so another try is worth it.
PASSING = frozenset(
    {FailureKind.RESOLVER, FailureKind.CONNECT, FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.PROTOCOL}
)


@dataclass(frozen=True)
class Failure:
    """One failed attempt: its kind and a sentence for people, without credentials."""

    kind: FailureKind
    message: str
