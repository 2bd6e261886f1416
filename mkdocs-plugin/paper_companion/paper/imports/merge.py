"""What `import:` does: the named files fill in the keys that the author left out, each value with its own place."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from paper_companion.paper.identifiers import check_path
from paper_companion.paper.imports.fill import ImportProblem, build, child, items, mark, text
from paper_companion.paper.problems import did_you_mean, quoted
from paper_companion.paper.tree import MAX_SIZE_BYTES, TreeError, compose, decode_text, is_empty

Report = Callable[..., None]
"""`report(node, message, *keys)`"""

KINDS = (
    "CITATION.cff, a .bib file, a model card (.md), config.json, preprocessor_config.json, rdf.yaml, pyproject.toml, "
    "a .safetensors or .onnx file"
)


def fill_in_imports(tree: Node, root: Path, report: Report) -> None:
    """Adds to the tree what the files named under `import` say; what is there already stays."""
    entries = child(tree, "import")
    for entry in [entries] if type(entries) is MappingNode else list(items(entries)):
        name = entry if text(entry) else child(entry, "file")
        if (given := text(name)) is None or name is None:
            continue  # the decoder says what is wrong with it
        try:
            check_path(given)
        except ValueError as error:
            report(name, str(error))
            continue
        path = root / given
        if _kind(path) is None:
            report(name, f"nothing is known about such files (what can be imported: {KINDS})")
            continue
        if not os.path.isfile(path):
            report(name, f"there is no file {given} in {root}")
            continue
        try:
            fill = _read(path, given, text(child(entry, "key")))
        except (ImportProblem, TreeError) as problem:
            report(build("", mark(str(path), problem.line, problem.column)), problem.message)
            continue
        except OSError as error:
            report(name, f"{given} cannot be read: {error.strerror}")
            continue
        weights = fill.pop("weights", None)
        at = mark(str(path), 0)
        _merge(tree, build({key: value for key, value in fill.items() if _says_something(value)}, at))
        if weights and _says_something(weights):
            _merge_weights(tree, entry, given, build(weights, at), report)


def _says_something(value: Any) -> bool:
    return any(item is not None for item in value.values()) if isinstance(value, dict) else value is not None


_KINDS_BY_NAME = ("config.json", "preprocessor_config.json", "pyproject.toml")
_KINDS_BY_ENDING = (".safetensors", ".onnx", ".bib", ".md", ".cff", "rdf.yaml")


def _kind(path: Path) -> str | None:
    name = path.name.lower().replace("rdf.yml", "rdf.yaml")
    return name if name in _KINDS_BY_NAME else next((end for end in _KINDS_BY_ENDING if name.endswith(end)), None)


def _read(path: Path, name: str, key: str | None) -> dict[str, Any]:
    kind = _kind(path)
    if kind in (".safetensors", ".onnx"):
        return {"weights": _from_binary(path, name)}
    from paper_companion.paper.imports import bibtex, bioimageio, citation, hugging_face, pyproject

    with path.open("rb") as file:
        data = file.read(MAX_SIZE_BYTES + 1)
    if kind == ".bib":
        return bibtex.fill_from_bibtex(decode_text(data, bibtex.MAX_SIZE_BYTES), str(path), key)
    if kind == "pyproject.toml":
        return pyproject.fill_from_pyproject(decode_text(data), str(path))
    if kind == ".md":
        return hugging_face.fill_from_card(_compose(hugging_face.front_matter(decode_text(data)).encode(), path))
    root = _compose(data, path)
    if kind == "rdf.yaml":
        return bioimageio.fill_from_description(root, name.rpartition("/")[0])
    fills = {
        ".cff": citation.fill_from_citation,
        "config.json": hugging_face.fill_from_config,
        "preprocessor_config.json": hugging_face.fill_from_preprocessor,
    }
    return fills[kind or ""](root)


def _compose(data: bytes, path: Path) -> Node:
    try:
        node = compose(data, str(path))
    except TreeError:
        if path.suffix != ".json":
            raise
        node = _compose_json(data, path)
    if type(node) is not MappingNode:
        raise ImportProblem("expected a mapping")
    return node


def _compose_json(data: bytes, path: Path) -> Node:
    """JSON that YAML 1.1 does not read, such as a surrogate pair; its values are marked at the file's start."""
    try:
        return build(json.loads(data), mark(str(path)))
    except RecursionError:
        raise ImportProblem("nested too deeply") from None
    except ValueError as error:
        place = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
        raise ImportProblem("not readable as JSON", *place) from None


