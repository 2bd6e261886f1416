"""Where the values of a paper file come from that were not written in it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from paper_companion.paper.imports.fill import child, text
from paper_companion.paper.reader import PaperFile
from paper_companion.paper.tree import is_empty, source


def imported_keys(paper_file: PaperFile) -> Mapping[str, tuple[str, ...]]:
    """The keys that each imported file filled in, as `paper.authors` or `weights[leafgrade-s].inputs`, by its path.

    A key stands for all below it where they come from one file.
    """
    if not paper_file.paper.imports:
        return {}
    found: dict[str, list[str]] = {}
    for key, file in _origins(paper_file.marks.tree(), ""):
        if file is not None:
            found.setdefault(Path(os.path.relpath(file, paper_file.root)).as_posix(), []).append(key)
    return {file: tuple(keys) for file, keys in sorted(found.items())}


def _origins(node: Node, key: str) -> Iterator[tuple[str, str | None]]:
    """The keys below a node with the file that each was written in; the node's own key, when that is one file."""
    below = [origin for part, child_key in _parts(node, key) for origin in _origins(part, child_key)]
    files = {file for _, file in below} or {source(node)}
    if len(files) == 1 and key:
        yield key, files.pop()
    else:
        yield from below


def _parts(node: Node, key: str) -> Iterator[tuple[Node, str]]:
    if type(node) is MappingNode:
        for name, value in node.value:
            if not is_empty(value) and (key or name.value != "import"):
                yield value, f"{key}.{name.value}" if key else name.value
    elif type(node) is SequenceNode:
        for number, value in enumerate(node.value):
            yield value, f"{key}[{text(child(value, 'id')) or number}]"
