"""Shards: a collection's papers split among several machines, and their reports put together again."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.findings import Finding, Report, Shard
from paper_companion.evidence.model import Outcome


def parse_shard(text: str) -> Shard:
    """A shard from `3/8`. Raises ConfigurationError."""
    try:
        return _shard(text)
    except ValueError:
        raise ConfigurationError(f"--shard {text}: expected a number of a count, as 3/8") from None


def _shard(text: str) -> Shard:
    matched = re.fullmatch(r"(\d{1,5})/(\d{1,5})", text)
    shard = Shard(int(matched[1]), int(matched[2])) if matched else Shard(0, 0)
    if not 1 <= shard.number <= shard.count:
        raise ValueError
    return shard


def of_shard(paths: Iterable[Path], shard: Shard) -> list[Path]:
    """The paths of one shard. A path's shard depends on its name alone, so that a new paper moves no other one."""
    return [
        path
        for path in paths
        if int.from_bytes(hashlib.sha256(path.as_posix().encode()).digest()[:8], "big") % shard.count
        == shard.number - 1
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
            _shard(document["shard"]) if document["shard"] is not None else None,
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise ConfigurationError(f"{path}: not a report (make one with check --format json)") from None


def merged(reports: Iterable[Report]) -> Report:
    """All reports as one, in the order of files and lines; a finding that two reports share counts once.

    Raises ConfigurationError when some are shards of a whole that the others do not make up.
    """
    reports = tuple(reports)
    _check_shards([report.shard for report in reports])
    total = Report(())
    for report in reports:
        total += report
    unique = {(finding.place, finding.identity): finding for finding in total.findings}
    findings = sorted(unique.values(), key=lambda finding: (str(finding.file), finding.line, finding.column))
    return Report(tuple(findings), total.not_judged, total.duration_s, total.site_links)


def _check_shards(shards: list[Shard | None]) -> None:
    given = [shard for shard in shards if shard is not None]
    if not given:
        return
    counts = sorted({shard.count for shard in given})
    if len(counts) > 1:
        raise ConfigurationError(f"merge: shards of {' and of '.join(map(str, counts))} are not of the same whole")
    if len(given) < len(shards):
        raise ConfigurationError("merge: some reports are shards and some are not")
    times = Counter(shard.number for shard in given)
    missing = [str(number) for number in range(1, counts[0] + 1) if number not in times]
    double = [str(number) for number in sorted(times) if times[number] > 1]
    wrong = [
        f"{what}: {', '.join(numbers)}" for what, numbers in (("missing", missing), ("given twice", double)) if numbers
    ]
    if wrong:
        raise ConfigurationError(f"merge: of {counts[0]} shards, {'; '.join(wrong)}")
