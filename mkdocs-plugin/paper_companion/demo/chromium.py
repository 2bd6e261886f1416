"""Chromium: the demo's answers in a real browser, in the worker that readers get, without a page around it."""

import functools
import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from paper_companion.demo.deno import DenoError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
ASK = """async ({ session, manifest, values }) => {
    const { Session } = await import(session);
    const { withAddresses, withBytes, withTexts } = await import(new URL("wire.mjs", session));
    const silent = { downloading() {}, progress() {}, starting() {}, running() {} };
    const site = new URL("../../../", session);
    const asked = new Session(withAddresses(manifest, site), silent, "the browser ended Python");
    const answers = [];
    try {
        for (const one of values) answers.push(withTexts(await asked.answer(withBytes(one))));
    } catch (error) {
        answers.push({ failed: error.message ?? String(error) });
    }
    asked.end();
    return JSON.stringify(answers);
}"""


def answers_in_chromium(
    folder: Path, web: str, manifest: Mapping[str, Any], values: Sequence[Any], timeout_s: float
) -> tuple[str, list[dict[str, Any]]]:
    """The answers to `values` of the demo whose part of a site lies in `folder`, our modules in its folder `web`.

    Also returns what answered. Raises DenoError when there is no browser.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        raise DenoError("Playwright is not installed (pip install playwright)") from None
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    with _serving(folder) as address, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        except Error as error:
            raise DenoError(f"Chromium cannot be started: {str(error).splitlines()[0]}") from None
        try:
            page = browser.new_page()
            page.set_default_timeout(1000 * timeout_s)
            page.goto(address)
            request = {"session": f"{address}{web}/session.mjs", "manifest": manifest, "values": values}
            answers = json.loads(page.evaluate(ASK, json.loads(json.dumps(request))))
            return f"Pyodide {manifest['runtime']['version']} in Chromium {browser.version}", answers
        finally:
            browser.close()


class _Handler(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".mjs": "text/javascript", ".wasm": "application/wasm"}

    def end_headers(self) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """A replay tells what it saw, not what was fetched."""


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    """Serve a folder, with an empty page at its top, on a free port of the loopback."""
    (folder / "index.html").write_text("<!doctype html><title>Replay</title>", encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
