"""The forms of a report by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.findings import Report
from paper_companion.evidence.report.annotations import to_annotations
from paper_companion.evidence.report.as_json import to_json
from paper_companion.evidence.report.junit import to_junit
from paper_companion.evidence.report.sarif import to_sarif
from paper_companion.evidence.report.summary import to_summary
from paper_companion.evidence.report.table import to_table
from paper_companion.whole_file import write_whole

FORMS: Mapping[str, Callable[[Report], str]] = {
    "table": to_table,
    "json": to_json,
    "github": to_annotations,
    "markdown": to_summary,
    "junit": to_junit,
    "sarif": to_sarif,
}


def parse_reports(options: Iterable[str]) -> dict[Path, str]:
    """Files to write, each with its form, from `form=file` texts. Raises ConfigurationError."""
    found: dict[Path, str] = {}
    for option in options:
        form, _, file = option.partition("=")
        if form not in FORMS or not file:
            raise ConfigurationError(f"--report {option}: expected a form and a file, as junit=report.xml")
        found[Path(file)] = form
    return found


def write_reports(report: Report, files: Mapping[Path, str]) -> None:
    """Write a report in several forms. Raises ConfigurationError for a file that cannot be written."""
    for path, form in files.items():
        try:
            write_whole(path, FORMS[form](report).encode())
        except OSError as error:
            raise ConfigurationError(f"--report {form}={path}: {error.strerror}") from None
