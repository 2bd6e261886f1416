"""Pieces of a tree of nodes that importers make, so that every imported value keeps the place it came from."""

from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode


class ImportProblem(Exception):
    """A file that cannot be imported; line and column, from 1, are in that file."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


def mark(name: str, line: int = 1, column: int = 1) -> yaml.Mark:
    """A place in an imported file, line and column from 1; line 0 stands for a binary file, which has no lines."""
    return yaml.Mark(name, 0, line - 1, column - 1, None, None)


def build(value: Any, at: yaml.Mark) -> Node:
    """A tree for plain values, all marked with one place; nodes inside keep theirs, and None is left out."""
    if isinstance(value, Node):
        return value
    if isinstance(value, dict):
        pairs = [(build(key, at), build(item, at)) for key, item in value.items() if item is not None]
        return MappingNode("", pairs, at, at)
    if isinstance(value, list | tuple):
        return SequenceNode("", [build(item, at) for item in value if item is not None], at, at)
    # Text is quoted, so that nothing is taken for a key that was left empty.
    return ScalarNode("", str(value), at, at, style='"' if isinstance(value, str) else "")


def like(node: Node, value: Any) -> Node:
    """A value in the place of another one, from which it was computed."""
    return build(value, node.start_mark)


def child(node: Node | None, *keys: str) -> Node | None:
    """The node below these keys; None where there is none."""
    for key in keys:
        if type(node) is not MappingNode:
            return None
        node = next((value for name, value in node.value if name.value == key), None)
    return node


def text(node: Node | None) -> str | None:
    """A scalar's text; None for anything else and for nothing."""
    return node.value.strip() or None if type(node) is ScalarNode else None


def scalar(node: Node | None) -> Node | None:
    """The node, when it is a scalar that holds something."""
    return node if text(node) else None


def items(node: Node | None) -> Iterator[Node]:
    """The items of a sequence; a scalar alone counts as one."""
    if type(node) is SequenceNode:
        yield from node.value
    elif scalar(node):
        yield node
