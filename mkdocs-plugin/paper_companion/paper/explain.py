"""A paper file with its imports filled in and the origin of each value: YAML that reads back as the same paper."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paper_companion.paper.decode import keys_of
from paper_companion.paper.model import Paper
from paper_companion.paper.reader import PaperFile
from paper_companion.paper.tree import is_empty, position, quoted_yaml, source

_PLAIN_KEY = re.compile(r"[A-Za-z_][\w.-]*").fullmatch
_PLAIN_ITEM = re.compile(r"[\w.+-]+").fullmatch
_MAX_FLOW_LENGTH = 80


def explain(paper_file: PaperFile) -> str:
    """The resolved file in YAML, with an origin such as `CITATION.cff:12` after each value."""
    tree = paper_file.marks.tree()
    order = list(keys_of(Paper))
    resolved = [(key, value) for key, value in tree.value if key.value != "import"]
    resolved.sort(key=lambda pair: order.index(pair[0].value))
    whole = MappingNode("", resolved, tree.start_mark, tree.end_mark)
    lines = list(_Writer(paper_file).mapping(whole, ""))
    width = min(max((len(text) for text, _ in lines), default=0), 60)
    return "\n".join(f"{text:{width}}  # {origin}" if origin else text for text, origin in lines) + "\n"


class _Writer:
    """Writes nodes as lines, each with its origin or none."""

    def __init__(self, paper_file: PaperFile) -> None:
        self._path = paper_file.path.resolve()
        self._root = paper_file.root

    def mapping(self, node: Node, indent: str, first: str | None = None) -> Iterator[tuple[str, str]]:
        """The lines of a mapping; `first` takes the place of the first line's indent, for an item of a list."""
        for key_node, value_node in node.value:
            if is_empty(value_node):
                continue
            key = key_node.value if _PLAIN_KEY(key_node.value) else quoted_yaml(key_node.value)
            yield from self._entry(f"{indent if first is None else first}{key}:", value_node, indent)
            first = None

    def _entry(self, head: str, node: Node, indent: str) -> Iterator[tuple[str, str]]:
        inner = indent + "  "
        if type(node) is ScalarNode:
            yield from self._scalar(f"{head} ", node, inner)
        elif not node.value:
            yield f"{head} {'{}' if type(node) is MappingNode else '[]'}", self._origin(node)
        elif type(node) is MappingNode:
            yield head, ""
            yield from self.mapping(node, inner)
        elif (flow := self._flow(node)) and len(head) + len(flow) < _MAX_FLOW_LENGTH:
            yield f"{head} {flow}", self._origin(node.value[0])
        else:
            yield head, ""
            yield from self._sequence(node, inner)

    def _sequence(self, node: Node, indent: str) -> Iterator[tuple[str, str]]:
        for item in node.value:
            if type(item) is ScalarNode:
                yield from self._scalar(f"{indent}- ", item, indent + "  ")
            elif type(item) is MappingNode and any(not is_empty(value) for _, value in item.value):
                yield from self.mapping(item, indent + "  ", f"{indent}- ")
            elif type(item) is SequenceNode and item.value:
                yield f"{indent}-", ""
                yield from self._sequence(item, indent + "  ")
            else:
                yield f"{indent}- {'{}' if type(item) is MappingNode else '[]'}", self._origin(item)

    def _scalar(self, head: str, node: Node, indent: str) -> Iterator[tuple[str, str]]:
        lines = node.value.strip().split("\n")
        if len(lines) > 1 and all(line == line.strip() and line.isprintable() for line in lines) and lines[0]:
            yield f"{head}|-", self._origin(node)
            for line in lines:
                yield f"{indent}{line}" if line else "", ""
        else:
            yield f"{head}{_value(node)}", self._origin(node)

    def _flow(self, node: Node) -> str | None:
        items = node.value
        if any(type(item) is not ScalarNode or self._origin(item) != self._origin(items[0]) for item in items):
            return None
        plain = [not item.style and _PLAIN_ITEM(item.value) for item in items]
        texts = [item.value if bare else quoted_yaml(item.value) for item, bare in zip(items, plain, strict=True)]
        return f"[{', '.join(texts)}]"

    def _origin(self, node: Node) -> str:
        line, _ = position(node)
        path = os.path.relpath(source(node) or self._path, self._root)
        return f"{Path(path).as_posix()}:{line}" if line > 0 else Path(path).as_posix()


def _value(node: Node) -> str:
    """A scalar on one line, plain where it was plain: quoted, 0.5 would be text."""
    return node.value if not node.style and "\n" not in node.value else quoted_yaml(node.value)
