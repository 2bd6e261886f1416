"""A real Firefox, told what to do over WebDriver BiDi, which needs no driver beside it."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

TIMEOUT_S = 120


def firefox_path() -> str | None:
    """The system's Firefox."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Firefox:
    """One tab. `evaluate` gives what a script's last expression, or its promise, comes to: text, a number or None."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._sent = 0
        self._order("session.new", capabilities={})
        self._tab = self._order("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, url: str) -> None:
        self._order("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def evaluate(self, script: str) -> Any:
        done = self._order("script.evaluate", expression=script, target={"context": self._tab}, awaitPromise=True)
        assert done["type"] == "success", done
        return done["result"].get("value")

    def _order(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        self._socket.send(json.dumps({"id": self._sent, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(TIMEOUT_S))).get("id") != self._sent:
            pass
        assert "error" not in answer, answer
        return answer["result"]


@contextmanager
def firefox(path: str, profile: Path) -> Iterator[Firefox]:
    """A Firefox of its own with an empty profile; it ends with the block."""
    profile.mkdir()
    command = [path, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"]
    environment = os.environ | {"HOME": str(profile)}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stderr is not None
            listening = (re.search(r"BiDi listening on (ws://\S+)", line) for line in process.stderr)
            address = next(found[1] for found in listening if found)
            with connect(f"{address}/session", max_size=None) as socket:
                yield Firefox(socket)
        finally:
            process.kill()
