"""A server that speaks Gradio's protocol and fails at the step that the first part of the path names."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from interfaces import EDGES, serve

RINGS = base64.b64encode((EDGES / "rings.png").read_bytes()).decode()

INFO = {
    "named_endpoints": {
        "/predict": {
            "parameters": [
                {"label": "Word", "parameter_name": "word", "component": "Textbox", "type": {"type": "string"}}
            ],
            "returns": [{"label": "Answer", "component": "Image", "type": {}}],
        }
    }
}


@dataclass
class Failures:
    """`/late` and `/silent` answer when `release` is set; `requests` lists the paths that were asked for."""

    url: str = ""
    release: threading.Event = field(default_factory=threading.Event)
    requests: list[str] = field(default_factory=list)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, failures: Failures):
        self.failures = failures
        super().__init__(*arguments)

    def do_OPTIONS(self):
        self._send(200, "", "text/plain")

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        if self._step == "full":
            return self._send(503, json.dumps({"detail": "Queue is full."}))
        self._send(200, json.dumps({"event_id": "e1"}))

    def do_GET(self):
        self.failures.requests.append(self.path)
        if self._step == "late":
            self.failures.release.wait(60)
        if self._step == "broken":
            return self._send(500, "Internal Server Error", "text/plain")
        if self._step == "other":
            return self._send(200, "<h1>Welcome</h1>", "text/html")
        if self.path.endswith("/info"):
            component = "Plot" if self._step == "drawn" else "Image"
            return self._send(200, json.dumps(INFO).replace("Image", component))
        if "/queue/data" in self.path:
            return self._send(
                200, "".join(f"data: {json.dumps(message)}\n\n" for message in self._messages()), "text/event-stream"
            )
        self._send(404, "not found", "text/plain")

    def _messages(self) -> Iterator[dict]:
        yield {"msg": "process_starts"}
        if self._step == "lost":
            yield {"msg": "unexpected_error", "message": "Server stopped unexpectedly.", "success": False}
        if self._step == "elsewhere":
            # A file that would be fetched from a third host.
            url = self.failures.url.replace("127.0.0.1", "localhost") + "spy.png"
            picture = {"path": "/tmp/spy.png", "url": url, "mime_type": "image/png"}
            yield {"msg": "process_completed", "success": True, "output": {"data": [picture]}}

        if self._step == "drawn":
            plot = {"type": "matplotlib", "plot": f"data:image/png;base64,{RINGS}"}
            yield {"msg": "process_completed", "success": True, "output": {"data": [plot]}}

    @property
    def _step(self) -> str:
        return self.path.split("/")[1]

    def _send(self, status: int, text: str, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        if self._step != "closed":
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@contextmanager
def failing_gradio() -> Iterator[Failures]:
    failures = Failures()
    with serve(lambda *arguments: _Handler(*arguments, failures=failures), failures):
        yield failures
