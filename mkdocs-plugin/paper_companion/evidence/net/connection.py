"""One HTTP exchange on one connection: pinned address, deadline on every byte, capped body."""

from __future__ import annotations

import base64
import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote

from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.net.redaction import redacted

MAX_INFORMATIONAL = 10
MAX_HEADERS = 200
MAX_HEADER_BYTES = 65536
# Of all headers of an answer together, since answers are kept: four of the longest, far more than anybody sends.
MAX_ALL_HEADERS_BYTES = 4 * MAX_HEADER_BYTES
CHUNK_BYTES = 16 * 1024
# A body whose rest is at most this long is read to its end, since a kept connection is worth more than the bytes.
DRAIN_BYTES = 16 * 1024


class ExchangeError(Exception):
    """An exchange that came to no answer; carries the Failure."""

    def __init__(self, kind: FailureKind, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(kind, redacted(message))


@dataclass(frozen=True)
class Origin:
    """What a connection is opened to and may be kept for."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        default = 443 if self.scheme == "https" else 80
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" if self.port == default else f"{self.scheme}://{host}:{self.port}"


class Headers:
    """The headers of an answer, found by name in any case."""

    def __init__(self, lines: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in lines:
            self._values.setdefault(name.lower(), []).append(value)

    def get(self, name: str, default: str | None = None) -> Any:
        """The first value of a header."""
        values = self._values.get(name.lower())
        return values[0] if values else default

    def get_all(self, name: str) -> list[str]:
        """Every value of a header, in the order in which they came."""
        return self._values.get(name.lower(), [])

    @property
    def size_bytes(self) -> int:
        """How long names and values are together."""
        return sum(len(name) + len(value) for name, values in self._values.items() for value in values)


@dataclass(frozen=True)
class Answer:
    """What a server said to one request: `body` is the beginning of its body, `complete` whether it is all of it."""

    url: str
    status: int
    headers: Headers
    body: bytes = b""
    complete: bool = True

    def header(self, name: str, default: str = "") -> str:
        """One header's value (all of them joined by commas when it was sent more than once)."""
        values = self.headers.get_all(name)
        return ", ".join(values) if values else default

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()

    @property
    def size_bytes(self) -> int | None:
        """The size of the whole thing as far as the headers tell, None when they do not."""
        if self.status == 206:
            total = self.header("content-range").rpartition("/")[2]
            return int(total) if total.isascii() and total.isdigit() else None
        if self.header("content-encoding", "identity") != "identity":
            return None
        length = self.header("content-length")
        return int(length) if length.isascii() and length.isdigit() else None


class Sink(Protocol):
    """Takes the body of a successful answer piece by piece, in place of its beginning being kept."""

    def begin(self, status: int, headers: Headers) -> bool:
        """Told of status and headers; whether the body is wanted."""

    def write(self, piece: bytes) -> None:
        """One piece of the body. Raises ExchangeError to end the exchange."""


class _DeadlineReader(io.RawIOBase):
    """The receiving side of a socket: each read waits no longer than the exchange has left, and is counted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        connection = self._connection
        if connection.sock is None:
            return 0
        left_s = connection.deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError
        connection.sock.settimeout(min(left_s, connection.silence_s))
        count = connection.sock.recv_into(buffer)
        connection.received_bytes += count
        return count


class _Response(http.client.HTTPResponse):
    """http.client's response, reading through the connection's deadline and past all 1xx answers, not 100 alone."""

    headers: Any

    def begin(self) -> None:
        """Read status and headers: not by the e-mail parser of http.client, which takes longer than all the rest."""
        version, self.status, reason = self._read_status()
        if not version.startswith("HTTP/1.") and version != "HTTP/0.9":
            raise http.client.UnknownProtocol(version)
        self.version = 10 if version in ("HTTP/1.0", "HTTP/0.9") else 11
        self.reason = reason.strip()
        self.headers = _read_headers(self.fp)
        self.chunked = self.headers.get("transfer-encoding", "").lower() == "chunked"
        self.chunk_left = None
        length = self.headers.get("content-length", "")
        self.length = int(length) if length.isascii() and length.isdigit() and not self.chunked else None
        if self.status in (204, 304) or self._method == "HEAD":
            self.length = 0
        self.will_close = self._check_close() or (not self.chunked and self.length is None)

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MAX_INFORMATIONAL):
            version, status, reason = super()._read_status()
            if not 100 <= status < 200:
                return version, status, reason
            if status == 101:
                break
            _read_headers(self.fp)
        raise http.client.HTTPException("no final answer after informational ones")


def _read_headers(stream: Any) -> Headers:
    """The lines up to an empty one. Raises http.client.HTTPException for more than anybody sends."""
    lines: list[tuple[str, str]] = []
    left_bytes = MAX_ALL_HEADERS_BYTES
    for _ in range(MAX_HEADERS):
        line = stream.readline(MAX_HEADER_BYTES + 1)
        if len(line) > MAX_HEADER_BYTES:
            raise http.client.LineTooLong("header line")
        left_bytes -= len(line)
        if left_bytes < 0:
            raise http.client.HTTPException(f"more than {MAX_ALL_HEADERS_BYTES} bytes of headers")
        if line in (b"\r\n", b"\n", b""):
            return Headers(lines)
        text = line.decode("latin-1").rstrip("\r\n")
        name, colon, value = text.partition(":")
        if text[0] in " \t" and lines:
            # Once, long values were allowed to go on in the next line.
            lines[-1] = (lines[-1][0], f"{lines[-1][1]} {text.strip()}")
        elif colon:
            lines.append((name.strip(), value.strip()))
    raise http.client.HTTPException(f"more than {MAX_HEADERS} headers")


class _Reading:
    """What http.client takes for a socket when it opens a response: only `makefile` is asked of it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineReader(self._connection), CHUNK_BYTES)


