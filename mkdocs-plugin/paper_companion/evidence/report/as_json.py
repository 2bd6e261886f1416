"""Findings as one JSON object."""

from __future__ import annotations

import json

from paper_companion import __version__
from paper_companion.evidence.findings import Finding, Report
from paper_companion.evidence.model import Outcome


def to_json(report: Report) -> str:
    """`{"findings": [...], "counts": {...}, …}`; paths as they were given on the command line."""
    counts = report.count()
    head = {
        "version": 1,
        "by": __version__,
        "duration_s": round(report.duration_s, 3),
        "not_judged": report.not_judged,
        "site_links": report.site_links,
        "shard": str(report.shard) if report.shard is not None else None,
        "counts": {str(outcome): counts[outcome] for outcome in Outcome},
    }
    lines = [f"  {_text(name)}: {_text(value)}," for name, value in head.items()]
    # One finding a line: a quarter of the time that indenting them takes, and easy to search.
    findings = ",\n".join(f"    {_text(_finding(finding))}" for finding in report.findings)
    return "\n".join(["{", *lines, '  "findings": [', *([findings] if findings else []), "  ]", "}", ""])


def _finding(finding: Finding) -> dict[str, object]:
    return {
        **({"url": finding.url} if finding.url else {"path": finding.path}),
        "verdict": str(finding.verdict),
        "reason": finding.reason,
        "suggestion": finding.suggestion,
        "file": str(finding.file),
        "line": finding.line,
        "column": finding.column,
        "key": finding.key,
        "requests": finding.requests,
        "bytes": finding.received_bytes,
        "cached": finding.cached,
    }


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