def _from_binary(path: Path, name: str) -> dict[str, Any]:
    if path.suffix.lower() == ".onnx":
        from paper_companion.paper.imports.onnx import read_onnx

        return {"path": name, **read_onnx(path)}
    from paper_companion.paper.imports.safetensors import read_safetensors

    return {"path": name, **read_safetensors(path)}


def _pairs(node: Node) -> dict[str, Node]:
    return {key.value: value for key, value in node.value if isinstance(key.value, str)}


def _merge(target: Node, fill: Node) -> None:
    """Adds the fill's keys to a mapping, deeply; what is there already stays."""
    there = _pairs(target)
    for key_node, value_node in fill.value:
        key = key_node.value
        present = there.get(key)
        if present is None or is_empty(present):
            target.value = [pair for pair in target.value if pair[1] is not present]
            target.value.append((key_node, value_node))
        elif type(present) is MappingNode and type(value_node) is MappingNode and key != "axes":
            _merge(present, value_node)
        elif key in ("inputs", "outputs") and type(present) is SequenceNode:
            _merge_tensors(present, value_node)


def _merge_tensors(present: Node, fill: Node) -> None:
    """Tensors are the same when their ids are, or when there is but one on either side."""
    tensors = [tensor for tensor in present.value if type(tensor) is MappingNode]
    if len(tensors) == len(present.value) == len(fill.value) == 1:
        _merge(tensors[0], fill.value[0])
        return
    by_id = {text(child(tensor, "id")): tensor for tensor in fill.value}
    for tensor in tensors:
        if (same := by_id.get(text(child(tensor, "id")))) is not None:
            _merge(tensor, same)


def _merge_weights(tree: Node, entry: Node, name: str, fill: Node, report: Report) -> None:
    wanted = child(entry, "weights")
    weights = child(tree, "weights")
    if weights is None or is_empty(weights):
        tree.value = [pair for pair in tree.value if pair[1] is not weights]
        new = build({"id": text(wanted) or "weights"}, fill.start_mark)
        weights = build([new], fill.start_mark)
        tree.value.append((build("weights", fill.start_mark), weights))
    if type(weights) is not SequenceNode:
        return  # the decoder says what is wrong with it
    entries = [candidate for candidate in weights.value if type(candidate) is MappingNode]
    if wanted is not None:
        ids = {text(child(candidate, "id")) or "": candidate for candidate in entries}
        target = ids.get(text(wanted) or "")
        if target is None:
            unknown = quoted(text(wanted) or "")
            report(wanted, f"there are no weights called {unknown}{did_you_mean(text(wanted) or '', ids)}")
            return
    elif len(entries) == 1:
        target = entries[0]
    elif entries:
        report(entry, f"say which weights {name} describes, as {{file: {name}, weights: ID}}")
        return
    else:
        return
    _merge_file(target, fill)
    _merge(target, fill)


def _merge_file(target: Node, fill: Node) -> None:
    """Gives what is said of one file to its entry under `files`; to the weights only where none has a place yet."""
    about_file = {key: value for key, value in _pairs(fill).items() if key in ("path", "format", "size", "opset")}
    if "path" not in about_file:
        return
    path = text(about_file["path"])
    files, place = child(target, "files"), text(child(target, "path"))
    fill.value = [pair for pair in fill.value if pair[0].value not in about_file]
    at = fill.start_mark
    for file in items(files):
        if text(child(file, "path")) == path:
            _merge(file, build(about_file, at))
    if files is None and (place == path or (place is None and child(target, "url") is None)):
        about_file.pop("opset", None)
        _merge(target, build(about_file, at))
