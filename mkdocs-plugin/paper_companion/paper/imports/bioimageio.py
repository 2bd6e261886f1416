"""A bioimage.io model description (`rdf.yaml`, format 0.5): tensors, their preparation, files and tolerance."""

import posixpath
import re
from typing import Any

from yaml.nodes import MappingNode, Node

from paper_companion.paper.imports.citation import bare
from paper_companion.paper.imports.fill import ImportProblem, child, items, like, scalar, text
from paper_companion.paper.model import Author
from paper_companion.paper.operations import OPERATIONS
from paper_companion.paper.tree import position


def fill_from_description(root: Node, folder: str) -> dict[str, Any]:
    """What a model description says; `folder` is its own, relative to the project root. Raises ImportProblem."""
    version = child(root, "format_version")
    if not (text(version) or "").startswith("0.5"):
        at = position(version) if version is not None else (1, 1)
        raise ImportProblem("expected a model description with format_version 0.5", *at)
    return {
        "paper": {"authors": [_author(person) for person in items(child(root, "authors"))] or None},
        "code": {"repo": scalar(child(root, "git_repo"))},
        "weights": {
            "name": scalar(child(root, "name")),
            "license": scalar(child(root, "license")),
            "files": [file for file in _files(child(root, "weights"), folder) if file] or None,
            "inputs": [_tensor(tensor, folder) for tensor in items(child(root, "inputs"))] or None,
            "outputs": [_tensor(tensor, folder) for tensor in items(child(root, "outputs"))] or None,
            "tolerance": _tolerance(root),
        },
    }


def _author(person: Node) -> Node:
    name = Author.from_text(text(child(person, "name")) or "")
    return like(
        person,
        {
            "family": name.family or None,
            "given": name.given,
            "orcid": bare(child(person, "orcid"), r"https?://orcid\.org/"),
            "affiliation": scalar(child(person, "affiliation")),
        },
    )


def _location(source: Node | None, folder: str) -> dict[str, Any]:
    if (place := text(source)) is None or source is None:
        return {}
    if re.match("(?i)https?://", place):
        return {"url": source}
    return {"path": like(source, posixpath.normpath(posixpath.join(folder, place)))}


def _files(weights: Node | None, folder: str) -> list[Node]:
    files = []
    for name, entry in weights.value if type(weights) is MappingNode else ():
        file = {
            **_location(child(entry, "source"), folder),
            "format": name,
            "sha256": scalar(child(entry, "sha256")),
            "opset": scalar(child(entry, "opset_version")),
            "parent": scalar(child(entry, "parent")),
        }
        files.append(like(entry, file))
    return files


def _tensor(tensor: Node, folder: str) -> Node:
    data = child(tensor, "data")
    limits, unit = child(data, "range"), child(data, "unit")
    if type(data) is not MappingNode:  # one description for each channel
        data = next(items(data), None)
        limits, unit = child(data, "range"), child(data, "unit")
    return like(
        tensor,
        {
            "id": scalar(child(tensor, "id")),
            "description": scalar(child(tensor, "description")),
            "axes": {axis: size for axis, size in map(_axis, items(child(tensor, "axes"))) if axis} or None,
            "dtype": scalar(child(data, "type")),
            "range": limits if len(list(items(limits))) == 2 else None,
            "unit": unit if text(unit) != "arbitrary unit" else None,
            "preprocess": [_step(step) for step in items(child(tensor, "preprocessing"))] or None,
            "postprocess": [_step(step) for step in items(child(tensor, "postprocessing"))] or None,
            "test": _test(child(tensor, "test_tensor"), folder),
        },
    )


def _axis(axis: Node) -> tuple[str | None, Any]:
    kind = text(child(axis, "type"))
    name = text(child(axis, "id")) or kind
    if kind == "batch":
        return name, scalar(child(axis, "size")) or "any"
    if kind == "channel":
        names = child(axis, "channel_names")
        return name, names if names is not None else "any"
    return name, scalar(child(axis, "size")) or "any"


def _step(step: Node) -> Node:
    name = text(child(step, "id")) or text(child(step, "name")) or "?"
    parameters = child(step, "kwargs")
    if name not in OPERATIONS or parameters is None or not parameters.value:
        return like(child(step, "id") or step, name)
    return like(step, {name: parameters})


def _test(test: Node | None, folder: str) -> dict[str, Any] | None:
    path = _location(child(test, "source"), folder).get("path")
    return {"file": path, "sha256": scalar(child(test, "sha256"))} if path else None


def _tolerance(root: Node) -> Node | None:
    for entry in items(child(root, "config", "bioimageio", "reproducibility_tolerance")):
        tolerance = {
            "rtol": scalar(child(entry, "relative_tolerance")),
            "atol": scalar(child(entry, "absolute_tolerance")),
        }
        return like(entry, tolerance) if any(tolerance.values()) else None
    return None
