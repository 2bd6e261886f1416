"""The web as a run sees it: each address asked once, redirects followed hop by hop under the guard's eyes."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import urllib.request
from collections.abc import Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import inf
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from paper_companion import __version__
from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.net.address import HttpAddress, parse_address, redirected
from paper_companion.evidence.net.addresses import AddressGuard
from paper_companion.evidence.net.connection import Answer, Connection, ExchangeError, Origin, Sink
from paper_companion.evidence.net.failure import PASSING, Failure, FailureKind
from paper_companion.evidence.net.gate import Gates
from paper_companion.evidence.net.limits import Limits
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.net.visits import Visit, Visits

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
SERVER_TROUBLE = frozenset({500, 502, 503, 504, 520, 521, 522, 523, 524})
USER_AGENT = f"paper-companion/{__version__} (checks the links of a paper)"
MAX_IDLE_CONNECTIONS = 256
# How much of what servers have sent is at hand for those who ask the same again.
KEPT_BYTES = 8 * 1024 * 1024


@dataclass
class _Count:
    """What one visit costs."""

    requests: int = 0
    received_bytes: int = 0


@dataclass
class _Jar:
    """The cookies of one visit: some redirects lead nowhere without the cookie that came with them."""

    by_host: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, host: str, answer: Answer) -> None:
        import http.cookies

        for line in answer.headers.get_all("set-cookie") or ():
            with suppress(http.cookies.CookieError):
                for name, morsel in http.cookies.SimpleCookie(line).items():
                    if len(name) + len(morsel.coded_value) <= 4096:
                        self.by_host.setdefault(host, {})[name] = morsel.coded_value

    def give(self, host: str) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.by_host.get(host, {}).items())


class Web:
    """Asks servers, within limits. One object for a run; safe to use from many threads."""

    def __init__(
        self,
        limits: Limits | None = None,
        guard: AddressGuard | None = None,
        ca_file: Path | None = None,
        tokens: Mapping[str, Mapping[str, str]] | None = None,
        slower: Mapping[str, tuple[int, float]] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        """`tokens` are headers by origin (`https://api.github.com`), sent to exactly that origin and nowhere else.

        `slower` are hosts that ask for more room, by origin: requests at once and seconds between them. `proxies` are
        by scheme; those of the environment when left out. Raises ConfigurationError for a CA file that is none.
        """
        self.limits = limits or Limits()
        self.guard = guard or AddressGuard()
        self.gates = Gates(self.limits.per_host, self.limits.interval_s, slower)
        self.deadline = time.monotonic() + self.limits.deadline_s
        self.anybody_answered = False
        self._tokens = {
            origin: dict(headers) for origin, headers in (tokens or {}).items() if origin.startswith("https://")
        }
        self._ca_file = ca_file
        self._proxies = dict(urllib.request.getproxies_environment() if proxies is None else proxies)
        self._tls: ssl.SSLContext | None = None
        self._lock = threading.Lock()
        self._idle: dict[Origin, list[Connection]] = {}
        self._visits = Visits(KEPT_BYTES)
        self._whole: set[str] = set()
        if ca_file is not None:
            self._tls = _tls_context(ca_file)

    def visit(
        self,
        url: str,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body_bytes: int | None = None,
        follow: bool = True,
    ) -> Visit:
        """Ask for an address, following redirects, trying again what may pass. Asked once a run for the same arguments.

        `body_bytes` is how much of the body is read at most (of each hop). Never raises for what servers do.
        """
        headers = dict(headers or {})
        limit = self.limits.page_bytes if body_bytes is None else body_bytes
        key = self._key(url, method, headers, limit, follow)
        return self._visits.get(key, lambda: self._visit(url, method, headers, limit, follow))

    def expect_whole(self, url: str) -> None:
        """Tell that an anchor will be looked for in a page, so that who asks before that asks for all of it."""
        with self._lock:
            self._whole.add(url.partition("#")[0])

    def page(self, url: str, whole: bool = False) -> Visit:
        """Ask as `visit` does for a page's beginning or, when `whole`, for as much of it as anchors are looked for in.

        One answer does for both: see expect_whole.
        """
        beginning = {"Range": f"bytes=0-{self.limits.page_bytes - 1}"}
        with self._lock:
            whole_is_wanted = url.partition("#")[0] in self._whole
        if self._key(url, "GET", beginning, self.limits.page_bytes, True) in self._visits:
            visit = self.visit(url, headers=beginning)
            if not whole or visit.has_everything:
                return visit
        if whole or whole_is_wanted:
            self.expect_whole(url)
            return self.visit(url, body_bytes=self.limits.document_bytes)
        return self.visit(url, headers=beginning)

    def fetch(self, url: str, headers: Mapping[str, str], sink: Sink) -> Visit:
        """Ask once, following redirects, and hand the body to a sink as it comes, however large it is."""
        return self._visit(url, "GET", headers, self.limits.page_bytes, True, sink)

    def pause(self, seconds: float) -> None:
        """Wait, but not past the run's deadline."""
        time.sleep(max(0.0, min(seconds, self.deadline - time.monotonic())))

    @staticmethod
    def _key(url: str, method: str, headers: Mapping[str, str], limit: int, follow: bool) -> Hashable:
        return (url.partition("#")[0], method, tuple(sorted(headers.items())), limit, follow)

    def _visit(
        self, url: str, method: str, headers: Mapping[str, str], limit: int, follow: bool, sink: Sink | None = None
    ) -> Visit:
        count = _Count()
        answers: list[Answer] = []

        def visit(failure: Failure | None = None) -> Visit:
            return Visit(url, tuple(answers), failure, count.requests, count.received_bytes)

        address = first = parse_address(url)
        jar = _Jar()
        seen: set[tuple[str, str]] = set()
        while True:
            if isinstance(address, Failure):
                return visit(address)
            step = (str(address), jar.give(address.origin.host))
            if step in seen:
                return visit(Failure(FailureKind.LOOP, f"redirects in a circle, back to {redacted(str(address))}"))
            if len(answers) > self.limits.redirects:
                return visit(Failure(FailureKind.TOO_MANY_REDIRECTS, f"more than {self.limits.redirects} redirects"))
            seen.add(step)
            if answers and address.origin != first.origin:
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            if sink is None:
                answer = self._try(address, method, headers, jar, limit, count)
            else:
                answer = self._exchange(address, method, headers, jar, limit, count, sink)
            if isinstance(answer, Failure):
                return visit(answer)
            answers.append(answer)
            location = answer.header("location")
            if not follow or answer.status not in REDIRECTS or not location:
                return visit()
            jar.take(address.origin.host, answer)
            address = redirected(address, location)

    def _try(
        self, address: HttpAddress, method: str, headers: Mapping[str, str], jar: _Jar, limit: int, count: _Count
    ) -> Answer | Failure:
        """One hop, tried again while what went wrong may pass."""
        for attempt in range(1, self.limits.tries + 1):
            result = self._exchange(address, method, headers, jar, limit, count)
            wait_s = self.limits.back_off_s * 2 ** (attempt - 1)
            if isinstance(result, Failure):
                # What hangs once costs the most, so it is tried fewer times than what fails at once.
                last = attempt >= (2 if result.kind is FailureKind.TIMEOUT else self.limits.tries)
                if result.kind not in PASSING or last:
                    return result
            else:
                if result.status not in SERVER_TROUBLE and result.status != 429:
                    self.gates.to(str(address.origin)).answered()
                    return result
                asked_s = retry_after_s(result)
                if asked_s is not None and asked_s > self.limits.longest_wait_s:
                    host = address.origin.host
                    said = f"{host} answers {result.status} and asks to wait {asked_s:.0f} s"
                    failure = Failure(FailureKind.ASKED_TO_WAIT, said)
                    self.gates.to(str(address.origin)).refused(failure)
                    return failure
                if attempt >= self.limits.tries:
                    return result
                wait_s = max(wait_s, asked_s or 0.0)
                if asked_s:
                    self.gates.to(str(address.origin)).hold(asked_s)
            self.pause(wait_s)
        raise AssertionError("the last try returns")

    def _exchange(
        self,
        address: HttpAddress,
        method: str,
        headers: Mapping[str, str],
        jar: _Jar,
        limit: int,
        count: _Count,
        sink: Sink | None = None,
    ) -> Answer | Failure:
        origin = address.origin
        route = self._route(origin)
        if isinstance(route, Failure):
            return route
        addresses, proxy = route
        name = str(origin)
        with self.gates.to(name).passing(self.deadline) as failure:
            if failure is not None:
                return failure
            sent = {
                "Host": name.partition("://")[2],
                "User-Agent": USER_AGENT,
                "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
                "Accept-Encoding": "identity",
                **headers,
                **self._tokens.get(name, {}),
            }
            cookies = jar.give(origin.host)
            if cookies:
                sent["Cookie"] = cookies
            connection = self._connection(origin, addresses, proxy)
            while True:
                fresh = not connection.used
                before = connection.received_bytes
                count.requests += 1
                try:
                    answer = connection.exchange(
                        method,
                        str(address),
                        address.target,
                        sent,
                        limit,
                        max(
                            0.01, min(self.limits.exchange_s if sink is None else inf, self.deadline - time.monotonic())
                        ),
                        self.limits.connect_s,
                        sink,
                    )
                except ExchangeError as error:
                    # A kept connection that the server has closed meanwhile says nothing about the address.
                    if not fresh and connection.received_bytes == before:
                        count.requests -= 1
                        continue
                    return error.failure
                finally:
                    count.received_bytes += connection.received_bytes - before
                break
            self.anybody_answered = True
            self._give_back(connection)
            return answer

    def _route(self, origin: Origin) -> tuple[tuple[str, ...], SplitResult | None] | Failure:
        """The addresses to connect to: the host's own, or those of the proxy that leads there."""
        proxy_url = self._proxies.get(origin.scheme) or self._proxies.get("all")
        if not proxy_url or urllib.request.proxy_bypass_environment(f"{origin.host}:{origin.port}", self._proxies):
            found = self.guard.look_up(origin.host)
            return found if isinstance(found, Failure) else (found.addresses, None)
        refusal = self.guard.refuses_name(origin.host)
        if refusal is not None:
            return refusal
        # Where a proxy is in force, this machine often resolves no outer names: only a private answer counts.
        found = self.guard.look_up(origin.host)
        if isinstance(found, Failure) and found.kind is FailureKind.RESOLVES_TO_PRIVATE:
            return found
        proxy = urlsplit(proxy_url if "://" in proxy_url else f"http://{proxy_url}")
        if proxy.scheme != "http" or not proxy.hostname:
            return Failure(FailureKind.PROXY, f"the proxy {redacted(proxy_url)} is not an http:// address")
        return (self._proxy_addresses(proxy.hostname), proxy)

    def _proxy_addresses(self, host: str) -> tuple[str, ...]:
        # The proxy is the checker's own configuration, so that the guard has no say in it.
        try:
            return tuple(str(answer[4][0]) for answer in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except OSError:
            return ()

    def _connection(self, origin: Origin, addresses: tuple[str, ...], proxy: SplitResult | None) -> Connection:
        with self._lock:
            idle = self._idle.get(origin)
            if idle:
                return idle.pop()
            if origin.scheme == "https" and self._tls is None:
                self._tls = _tls_context(None)
        return Connection(origin, addresses, self._tls, proxy, self.limits.silence_s)

    def _give_back(self, connection: Connection) -> None:
        if connection.sock is None:
            return
        with self._lock:
            if sum(map(len, self._idle.values())) < MAX_IDLE_CONNECTIONS:
                self._idle.setdefault(connection.origin, []).append(connection)
                return
        connection.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        with self._lock:
            for connections in self._idle.values():
                for connection in connections:
                    connection.close()
            self._idle.clear()


def retry_after_s(answer: Answer) -> float | None:
    """The seconds that a `Retry-After` asks for, named as such or by a date; None when it is absent or senseless."""
    value = answer.header("retry-after")
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        when = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    when = when if when.tzinfo is not None else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _tls_context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            what = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
            raise ConfigurationError(f"--ca-file {ca_file}: no certificates could be read from it: {what}") from None
    return context
