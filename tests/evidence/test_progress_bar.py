"""The line at the bottom of a terminal: what it says while looking and reading, and that a pipe gets nothing of it."""

import hashlib
import os
import pty
import re
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_server import Exchange, FaultServer, page

COMMAND = [sys.executable, "-m", "paper_companion", "check", "--allow-address", "127.0.0.0/8", "--dry-run"]
SIZE_BYTES = 3_000_000


class Terminal:
    """A terminal of 80 columns that remembers all that was written to it."""

    def __init__(self) -> None:
        self._ours, self.theirs = pty.openpty()
        self.text = ""

    def read_until(self, pattern: str, within_s: float = 30) -> None:
        while not re.search(pattern, self.text):
            assert select.select([self._ours], [], [], within_s)[0], f"{pattern} did not appear in {self.text!r}"
            try:
                self.text += os.read(self._ours, 65536).decode()
            except OSError:  # the other side is closed
                raise AssertionError(f"{pattern} did not appear in {self.text!r}") from None

    def close(self) -> None:
        os.close(self._ours)


@pytest.fixture
def project(tmp_path: Path, server: FaultServer) -> Iterator[threading.Event]:
    """A paper with two links and a file; the second link and the end of the file come when the event is set."""
    may_end = threading.Event()
    data = os.urandom(SIZE_BYTES)

    def held_link(exchange: Exchange) -> None:
        may_end.wait(30)
        page()(exchange)

    def held_file(exchange: Exchange) -> None:
        if exchange.request.headers.get("range"):
            exchange.answer(206, {"Content-Range": f"bytes 0-8191/{SIZE_BYTES}"}, data[:8192])
            return
        exchange.answer(200, {"Content-Length": str(SIZE_BYTES)}, data[:1_000_000])
        may_end.wait(30)
        exchange.raw(data[1_000_000:])

    server.routes = {"/a": page(), "/b": held_link, "/w.bin": held_file}
    file = f"{{url: '{server.url}/w.bin', sha256: {hashlib.sha256(data).hexdigest()}, size: {SIZE_BYTES}}}"
    links = "".join(f"  - {{label: a link, url: '{server.url}/{name}'}}\n" for name in "ab")
    weights = f"weights:\n- id: leaf\n  license: MIT\n  files:\n  - {file}\n"
    (tmp_path / "paper.yml").write_text(f"paper:\n  title: A paper\n{weights}links:\n{links}")
    yield may_end
    may_end.set()


def start(folder: Path, **streams: int) -> subprocess.Popen:
    environment = {**os.environ, "PAPER_COMPANION_CACHE": str(folder / "cache"), "COLUMNS": "80"}
    return subprocess.Popen(COMMAND, cwd=folder, env=environment, text=True, **streams)


def test_a_terminal_shows_looks_and_bytes_while_they_come_and_the_report_after(project, tmp_path):
    terminal = Terminal()
    with start(tmp_path, stdout=terminal.theirs, stderr=terminal.theirs) as run:
        os.close(terminal.theirs)
        terminal.read_until(r"\rLooking  \[########-{16}\]  1/3  1\.0 of 3\.0 MB\x1b\[K")
        project.set()
        terminal.read_until(r"\r\x1b\[K(.|\n)*3 ok")
    terminal.close()

    assert run.returncode == 0
    assert "\n" not in terminal.text.partition("\r\x1b[K")[0]


def test_a_pipe_gets_no_line_and_no_escape_codes(project, tmp_path):
    project.set()
    with start(tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        said, told = run.communicate(timeout=30)

    assert run.returncode == 0
    assert told == ""
    assert "\x1b" not in said
