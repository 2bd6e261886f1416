"""Reading a paper file: everything that is wrong with it at once, or the paper with a position for every value."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from yaml.nodes import MappingNode, Node

from paper_companion.paper.decode import decoder, what
from paper_companion.paper.file_rules import check_files
from paper_companion.paper.findings import Findings, TooManyProblems, as_written, problem_at
from paper_companion.paper.imports.fill import child, text
from paper_companion.paper.model import Paper
from paper_companion.paper.problems import PaperError, Problem, UnavailableError
from paper_companion.paper.rules import check_rules
from paper_companion.paper.tree import MAX_SIZE_BYTES, TreeError, compose, find, is_empty, position

__all__ = ["PaperError", "PaperFile", "Problem", "parse_paper", "project_root", "read_paper"]

_ROOT_MARKERS = ("mkdocs.yml", "zensical.toml", ".git")


@dataclass(frozen=True, eq=False)
class Marks:
    """Where each value was written. Composed again when asked: thousands of papers may be held, and few are asked."""

    path: Path
    data: bytes = field(repr=False)

    @lru_cache(maxsize=8)  # noqa: B019 - eight trees at most are kept, of those that were asked last
    def tree(self) -> Node:
        """The tree of nodes, imported values included; not to be changed."""
        tree = compose(self.data)
        assert tree is not None, "was composed before"
        _fill_in(tree, project_root(self.path, text(child(tree, "root"))), lambda *_: None)
        return tree


@dataclass(frozen=True)
class PaperFile:
    """A paper file that has been read: its path as given, the project root, what it says, and where it says so."""

    path: Path
    root: Path
    paper: Paper
    marks: Marks = field(repr=False, compare=False)

    def position(self, *keys: str | int) -> tuple[int, int]:
        """Line and column, from 1, of the value at these keys, or of the nearest value around it that is there."""
        problem = self.problem("", *keys)
        return problem.line, problem.column

    def problem(self, message: str, *keys: str | int) -> Problem:
        """A problem with the value at these keys, in the file that says it: this one or an imported one."""
        tree = self.marks.tree()
        keys = as_written(tree, keys)
        return problem_at(find(tree, keys), self.path, message, *keys)


def read_paper(path: Path, *, files_must_exist: bool = True) -> PaperFile:
    """Reads and validates a paper file, and looks whether the files that it names are there.

    Raises PaperError with every problem at once.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise PaperError([Problem(path, 1, 1, "", "is no regular file")])  # a pipe would be waited for
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE_BYTES + 1)
    except FileNotFoundError:
        what = "there is no such file (paper-companion new makes one)"
        raise UnavailableError([Problem(path, 1, 1, "", what)]) from None
    except IsADirectoryError:
        raise UnavailableError([Problem(path, 1, 1, "", "is a folder (name the paper file in it)")]) from None
    except OSError as error:
        raise PaperError([Problem(path, 1, 1, "", f"cannot be read: {error.strerror}")]) from None
    return parse_paper(data, path, files_must_exist=files_must_exist)


def parse_paper(
    data: bytes, path: Path, *, files_must_exist: bool = True, default_root: Path | None = None
) -> PaperFile:
    """Validates what a paper file at this path holds, or would hold in a project with this root. Raises PaperError."""
    try:
        tree = compose(data)
    except TreeError as error:
        raise PaperError([Problem(path, error.line, error.column, "", error.message)]) from None
    if tree is None or is_empty(tree):
        raise PaperError([Problem(path, 1, 1, "", "is empty (start with paper: and title:)")])
    if type(tree) is not MappingNode:
        message = f"expected a mapping that starts with paper:, got {what(tree)}"
        raise PaperError([Problem(path, *position(tree), "", message)])
    findings = Findings(path, tree)
    paper: Paper | None = None
    own_root = text(child(tree, "root"))
    root = default_root if default_root and own_root is None else project_root(path, own_root)
    with suppress(TooManyProblems):
        _fill_in(tree, root, findings)
        findings.import_failed = bool(findings)
        paper = decoder(Paper)(tree, findings)
        if paper is not None:
            check_rules(paper, findings.report)
            if files_must_exist:
                check_files(paper, findings, root)
    if paper is None or findings:
        raise PaperError(findings.problems())
    return PaperFile(path, root, paper, Marks(path, data))


def _fill_in(tree: Node, root: Path, report: Callable[..., None]) -> None:
    if child(tree, "import") is not None:
        from paper_companion.paper.imports.merge import fill_in_imports

        fill_in_imports(tree, root, report)


def project_root(path: Path, root: str | None = None) -> Path:
    """The folder to which a paper file's paths are relative: `root`, the nearest project above it, or its own."""
    folder = path.resolve().parent
    if root is not None:
        with suppress(ValueError, RuntimeError):  # a NUL byte, a loop of links: the decoder says what is wrong
            return (folder / root).resolve()
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _ROOT_MARKERS):
            return candidate
    return folder
