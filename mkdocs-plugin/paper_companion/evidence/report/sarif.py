"""Findings as SARIF 2.1.0, which code scanning reads."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from paper_companion import __version__
from paper_companion.evidence.findings import Finding, Report
from paper_companion.evidence.model import Outcome

_LEVELS = {Outcome.BROKEN: "error", Outcome.WARNING: "warning", Outcome.UNKNOWN: "note"}
# What each verdict says, and what to do about it.
_RULES = {
    Outcome.BROKEN: (
        "Something that the paper file names is not there, or is not what it says",
        "Correct the paper file, or bring back what it names.",
    ),
    Outcome.WARNING: (
        "Something that the paper file names is there, with a remark",
        "Write what the message suggests. Nothing fails for it.",
    ),
    Outcome.UNKNOWN: (
        "Nobody could tell whether something that the paper file names is there",
        "Look at it yourself. Nothing fails for it.",
    ),
}


def to_sarif(report: Report) -> str:
    """One result for each finding that is not well."""
    # Code scanning takes one run of each category for a commit: shards must not take each other's place.
    shard = f"{report.shard.number}-of-{report.shard.count}/" if report.shard is not None else ""
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "paper-companion",
                        "version": __version__,
                        "rules": [
                            {
                                "id": str(outcome),
                                "shortDescription": {"text": said},
                                "fullDescription": {"text": f"{said}."},
                                "help": {"text": todo},
                            }
                            for outcome, (said, todo) in _RULES.items()
                        ],
                    }
                },
                "automationDetails": {"id": f"paper-companion/{shard}"},
                "invocations": [{"executionSuccessful": not report.not_judged}],
                "results": [_result(finding) for finding in report.worst_first() if finding.verdict in _LEVELS],
            }
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _result(finding: Finding) -> dict[str, object]:
    region = {"startLine": finding.line, "startColumn": finding.column}
    place = {"artifactLocation": {"uri": _uri(finding.file)}, "region": region}
    return {
        "ruleId": str(finding.verdict),
        "level": _LEVELS[finding.verdict],
        "message": {"text": f"{finding.thing}: {finding.message}"},
        "locations": [{"physicalLocation": place}],
        # What a finding is about stays the same when lines move.
        "partialFingerprints": {"paperCompanion/v1": hashlib.sha256(finding.identity.encode()).hexdigest()},
    }


def _uri(path: Path) -> str:
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
