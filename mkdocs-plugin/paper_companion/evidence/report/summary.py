"""Findings as Markdown, for a job's summary."""

from __future__ import annotations

import re

from paper_companion.evidence.findings import WORST_FIRST, Finding, Report
from paper_companion.evidence.model import Outcome

# GitHub cuts a step's summary at 1 MiB.
MAX_ROWS = 1000
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&$@])")


def to_summary(report: Report) -> str:
    """A line of counts, and a table of what is not well, worst first."""
    counts = report.count()
    said = ", ".join(f"{counts[outcome]} {outcome}" for outcome in WORST_FIRST if counts[outcome])
    shard = f", shard {report.shard}" if report.shard is not None else ""
    lines = [f"### What a machine saw{shard}", "", f"{said or 'Nothing to look at'}, in {report.duration_s:.1f} s.", ""]
    if report.not_judged:
        lines += [f"**Could not be judged:** {_escaped(report.not_judged)}", ""]
    found = [finding for finding in report.worst_first() if finding.verdict is not Outcome.OK]
    if found:
        lines += ["| Verdict | Where | What | Why |", "| --- | --- | --- | --- |"]
        lines += [_row(finding) for finding in found[:MAX_ROWS]]
        if len(found) > MAX_ROWS:
            lines += ["", f"… and {len(found) - MAX_ROWS} more."]
        lines.append("")
    return "\n".join(lines)


def _row(finding: Finding) -> str:
    where = f"{finding.place} {finding.key}".strip()
    cells = (str(finding.verdict), where, finding.thing, finding.message)
    return "| " + " | ".join(_escaped(cell) for cell in cells) + " |"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no mention, no live link of a stranger's making."""
    plain = _SPECIAL.sub(r"\\\1", text.replace("\n", " "))
    return plain.replace("://", ":\u200b//")
