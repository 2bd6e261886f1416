"""Checking paper files and whole trees of them."""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from paper_companion.paper.problems import PaperError, Problem
from paper_companion.paper.reader import PaperFile, read_paper

PAPER_FILE_NAMES = ("paper.yml", "paper.yaml")
_SKIPPED_FOLDERS = ("node_modules", "__pycache__")


def lint(paths: Iterable[Path], *checks: Callable[[PaperFile], object]) -> list[Problem]:
    """Every problem in these paper files, and in those below these folders.

    Each of the `checks` is called with each file that can be read; it raises PaperError for what else is wrong.
    """
    problems: list[Problem] = []
    for path in paths:
        found = False
        for paper_path in find_paper_files(path):
            found = True
            problems.extend(_problems(paper_path, checks))
        if not found:
            message = "there is no paper.yml in this folder (name a file, or make one with paper-companion new)"
            problems.append(Problem(path, 1, 1, "", message))
    return problems


def _problems(path: Path, checks: Iterable[Callable[[PaperFile], object]]) -> Iterator[Problem]:
    try:
        paper_file = read_paper(path)
    except PaperError as error:
        yield from error.problems
        return
    for check in checks:
        try:
            check(paper_file)
        except PaperError as error:
            yield from error.problems


def find_paper_files(path: Path) -> Iterator[Path]:
    """The path itself when it is no folder; else the paper files below it, in order, hidden folders left out."""
    if not path.is_dir():
        yield path
        return
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _SKIPPED_FOLDERS)
        for file in PAPER_FILE_NAMES:
            if file in files:
                yield Path(folder, file)
