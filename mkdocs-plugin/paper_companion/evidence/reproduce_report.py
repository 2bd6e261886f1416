"""Reproductions as findings, and as evidence beside the paper file."""

from __future__ import annotations

from collections.abc import Iterable

from paper_companion.evidence.findings import Finding, Report, finding
from paper_companion.evidence.model import Outcome, evidence_path, kept_evidence, write_evidence
from paper_companion.evidence.reproduce import Reproduction
from paper_companion.paper.reader import PaperFile


def report_of(paper_file: PaperFile, reproductions: Iterable[Reproduction]) -> Report:
    """What came out, each at the line of its claim. A run in which nothing could be judged says why."""
    findings: list[Finding] = []
    duration_s = 0.0
    for reproduction in reproductions:
        number = paper_file.paper.results.index(reproduction.result)
        place = paper_file.problem("", "results", number, "value")
        findings.append(finding(reproduction.judgement, place, reproduction.result.id))
        duration_s += float(reproduction.judgement.details.get("duration_s", 0.0))
    unjudged = [found for found in findings if found.verdict is Outcome.UNKNOWN]
    return Report(tuple(findings), "; ".join(f"{found.path} {found.reason}" for found in unjudged), duration_s)


def keep_reproductions(paper_file: PaperFile, reproductions: Iterable[Reproduction]) -> None:
    """Write what came out beside the paper file. Raises EvidenceError when the evidence there cannot be read."""
    new = kept_evidence(paper_file.path).adding(reproduction.observation() for reproduction in reproductions)
    write_evidence(evidence_path(paper_file.path), new)
