"""Shards: a collection's papers split among several machines, and their reports put together again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from paper_companion.evidence.findings import Finding, Report
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.web import ConfigurationError


def parse_shard(text: str) -> tuple[int, int]:
    """`3/8` as (3, 8). Raises ConfigurationError."""
    matched = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
    number, count = (int(matched[1]), int(matched[2])) if matched else (0, 0)
    if not 1 <= number <= count:
        raise ConfigurationError(f"--shard {text}: expected a number of a count, as 3/8")
    return number, count


def of_shard(paths: Iterable[Path], shard: tuple[int, int]) -> list[Path]:
    """The paths of one shard. A path's shard depends on its name alone, so that a new paper moves no other one."""
    number, count = shard
    return [
        path
        for path in paths
        if int.from_bytes(hashlib.sha256(path.as_posix().encode()).digest()[:8], "big") % count == number - 1
    ]


def read_report(path: Path) -> Report:
    """A report that `check --format json` wrote. Raises ConfigurationError when the file is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["version"] != 1:
            raise ValueError
        return Report(
            tuple(
                Finding(
                    verdict=Outcome(found["verdict"]),
                    file=Path(found["file"]),
                    line=int(found["line"]),
                    column=int(found["column"]),
                    key=str(found["key"]),
                    url=str(found.get("url", "")),
                    path=str(found.get("path", "")),
                    reason=str(found["reason"]),
                    suggestion=str(found["suggestion"]),
                    requests=int(found["requests"]),
                    received_bytes=int(found["bytes"]),
                    cached=bool(found["cached"]),
                )
                for found in document["findings"]
            ),
            str(document["not_judged"]),
            float(document["duration_s"]),
            int(document["site_links"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise ConfigurationError(f"{path}: not a report (make one with check --format json)") from None


def merged(reports: Iterable[Report]) -> Report:
    """All reports as one, in the order of files and lines; a finding that two reports share counts once."""
    total = Report(())
    for report in reports:
        total += report
    unique = {(finding.place, finding.identity): finding for finding in total.findings}
    findings = sorted(unique.values(), key=lambda finding: (str(finding.file), finding.line, finding.column))
    return Report(tuple(findings), total.not_judged, total.duration_s, total.site_links)
