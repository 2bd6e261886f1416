"""A loopback server that misbehaves on demand, and remembers what it was asked and how much of its bytes were taken."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Request:
    """One request as it came in."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Exchange:
    """What a responder can do with one request."""

    def __init__(self, server: FaultServer, connection: socket.socket, request: Request, hit: int) -> None:
        self.server = server
        self.connection = connection
        self.request = request
        self.hit = hit
        self.close = False

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)
        self.server.sent_bytes += len(data)

    def answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        lines = [f"HTTP/1.1 {status} X"]
        headers = {"Content-Length": str(len(body)), **(headers or {})}
        lines += [f"{name}: {value}" for name, value in headers.items() if value]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8")
        self.raw(head + (b"" if self.request.method == "HEAD" else body))
        self.close = headers.get("Connection") == "close" or not headers["Content-Length"]

    def wait_for_the_other_side(self) -> None:
        """Say nothing until the client goes away or the server ends."""
        self.connection.settimeout(0.05)
        while not self.server.ending.is_set():
            try:
                if not self.connection.recv(4096):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.close = True


Responder = Callable[[Exchange], None]


def answer(status: int = 200, body: bytes | str = b"", **headers: str) -> Responder:
    """Answer with a status, headers (underscores become dashes) and a body."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.answer(status, named, data)


def page(title: str = "A page", body: str = "<p>Words.</p>", status: int = 200, **headers: str) -> Responder:
    text = f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return answer(status, text, Content_Type="text/html; charset=utf-8", **headers)


def redirect(to: str, status: int = 302, **headers: str) -> Responder:
    return answer(status, Location=to, **headers)


def document(value: Any, status: int = 200, **headers: str) -> Responder:
    return answer(status, json.dumps(value), **{"Content_Type": "application/json", **headers})


def in_turn(*responders: Responder) -> Responder:
    """The first request gets the first responder, and so on; the last one goes on for ever."""
    return lambda exchange: responders[min(exchange.hit, len(responders) - 1)](exchange)


def by_method(**responders: Responder) -> Responder:
    return lambda exchange: responders[exchange.request.method](exchange)


def ranged(data: bytes, media_type: str = "application/octet-stream", **headers: str) -> Responder:
    """A file on a server that knows ranges."""

    def respond(exchange: Exchange) -> None:
        named = {"Content-Type": media_type, **{name.replace("_", "-"): value for name, value in headers.items()}}
        wanted = exchange.request.headers.get("range", "")
        if wanted.startswith("bytes="):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(data)), len(data) - 1)
            if start >= len(data):
                exchange.answer(416, {**named, "Content-Range": f"bytes */{len(data)}"})
                return
            named["Content-Range"] = f"bytes {start}-{end}/{len(data)}"
            exchange.answer(206, named, data[start : end + 1])
            return
        exchange.answer(200, named, data)

    return respond


def hang(exchange: Exchange) -> None:
    """Never answer."""
    exchange.wait_for_the_other_side()


def drip(text: bytes, pause_s: float = 0.05) -> Responder:
    """Send one byte at a time, for as long as anybody listens."""

    def respond(exchange: Exchange) -> None:
        for number in range(100_000):
            exchange.raw(text[number : number + 1] or b"x")
            if exchange.server.ending.wait(pause_s):
                break
        exchange.close = True

    return respond


def endless(size_bytes: int = 8 * 1024**3, **headers: str) -> Responder:
    """Gigabytes of zeros, whether or not a range was asked for."""

    def respond(exchange: Exchange) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        exchange.answer(200, {"Content-Length": str(size_bytes), **named})
        if exchange.request.method != "HEAD":
            block = bytes(64 * 1024)
            for _ in range(size_bytes // len(block)):
                exchange.raw(block)
        exchange.close = True

    return respond


def raw(data: bytes) -> Responder:
    """Send bytes that may be anything, then close."""

    def respond(exchange: Exchange) -> None:
        exchange.raw(data)
        exchange.close = True

    return respond


def reset(exchange: Exchange) -> None:
    """Close without a word."""
    exchange.close = True


@dataclass
class FaultServer:
    """Routes by path, on an address of the loopback network; with TLS when given a context."""

    routes: dict[str, Responder] = field(default_factory=dict)
    host: str = "127.0.0.1"
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    sent_bytes: int = 0
    connections: int = 0
    most_at_once: int = 0

    def __post_init__(self) -> None:
        self.ending = threading.Event()
        self._hits: defaultdict[str, int] = defaultdict(int)
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._under_way = 0
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer._serve(self.request)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False
            request_queue_size = 256

            def handle_error(self, request: Any, client_address: Any) -> None:
                """Clients that go away are what the tests are about."""

        self._server = Server((self.host, 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}"

    def asked(self, path: str | None = None) -> list[str]:
        """The requests so far, as `GET /path`."""
        with self._lock:
            return [f"{seen.method} {seen.target}" for seen in self.requests if path in (None, seen.path)]

    def wait_for_requests(self, count: int, timeout_s: float = 20) -> None:
        """Wait until so many requests have come."""
        with self._lock:
            assert self._came.wait_for(lambda: len(self.requests) >= count, timeout_s)

    def stop(self) -> None:
        self.ending.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> FaultServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self.connections += 1
        try:
            if self.tls is not None:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while (request := self._read(stream)) is not None:
                    if not self._respond(connection, request):
                        break
        except OSError:
            pass

    def _read(self, stream: Any) -> Request | None:
        line = stream.readline().decode("latin-1").split()
        if len(line) < 2:
            return None
        headers = {}
        while (header := stream.readline().decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        return Request(line[0], line[1], headers, body)

    def _respond(self, connection: socket.socket, request: Request) -> bool:
        with self._lock:
            self.requests.append(request)
            self._came.notify_all()
            hit = self._hits[request.path]
            self._hits[request.path] += 1
            self._under_way += 1
            self.most_at_once = max(self.most_at_once, self._under_way)
        try:
            responder = self.routes.get(request.path) or self.routes.get("*") or answer(404, "nothing here")
            exchange = Exchange(self, connection, request, hit)
            responder(exchange)
            return not exchange.close
        finally:
            with self._lock:
                self._under_way -= 1
