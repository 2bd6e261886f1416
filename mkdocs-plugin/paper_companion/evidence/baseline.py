"""The baseline: findings that are known and accepted, so that a run fails only for new ones."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.findings import Finding, Report
from paper_companion.evidence.model import Outcome
from paper_companion.whole_file import write_whole

VERSION = 1


def read_baseline(path: Path) -> frozenset[str]:
    """The identities of known findings. Raises ConfigurationError when the file is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        known = document["known"]
        if document["version"] != VERSION or not all(isinstance(entry["identity"], str) for entry in known):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise ConfigurationError(
            f"--baseline {path}: not a baseline (write one with --write-baseline {path})"
        ) from None
    return frozenset(entry["identity"] for entry in known)


def write_baseline(path: Path, report: Report) -> None:
    """Accept everything that is broken now. Reasons are written too, for those who read the file. Raises OSError."""
    known = {
        finding.identity: {"identity": finding.identity, "place": finding.place, "reason": finding.reason}
        for finding in report.findings
        if finding.verdict is Outcome.BROKEN
    }
    document = {"version": VERSION, "known": [known[identity] for identity in sorted(known)]}
    write_whole(path, (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode())


def without_known(report: Report, known: frozenset[str]) -> Report:
    """The report with known broken findings as warnings: they are shown, and do not fail."""
    return replace(report, findings=tuple(_softened(report.findings, known)))


def _softened(findings: Iterable[Finding], known: frozenset[str]) -> Iterable[Finding]:
    for finding in findings:
        if finding.verdict is Outcome.BROKEN and finding.identity in known:
            yield replace(finding, verdict=Outcome.WARNING, reason=f"{finding.reason} (known)")
        else:
            yield finding
