"""Findings as a table for a terminal."""

from __future__ import annotations

from paper_companion.evidence.findings import WORST_FIRST, Report
from paper_companion.evidence.model import Outcome

# A mark beside the word, so that colour is never alone.
_MARKS = {Outcome.OK: "✓", Outcome.WARNING: "!", Outcome.BROKEN: "✗", Outcome.UNKNOWN: "?"}
_COLOURS = {Outcome.OK: "32", Outcome.WARNING: "33", Outcome.BROKEN: "31", Outcome.UNKNOWN: "36"}


def to_table(report: Report, everything: bool = False, colour: bool = False) -> str:
    """One line a finding, worst first, with what to do below it; those that are well only with `everything`."""
    shown = [finding for finding in report.worst_first() if everything or finding.verdict is not Outcome.OK]
    place_width = max((len(finding.place) for finding in shown), default=0)
    key_width = max((len(finding.key) for finding in shown), default=0)
    lines = []
    for finding in shown:
        verdict = f"{_MARKS[finding.verdict]} {finding.verdict:<7}"
        if colour:
            verdict = f"\x1b[{_COLOURS[finding.verdict]}m{verdict}\x1b[0m"
        lines.append(f"{verdict}  {finding.place:<{place_width}}  {finding.key:<{key_width}}  {finding.thing}".rstrip())
        if finding.reason:
            lines.append(f"           {finding.reason}")
        if finding.suggestion:
            lines.append(f"           → {finding.suggestion}")
    if lines:
        lines.append("")
    counts = report.count()
    parts = [f"{counts[outcome]} {outcome}" for outcome in WORST_FIRST if counts[outcome]]
    requests = sum(finding.requests for finding in report.findings)
    cached = sum(finding.cached for finding in report.findings)
    links = f", {report.site_links} links of the site" if report.site_links else ""
    cost = f"{requests} request{'s' * (requests != 1)}" + (f", {cached} remembered" if cached else "") + links
    shard = f", shard {report.shard}" if report.shard is not None else ""
    lines.append(f"{', '.join(parts) or 'nothing to look at'} ({cost}, {report.duration_s:.1f} s){shard}")
    if report.not_judged:
        lines.append(f"Could not be judged: {report.not_judged}")
    return "\n".join(lines) + "\n"
