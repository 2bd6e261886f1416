"""A built site read by a process of its own, so that one core reads pages while another asks servers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from paper_companion.evidence.site_links import Outside, SiteLinks


_TELL_EVERY_S = 0.02


class SiteReading:
    """The reading of one site. The process starts at once, and the reading when it is asked for."""

    def __init__(self, folder: Path) -> None:
        # -P: what lies in the folder that the command is called in is none of ours.
        command = [sys.executable, "-P", "-m", __name__, os.fspath(folder)]
        self.folder = folder
        # In a session of its own, so that Ctrl-C is for this process alone, which then ends the other.
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def read(self, site_url: str) -> Iterator[Outside | SiteLinks]:
        """Read all pages; yields each link out of the site when it is met first, and at last what became of all links.

        `site_url` is where the site will stand. Raises OSError when the process comes to no end.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError), self._process.stdin as told:
            told.write(json.dumps(site_url) + "\n")
        for line in self._process.stdout:
            record = json.loads(line)
            if isinstance(record, dict):
                yield _links(record)
                return
            yield from map(tuple, record)
        raise OSError(f"{self.folder}: its pages could not be read")

    def __enter__(self) -> SiteReading:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:
            self._process.kill()


def _record(links: SiteLinks) -> dict[str, object]:
    return {
        "broken": [[what, vars(mention)] for what, mention in links.broken],
        "outside": [[*outside, vars(mention)] for outside, mention in links.outside.items()],
        "unreadable": links.unreadable,
        "count": links.count,
    }


def _links(record: dict[str, list]) -> SiteLinks:
    from paper_companion.evidence.site_links import Mention, SiteLinks

    return SiteLinks(
        [(what, Mention(**mention)) for what, mention in record["broken"]],
        {(address, framed): Mention(**mention) for address, framed, mention in record["outside"]},
        record["unreadable"],
        record["count"],
    )


def main(folder: str, stdin: TextIO, stdout: TextIO) -> None:
    """Read the site's address, then its pages; say now and then which links lead out of the site, and at last all."""
    from paper_companion.evidence.site_links import SiteReader

    site_url = stdin.readline()
    if not site_url:
        return
    reader = SiteReader(Path(folder), json.loads(site_url))
    found: list[Outside] = []
    told_at = 0.0
    for outside in reader.read():
        found.append(outside)
        # Not each by itself: whoever listens has servers to ask meanwhile.
        if time.monotonic() - told_at > _TELL_EVERY_S:
            print(json.dumps(found), file=stdout, flush=True)
            found.clear()
            told_at = time.monotonic()
    print(json.dumps(found), file=stdout)
    print(json.dumps(_record(reader.links)), file=stdout, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.stdin, sys.stdout)
    except BrokenPipeError:
        os._exit(1)
