"""What `mkdocs serve` watches for us, beside the docs, which it watches anyway."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.livereload import LiveReloadServer


class Watch:
    """Files and folders outside the docs; before the server is there, they wait for it."""

    def __init__(self) -> None:
        self._watched: set[Path] = set()
        self._server: LiveReloadServer | None = None

    def add(self, paths: Iterable[Path], docs: Path) -> None:
        """Has these watched, as far as they are there.

        Each takes a thread of the server's, so that what lies in the docs is left to the one that watches them.
        """
        found = {path.resolve() for path in paths if path.exists()}
        new = {path for path in found if not path.is_relative_to(docs.resolve())} - self._watched
        self._watched |= new
        if self._server is not None:
            self._serve(new)

    def start(self, server: LiveReloadServer) -> None:
        """Begins to watch, now that the server is there."""
        self._server = server
        self._serve(self._watched)

    def _serve(self, paths: Iterable[Path]) -> None:
        assert self._server is not None
        for path in paths:
            self._server.watch(str(path))
