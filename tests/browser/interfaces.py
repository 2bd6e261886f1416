"""Interfaces on the loopback: real Gradio and Streamlit apps, and hosts that fail as their paths say."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
EDGES = HERE.parents[1] / "examples/hosted/demo"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def gradio_app(file: Path, port: int) -> Iterator[str]:
    """A Gradio app, once it serves; its address."""
    environment = {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1"}
    with _running([sys.executable, "-u", file], environment, "Running on local URL"):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def streamlit_app(file: Path, port: int) -> Iterator[str]:
    """A Streamlit app, once it serves; its address."""
    options = {
        "server.headless": "true",
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with _running([sys.executable, "-m", "streamlit", "run", file, *arguments], {}, "URL:"):
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def _running(command: list, environment: dict[str, str], ready: str) -> Iterator[None]:
    process = subprocess.Popen(
        list(map(str, command)),
        env=os.environ | environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = []
        for line in process.stdout:
            said.append(line)
            if ready in line:
                break
        else:
            raise AssertionError("".join(said))
        # Nobody reads the rest: it must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@dataclass
class Hosts:
    """A server whose paths behave as they are called. `/held` answers when `release` is set."""

    url: str = ""
    release: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)


READY = "<script>parent.postMessage('[iFrameResizerChild]Ready', '*')</script>"
# Speaks the protocol of iframe-resizer's child, and asks for the heights in its address.
SIZER = """<!doctype html><title>Sizer</title><p>Sizer<script>
addEventListener("message", ({ data, source, origin }) => {
  const [, id] = /^\\[iFrameSizer\\]([^:]+):/.exec(data) ?? [];
  if (!id) return;
  for (const height of location.search.slice(1).split("&")[0].split(","))
    source.postMessage(`[iFrameSizer]${id}:${height}:300:size`, "*");
  document.title = "Sized";
});
parent.postMessage("[iFrameResizerChild]Ready", "*");
</script>"""
PAGES = {
    "/forbids-framing": (200, {"X-Frame-Options": "DENY"}, READY),
    "/forbids-ancestors": (200, {"Content-Security-Policy": "frame-ancestors 'none'"}, READY),
    "/missing": (404, {}, "not found"),
    "/busy": (503, {}, "busy"),
    "/plain": (200, {}, "<!doctype html><title>Plain</title><p>An interface of another kind"),
    "/held": (200, {}, f"<!doctype html><title>Held</title><p>Awake{READY}"),
    "/sizer": (200, {}, SIZER),
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, hosts: Hosts):
        self.hosts = hosts
        super().__init__(*arguments)

    def do_GET(self):
        path = urlsplit(self.path).path
        self.hosts.requests.append(self.path)
        if path.endswith("/held"):
            self.hosts.release.wait(60)
        if path == "/elsewhere":
            # The same server under another name: another origin.
            return self._send(302, {"Location": self.hosts.url.replace("127.0.0.1", "localhost") + "sizer?500"}, "")
        self._send(*PAGES.get(path, (404, {}, "not found")))

    def _send(self, status: int, headers: dict[str, str], text: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A browser that leaves is no error of ours."""


@contextmanager
def serve(handler, owner) -> Iterator[str]:
    """Serves on a free port of the loopback; the address."""
    server = _Quiet(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    owner.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield owner.url
    finally:
        owner.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def failing_hosts() -> Iterator[Hosts]:
    hosts = Hosts()
    with serve(lambda *arguments: _Handler(*arguments, hosts=hosts), hosts):
        yield hosts
