"""What decoding and the rules find wrong with one file; positions are looked up only when there is something."""

import os
from pathlib import Path

from yaml.nodes import MappingNode, Node

from paper_companion.paper.problems import Problem, key_path, on_one_line
from paper_companion.paper.tree import find, paths, position, source

MAX_PROBLEMS = 100
IS_REQUIRED = "is required"
_OFTEN_IMPORTED = (("paper",), ("paper", "title"))


class TooManyProblems(Exception):
    """Reading stops: nobody reads on, and looking for the words that were meant takes time."""


class Findings:
    """The problems of one file, and the files that it needs. True when there is a problem."""

    def __init__(self, path: Path, tree: Node) -> None:
        self.path = path
        self._tree = tree
        self._found: list[tuple[Node | None, str, tuple[str | int, ...]]] = []
        self.import_failed = False
        self.expected_files: list[tuple[Node, str, str]] = []
        """Nodes that name a file which must be there, with their format and their text."""

    def __bool__(self) -> bool:
        return bool(self._found)

    def __call__(self, node: Node | None, message: str, *keys: str | int) -> None:
        """Something is wrong with a node; keys name a place below it that is not there."""
        self._found.append((node, message, keys))
        if len(self._found) >= MAX_PROBLEMS:
            raise TooManyProblems

    def report(self, message: str, *keys: str | int) -> None:
        """Something is wrong with the value at these keys."""
        self(None, message, *keys)

    def expect_file(self, node: Node, format_name: str, text: str) -> None:
        """The text names a file that must be there: a path, a sibling of the paper file, or a function in a file."""
        self.expected_files.append((node, format_name, text))

    def problems(self) -> list[Problem]:
        """The problems in the order of the file, each once."""
        path_of = paths(self._tree)
        found: dict[Problem, None] = {}
        unreadable: set[tuple[str | int, ...]] = set()
        for node, message, keys in self._found:
            if node is not None:
                keys = (*path_of.get(id(node), ()), *keys)
                unreadable.add(keys)
            else:
                keys = as_written(self._tree, keys)
                if keys in unreadable:
                    continue  # a value that could not be read is not missing as well
            if keys in _OFTEN_IMPORTED and message == IS_REQUIRED and self.import_failed:
                continue  # what could not be imported is not missing as well
            found[problem_at(node or find(self._tree, keys), self.path, message, *keys)] = None
        return sorted(found, key=lambda one: (one.path != self.path, one.path, one.line, one.column))


def problem_at(node: Node, path: Path, message: str, *keys: str | int) -> Problem:
    """A problem with a value that was read from the paper file at this path, or from a file that it imports."""
    line, column = position(node)
    if (imported := source(node)) is not None:
        if keys and not message.endswith(")"):
            message += f" (or set it in {path.name})"
        # Printed as the paper file's own path is: relative to where the author is, or absolute.
        path = Path(imported if path.is_absolute() else os.path.relpath(imported))
    return Problem(path, max(line, 1), max(column, 1), on_one_line(key_path(keys)), on_one_line(message))


def as_written(tree: Node, keys: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The keys under which a value was written: a single weights file may be described on the entry itself."""
    if keys[:1] == ("weights",) and keys[2:4] == ("files", 0) and type(find(tree, keys[:3])) is MappingNode:
        return (*keys[:2], *keys[4:])
    return keys
