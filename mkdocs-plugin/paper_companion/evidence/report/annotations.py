"""Findings as GitHub annotations: lines of a workflow's log that GitHub shows beside the code."""

from __future__ import annotations

from paper_companion.evidence.findings import Report
from paper_companion.evidence.model import Outcome

# GitHub shows no more than ten of a kind for a step; the job summary has them all.
MAX_SHOWN = 10
_COMMANDS = {Outcome.BROKEN: "error", Outcome.WARNING: "warning", Outcome.UNKNOWN: "notice"}


def to_annotations(report: Report) -> str:
    """Workflow commands for what is not well, worst first, escaped: an address is anybody's text."""
    found = [finding for finding in report.worst_first() if finding.verdict in _COMMANDS]
    lines = [
        f"::{_COMMANDS[finding.verdict]} file={_property(str(finding.file))},line={finding.line},"
        f"col={finding.column},title={_property(finding.key or str(finding.verdict))}::"
        f"{_data(f'{finding.thing}: {finding.message}')}"
        for finding in found[:MAX_SHOWN]
    ]
    if len(found) > MAX_SHOWN:
        lines.append(f"::notice title=More::{len(found) - MAX_SHOWN} further findings are in the job's summary")
    if report.not_judged:
        lines.append(f"::warning title=Could not be judged::{_data(report.not_judged)}")
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
