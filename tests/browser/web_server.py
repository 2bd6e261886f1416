"""A web server for built sites: under a sub-path, as project pages are, and able to fail as told."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

Change = Callable[[bytes], bytes | None]

_TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")


@dataclass
class WebServer:
    """`changes` maps the end of a path to what happens to that file on its way out: other bytes, or None for a 404.

    A path whose end is in `held` is answered when its event is set. `requests` lists the paths that were asked for,
    `sent_bytes` what went out. With `compress`, texts go out as GitHub Pages sends them.
    """

    folder: Path
    cors: bool = True
    compress: bool = False
    changes: dict[str, Change] = field(default_factory=dict)
    held: dict[str, threading.Event] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    sent_bytes: int = 0
    url: str = ""

    def requested(self, end: str) -> bool:
        return any(path.endswith(end) for path in self.requests)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".wasm": "application/wasm"}

    def __init__(self, *arguments, web: WebServer, **options):
        self.web = web
        super().__init__(*arguments, directory=str(web.folder), **options)

    def do_GET(self):
        path = urlsplit(self.path).path
        self.web.requests.append(path)
        if not path.startswith("/repo/"):
            return self._send(404, b"outside of the site", "text/plain")
        for end, event in list(self.web.held.items()):
            if path.endswith(end):
                event.wait(60)
        file = Path(self.translate_path(path.removeprefix("/repo")))
        if file.is_dir():
            file /= "index.html"
        data = file.read_bytes() if file.is_file() else None
        for end, change in self.web.changes.items():
            if path.endswith(end) and data is not None:
                data = change(data)
        if data is None:
            return self._send(404, b"not found", "text/plain")
        return self._send(200, data, self.guess_type(str(file)))

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if self.web.compress and kind.startswith(_TEXT):
            data = gzip.compress(data, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=600" if status == 200 else "no-store")
        if self.web.cors:
            self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(data)
        self.web.sent_bytes += len(data)

    def log_message(self, *_):
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A browser that stops a download is no error of ours."""


@contextmanager
def serving(folder: Path, **options) -> Iterator[WebServer]:
    """Serve `folder` at `url`, which ends in /repo/, on a free port of the loopback."""
    web = WebServer(folder, **options)
    server = _Quiet(("127.0.0.1", 0), partial(_Handler, web=web))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    web.url = f"http://127.0.0.1:{server.server_port}/repo/"
    try:
        yield web
    finally:
        for event in web.held.values():
            event.set()
        server.shutdown()
        server.server_close()
        thread.join()
