"""Findings as JUnit XML, which most CI systems show as tests."""

from __future__ import annotations

from xml.etree import ElementTree

from paper_companion.evidence.findings import Report
from paper_companion.evidence.model import Outcome


def to_junit(report: Report) -> str:
    """One test case a finding: broken ones fail, unknown ones are skipped, warnings pass and say so."""
    counts = report.count()
    suite = ElementTree.Element(
        "testsuite",
        name=f"paper-companion {report.shard}" if report.shard is not None else "paper-companion",
        tests=str(len(report.findings) + bool(report.not_judged)),
        failures=str(counts[Outcome.BROKEN]),
        errors=str(int(bool(report.not_judged))),
        skipped=str(counts[Outcome.UNKNOWN]),
        time=f"{report.duration_s:.3f}",
    )
    for finding in report.findings:
        name = f"{finding.key} {finding.thing}".strip()
        case = ElementTree.SubElement(
            suite, "testcase", classname=str(finding.file), name=name, file=str(finding.file), line=str(finding.line)
        )
        if finding.verdict is Outcome.BROKEN:
            failure = ElementTree.SubElement(case, "failure", message=finding.message, type="broken")
            failure.text = f"{finding.place}: {finding.thing}: {finding.message}"
        elif finding.verdict is Outcome.UNKNOWN:
            ElementTree.SubElement(case, "skipped", message=finding.message)
        elif finding.verdict is Outcome.WARNING:
            ElementTree.SubElement(case, "system-out").text = finding.message
    if report.not_judged:
        case = ElementTree.SubElement(suite, "testcase", classname="paper-companion", name="run")
        ElementTree.SubElement(case, "error", message=report.not_judged, type="not judged")
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'