class Connection:
    """A kept-alive connection to one origin, opened to an address that the guard has let through."""

    def __init__(
        self,
        origin: Origin,
        addresses: tuple[str, ...],
        tls: ssl.SSLContext | None,
        proxy: SplitResult | None,
        silence_s: float,
    ) -> None:
        self.origin = origin
        self.silence_s = silence_s
        self.deadline = 0.0
        self.received_bytes = 0
        self.sock: socket.socket | None = None
        self.used = False
        self._addresses = addresses
        self._tls = tls
        self._proxy = proxy

    def close(self) -> None:
        """Close the socket; the next exchange would open it again."""
        if self.sock is not None:
            self.sock.close()
            self.sock = None
        self.used = False

    def exchange(
        self,
        method: str,
        url: str,
        target: str,
        headers: Mapping[str, str],
        max_body_bytes: int,
        within_s: float,
        connect_s: float,
        sink: Sink | None = None,
    ) -> Answer:
        """Send one request and read the answer's beginning. Raises ExchangeError; the connection is closed by then."""
        self.deadline = time.monotonic() + within_s
        try:
            if self.sock is None:
                self._open(connect_s)
            if self._proxy is not None and self.origin.scheme == "http":
                target = f"{self.origin}{target}"
                headers = {**headers, **_proxy_credentials(self._proxy)}
            return self._ask(method, url, target, headers, max_body_bytes, sink)
        except ExchangeError:
            self.close()
            raise
        except TimeoutError:
            self.close()
            raise ExchangeError(FailureKind.TIMEOUT, f"no complete answer from {self.origin.host}") from None
        except (http.client.HTTPException, ValueError) as error:
            self.close()
            what = str(error) or type(error).__name__
            raise ExchangeError(FailureKind.PROTOCOL, f"{self.origin.host} does not speak HTTP: {what[:200]}") from None
        except ssl.SSLError as error:
            self.close()
            raise ExchangeError(
                FailureKind.TLS, f"TLS with {self.origin.host} failed: {error.reason or error}"
            ) from None
        except OSError as error:
            self.close()
            raise ExchangeError(
                FailureKind.CONNECT, f"the connection to {self.origin.host} broke: {error.strerror or error}"
            ) from None

    def _ask(
        self,
        method: str,
        url: str,
        target: str,
        headers: Mapping[str, str],
        max_body_bytes: int,
        sink: Sink | None,
    ) -> Answer:
        assert self.sock is not None
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        self.sock.settimeout(max(0.001, min(self.silence_s, self.deadline - time.monotonic())))
        self.sock.sendall("\r\n".join(lines).encode("latin-1"))
        response = _Response(_Reading(self), method=method)
        response.begin()
        self.used = True
        if method == "HEAD":
            body, ended = b"", True
        elif sink is not None and response.status in (200, 206) and sink.begin(response.status, response.headers):
            body, ended = self._pour(response, sink)
        else:
            body, ended = self._body(response, max_body_bytes)
        if not ended or response.will_close:
            self.close()
        response.close()
        return Answer(
            url, response.status, response.headers, body[:max_body_bytes], ended and len(body) <= max_body_bytes
        )

    def _body(self, response: http.client.HTTPResponse, max_body_bytes: int) -> tuple[bytes, bool]:
        """The body's beginning, and whether the connection stands at the body's end, fit for another request."""
        length = response.length
        limit = length if length is not None and length <= max_body_bytes + DRAIN_BYTES else max_body_bytes
        pieces: list[bytes] = []
        size = 0
        ended = length == 0
        while size < limit and not ended:
            piece = response.read1(min(CHUNK_BYTES, limit - size))
            if not piece and response.length:
                raise http.client.IncompleteRead(b"", response.length)
            pieces.append(piece)
            size += len(piece)
            ended = not piece or response.length == 0
        return b"".join(pieces), ended

    def _pour(self, response: http.client.HTTPResponse, sink: Sink) -> tuple[bytes, bool]:
        while piece := response.read1(CHUNK_BYTES):
            sink.write(piece)
            if response.length == 0:
                break
        if response.length:
            raise http.client.IncompleteRead(b"", response.length)
        return b"", True

    def _open(self, connect_s: float) -> None:
        if self._proxy is not None:
            self._connect(self._addresses, self._proxy.port or 8080, connect_s)
            if self.origin.scheme == "https":
                self._tunnel(self._proxy)
        else:
            self._connect(self._addresses, self.origin.port, connect_s)
        assert self.sock is not None
        if self.origin.scheme == "https":
            assert self._tls is not None
            self.sock.settimeout(max(0.001, min(connect_s, self.deadline - time.monotonic())))
            try:
                self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.origin.host)
            except ssl.SSLCertVerificationError as error:
                raise ExchangeError(
                    FailureKind.TLS, f"the certificate of {self.origin.host} is not valid: {error.verify_message}"
                ) from None

    def _connect(self, addresses: tuple[str, ...], port: int, connect_s: float) -> None:
        last: OSError = OSError("no address")
        for address in addresses:
            left_s = self.deadline - time.monotonic()
            if left_s <= 0:
                raise TimeoutError
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(min(connect_s, left_s))
                sock.connect((address, port))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as error:
                sock.close()
                last = error
                continue
            self.sock = sock
            return
        if isinstance(last, ConnectionRefusedError):
            kind, what = FailureKind.REFUSED, f"{self.origin.host} refuses connections on port {port}"
        elif isinstance(last, TimeoutError):
            kind, what = FailureKind.TIMEOUT, f"no connection to {self.origin.host} within {connect_s:g} s"
        else:
            kind, what = FailureKind.CONNECT, f"no connection to {self.origin.host}: {last.strerror or last}"
        if self._proxy is not None:
            kind, what = FailureKind.PROXY, f"no connection to the proxy: {last.strerror or last}"
        raise ExchangeError(kind, what)

    def _tunnel(self, proxy: SplitResult) -> None:
        assert self.sock is not None
        host = f"[{self.origin.host}]" if ":" in self.origin.host else self.origin.host
        lines = [f"CONNECT {host}:{self.origin.port} HTTP/1.1", f"Host: {host}:{self.origin.port}"]
        lines += [f"{name}: {value}" for name, value in _proxy_credentials(proxy).items()]
        self.sock.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        # Unbuffered, so that no byte of the TLS handshake that follows is swallowed.
        response = http.client.HTTPResponse(_Unbuffered(self), method="CONNECT")  # type: ignore[arg-type]
        _, status, reason = response._read_status()
        _read_headers(response.fp)
        if status != 200:
            raise ExchangeError(FailureKind.PROXY, f"the proxy {proxy.hostname} answers {status} {reason} to CONNECT")


class _Unbuffered(_Reading):
    def makefile(self, *_: Any, **__: Any) -> Any:
        return io.BufferedReader(_DeadlineReader(self._connection), 1)


def _proxy_credentials(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
