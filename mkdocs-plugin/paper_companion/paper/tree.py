"""The YAML of a paper file as a tree of nodes with positions, composed by libyaml; hostile input is refused early.

Scalars stay text: what they mean is for the model to say.
"""

import io
import re
from collections.abc import Iterator, Sequence

import yaml
from yaml.composer import ComposerError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import Reader

MAX_SIZE_BYTES = 1_000_000
MAX_DEPTH = 40
MAX_NODES = 50_000
_UNNAMED = "<unicode string>"

# Line breaks for YAML 1.1, and so for libyaml, but neither for YAML 1.2 nor for the editor that shows line numbers.
_LINE_BREAKS_NO_MORE = ("\x85", "\u2028", "\u2029")
_LINE = re.compile(r"\r\n|\r|\n")


class TreeError(Exception):
    """YAML that cannot be read, with the position (line and column from 1) of what is wrong."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class _Loader(yaml.CSafeLoader):
    """libyaml's composer without the guessing of types, stopped before it nests too deeply or grows too large."""

    depth = 0
    nodes = 0

    def descend_resolver(self, parent: Node | None, index: object) -> None:
        # libyaml's wrapper recurses in C: without a limit here, 100,000 brackets would end the process.
        self.depth += 1
        self.nodes += 1
        if self.depth > MAX_DEPTH:
            raise ComposerError(None, None, f"nested more than {MAX_DEPTH} levels deep", parent.start_mark)
        if self.nodes > MAX_NODES:
            raise ComposerError(None, None, f"more than {MAX_NODES} values", parent.start_mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1

    def resolve(self, kind: type[Node], value: object, implicit: object) -> str:
        return ""


class _Named(io.BytesIO):
    """Bytes with the name that libyaml puts into every mark."""

    name: str


def compose(data: bytes, name: str | None = None) -> Node | None:
    """The root node of one YAML document, or None when there is nothing in it.

    Every node's `tag` is empty: no type was guessed. Its marks hold the name, if there is one; see `source`.
    Raises TreeError.
    """
    text = decode_text(data)
    if name is None:
        loader = _Loader(text)
    else:
        stream = _Named(text.encode())
        stream.name = name
        loader = _Loader(stream)
    try:
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise _tree_error(error, text) from None
    except yaml.reader.ReaderError:
        # Not reached while `decode_text` refuses the same characters; libyaml gives no usable position for these.
        raise TreeError("not readable as YAML", 1, 1) from None
    finally:
        loader.dispose()
    if root is not None:
        if "!" in text:
            _refuse_tags(root)
        if "&" in text and "*" in text:
            _refuse_explosions(root)
    return root


def decode_text(data: bytes, limit_bytes: int = MAX_SIZE_BYTES) -> str:
    """The bytes as text. Raises TreeError for what is too large, not UTF-8, or holds unprintable characters."""
    if len(data) > limit_bytes:
        raise TreeError(f"the file is too large (at most {limit_bytes:,} bytes are read)", 1, 1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        raise TreeError("not UTF-8 text (save it as UTF-8)", *line_and_column(before, len(before))) from None
    if unprintable := Reader.NON_PRINTABLE.search(text):
        message = f"the character U+{ord(unprintable[0]):04X} cannot be in YAML (delete or escape it)"
        raise TreeError(message, *line_and_column(text, unprintable.start()))
    for character in _LINE_BREAKS_NO_MORE:
        text = text.replace(character, " ")
    return text


def line_and_column(text: str, index: int) -> tuple[int, int]:
    """The line and column, from 1, of a character; lines end as editors see it."""
    line, start = 1, 0
    for line_end in _LINE.finditer(text, 0, index):
        line, start = line + 1, line_end.end()
    return line, index - start + 1


def position(node: Node) -> tuple[int, int]:
    """The line and column, from 1, at which a node starts."""
    mark = node.start_mark
    return mark.line + 1, mark.column + 1


def source(node: Node) -> str | None:
    """The name of the file that a node was composed from; None for the paper file itself."""
    name: str = node.start_mark.name
    return None if name == _UNNAMED else name


def is_empty(node: Node) -> bool:
    """Whether nothing was written: `key:` or `key: ~`. `null` is text, it may be somebody's name."""
    return type(node) is ScalarNode and not node.style and (node.value == "" or node.value == "~")


def quoted_yaml(text: str) -> str:
    """The text as a double-quoted scalar on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'


def find(root: Node, keys: Sequence[str | int]) -> Node:
    """The node at a path of keys, or its nearest ancestor that is there."""
    node = root
    for key in keys:
        if type(node) is MappingNode:
            child = next((value for name, value in node.value if name.value == key), None)
        elif type(node) is SequenceNode and isinstance(key, int) and key < len(node.value):
            child = node.value[key]
        else:
            child = None
        if child is None:
            break
        node = child
    return node


def paths(root: Node) -> dict[int, tuple[str | int, ...]]:
    """The path of keys to each node by the node's id, for keys and values; the first, for nodes that aliases repeat."""
    found: dict[int, tuple[str | int, ...]] = {}
    stack: list[tuple[Node, tuple[str | int, ...]]] = [(root, ())]
    while stack:
        node, path = stack.pop()
        if id(node) in found:
            continue
        found[id(node)] = path
        if type(node) is MappingNode:
            for key_node, value_node in reversed(node.value):
                value_path = (*path, key_node.value if type(key_node) is ScalarNode else "?")
                found.setdefault(id(key_node), value_path)
                stack.append((value_node, value_path))
        elif type(node) is SequenceNode:
            stack.extend((child, (*path, index)) for index, child in reversed(list(enumerate(node.value))))
    return found


def _children(node: Node) -> Iterator[Node]:
    if type(node) is MappingNode:
        for pair in node.value:
            yield from pair
    elif type(node) is SequenceNode:
        yield from node.value


def _refuse_tags(root: Node) -> None:
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.tag:
            raise TreeError(
                f"the tag {node.tag[:60]!r} has no meaning here (quote text that starts with !)", *position(node)
            )
        stack.extend(_children(node))


def _refuse_explosions(root: Node) -> None:
    """Refuses aliases that contain themselves, or that repeat into more values than a file may have."""
    sizes: dict[int, int] = {}
    open_nodes: set[int] = set()

    def size(node: Node) -> int:
        if id(node) in sizes:
            return sizes[id(node)]
        if id(node) in open_nodes:
            raise TreeError("an alias that contains itself", *position(node))
        open_nodes.add(id(node))
        total = 1 + sum(map(size, _children(node)))
        open_nodes.remove(id(node))
        if total > MAX_NODES:
            raise TreeError(f"aliases repeat this into more than {MAX_NODES} values", *position(node))
        sizes[id(node)] = total
        return total

    size(root)


# What libyaml says, and what an author needs to hear, where the mistake is made rather than where it is noticed.
_AT_ITS_START = {
    ("found unexpected end of stream", "while scanning a quoted scalar"): "this quote is never closed",
    ("could not find expected ':'", "while scanning a simple key"): "expected a colon and a space after a key",
    (
        "did not find expected ',' or ']'",
        "while parsing a flow sequence",
    ): "this [ is never closed, or a comma is missing",
    (
        "did not find expected ',' or '}'",
        "while parsing a flow mapping",
    ): "this { is never closed, or a comma is missing",
}
_AT_ITS_END = {
    "mapping values are not allowed in this context": "a colon inside text (quote it), or a key indented too far",
    "did not find expected node content": "expected a value (or a [ or { above is never closed)",
    "found unknown escape character": "no such escape (double the \\, or use single quotes)",
    "did not find expected key": "expected a key (check the indentation here and above)",
    "but found another document": "a second document starts here (a paper file holds one)",
    "found undefined alias": "no anchor has this name (quote text that starts with *)",
    "second occurrence": "an anchor has this name already (quote text that starts with &)",
}


def _tree_error(error: yaml.MarkedYAMLError, text: str) -> TreeError:
    mark, problem = error.problem_mark or error.context_mark, error.problem or "not readable as YAML"
    if error.context_mark and (message := _AT_ITS_START.get((problem, error.context))):
        mark = error.context_mark
    elif problem == "found character that cannot start any token":
        character = text[mark.index : mark.index + 1]
        message = (
            "a tab cannot indent (use spaces)" if character == "\t" else f"quote text that starts with {character}"
        )
    else:
        message = _AT_ITS_END.get(problem) or " ".join(filter(None, (problem, error.context)))
    return TreeError(message, *line_and_column(text, min(mark.index, len(text))))
