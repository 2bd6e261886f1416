"""Reading a paper file: everything that is wrong with it at once, or the paper with a position for every value."""

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import MappingNode, Node

from paper_companion.paper.decode import decoder, what
from paper_companion.paper.model import Paper
from paper_companion.paper.problems import PaperError, Problem, key_path
from paper_companion.paper.tree import MAX_SIZE_BYTES, TreeError, compose, find, paths, position

__all__ = ["PaperError", "PaperFile", "Problem", "project_root", "read_paper"]

_ROOT_MARKERS = ("mkdocs.yml", "zensical.toml", ".git")
MAX_PROBLEMS = 100


class _TooManyProblems(Exception):
    """Reading stops: nobody reads on, and looking for the word that was meant takes time."""


class _Collector:
    """Collects what decoders report; says where in the end, when there is anything to say."""

    def __init__(self) -> None:
        self.reports: list[tuple[Node, str, tuple[str | int, ...]]] = []

    def __call__(self, node: Node, message: str, *keys: str | int) -> None:
        self.reports.append((node, message, keys))
        if len(self.reports) >= MAX_PROBLEMS:
            raise _TooManyProblems

    def problems(self, path: Path, tree: Node) -> list[Problem]:
        """The problems in the order of the file, each once."""
        path_of = paths(tree)
        found = {
            Problem(path, *position(node), key_path((*path_of[id(node)], *keys)), message)
            for node, message, keys in self.reports
        }
        return sorted(found, key=lambda problem: (problem.line, problem.column, problem.key))


@dataclass(frozen=True)
class Marks:
    """Where each value was written. Composed again when asked, since thousands of papers may be held at once."""

    data: bytes = field(repr=False)

    def root(self) -> Node:
        """The root of the tree of nodes."""
        root = compose(self.data)
        assert root is not None, "was composed before"
        return root


@dataclass(frozen=True)
class PaperFile:
    """A paper file that has been read: its path as given, the project root, what it says, and where it says so."""

    path: Path
    root: Path
    paper: Paper
    marks: Marks = field(repr=False, compare=False)

    def position(self, *keys: str | int) -> tuple[int, int]:
        """Line and column, from 1, of the value at these keys, or of the nearest value around it that is there."""
        root = self.marks.root()
        if keys[:1] == ("weights",) and keys[2:4] == ("files", 0) and type(find(root, keys[:3])) is MappingNode:
            keys = (*keys[:2], *keys[4:])  # a single file is described on the entry itself
        return position(find(root, keys))

    def problem(self, message: str, *keys: str | int) -> Problem:
        """A problem with the value at these keys."""
        return Problem(self.path, *self.position(*keys), key_path(keys), message)


def read_paper(path: Path) -> PaperFile:
    """Reads and validates a paper file. Raises PaperError with every problem that is in it."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_SIZE_BYTES + 1)
    except OSError as error:
        raise PaperError([Problem(path, 1, 1, "", f"cannot be read: {error.strerror}")]) from None
    try:
        tree = compose(data)
    except TreeError as error:
        raise PaperError([Problem(path, error.line, error.column, "", error.message)]) from None
    if tree is None:
        raise PaperError([Problem(path, 1, 1, "", "is empty (start with paper: and title:)")])
    if type(tree) is not MappingNode:
        message = f"expected a mapping that starts with paper:, got {what(tree)}"
        raise PaperError([Problem(path, *position(tree), "", message)])
    collector = _Collector()
    paper = None
    with suppress(_TooManyProblems):
        paper = decoder(Paper)(tree, collector)
    if paper is None or collector.reports:
        raise PaperError(collector.problems(path, tree))
    return PaperFile(path, project_root(path, paper.root), paper, Marks(data))


def project_root(path: Path, root: str | None = None) -> Path:
    """The folder to which a paper file's paths are relative: `root`, the nearest project above it, or its own."""
    folder = path.resolve().parent
    if root is not None:
        return (folder / root).resolve()
    for candidate in (folder, *folder.parents):
        if any((candidate / marker).exists() for marker in _ROOT_MARKERS):
            return candidate
    return folder
