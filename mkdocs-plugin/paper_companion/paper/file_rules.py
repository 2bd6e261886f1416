"""Whether the files that a paper names are there."""

import os
from collections.abc import Sequence
from pathlib import Path

from paper_companion.paper.artifacts import File
from paper_companion.paper.findings import Findings
from paper_companion.paper.interface import Demo
from paper_companion.paper.model import Paper

_TYPES_BY_PATH = ("image", "audio", "file")


def check_files(paper: Paper, findings: Findings, root: Path) -> None:
    """Reports every file that is missing under the project root, or beside the paper file."""
    if not root.is_dir():
        findings.report(f"there is no folder {paper.root}", "root")
        return
    for node, format_name, text in findings.expected_files:
        name = text.rpartition(":")[0] if format_name == "function" else text
        base = findings.path.parent if format_name == "sibling" else root
        if not os.path.isfile(base / name):
            findings(node, _missing(name, base))
    for key, entries in (("data", paper.data), ("weights", paper.weights)):
        for index, entry in enumerate(entries):
            if entry and entry.is_shared:
                _check_downloads(entry.files, findings, root, key, index)
    for index, section in enumerate(paper.page.sections if paper.page else ()):
        if section and section.endswith(".md") and not os.path.isfile(root / section):
            findings.report(_missing(section, root), "page", "sections", index)
    if paper.demo:
        _check_demo(paper.demo, findings, root)


def _missing(name: str, folder: Path) -> str:
    return f"there is no file {name} in {folder}"


def _check_downloads(files: Sequence[File], findings: Findings, root: Path, *keys: str | int) -> None:
    for index, file in enumerate(files):
        # What can be downloaded need not be in the checkout: weights often are too large for it.
        if file and file.path and not file.url and not os.path.isfile(root / file.path):
            findings.report(_missing(file.path, root), *keys, "files", index, "path")


def _check_demo(demo: Demo, findings: Findings, root: Path) -> None:
    for index, pattern in enumerate(demo.files):
        if pattern and not any(root.glob(pattern)):
            findings.report(f"nothing in {root} matches {pattern}", "demo", "files", index)
    for index, package in enumerate(demo.packages):
        if package and package.startswith("./") and not os.path.exists(root / package):
            findings.report(f"there is no {package} in {root}", "demo", "packages", index)
    by_path = {field.id for field in demo.inputs if field and field.type in _TYPES_BY_PATH}
    for index, example in enumerate(demo.examples):
        for name, value in (example.inputs or {}).items() if example else ():
            for path in value if isinstance(value, list) else (value,):
                if name in by_path and isinstance(path, str) and not os.path.isfile(root / path):
                    findings.report(_missing(path, root), "demo", "examples", index, "inputs", name)
