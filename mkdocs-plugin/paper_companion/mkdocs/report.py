"""What a MkDocs build tells its author."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.exceptions import PluginError

if TYPE_CHECKING:
    from paper_companion.paper.problems import PaperError

# Not `get_plugin_logger`: its prefix would stand before the file's name, which editors make a link only at the start.
log = logging.getLogger("mkdocs.plugins.paper_companion")


def report(error: PaperError, consequence: str, serving: bool) -> None:
    """Tells each problem on a line. Raises PluginError, but not while serving: there the page itself shows it."""
    for line in str(error).splitlines():
        log.error(line)
    if not serving:
        raise PluginError(consequence)


def shown(path: Path) -> Path:
    """The path relative to where the author is, as the author's tools print paths."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
