"""Hugging Face: a model card's front matter, `config.json` and `preprocessor_config.json`."""

import re
from typing import Any

from yaml.nodes import MappingNode, Node

from paper_companion.paper.imports.fill import ImportProblem, child, items, like, scalar, text
from paper_companion.paper.tree import is_empty

# The numbers are Pillow's.
_RESAMPLING = {"0": "nearest", "1": "lanczos", "2": "bilinear", "3": "bicubic", "4": "box", "5": "hamming"}


def front_matter(source: str) -> str:
    """The YAML between the two lines of dashes that a card starts with. Raises ImportProblem."""
    match = re.match(r"---[ \t]*\r?\n(.*?)^---[ \t]*$", source, re.DOTALL | re.MULTILINE)
    if match is None:
        raise ImportProblem("there is no front matter (a card starts with YAML between two lines of ---)")
    # The line of dashes stays as an empty line, so that line numbers are those of the card.
    return "\n" + match[1]


def fill_from_card(root: Node) -> dict[str, Any]:
    """What a model card's front matter says about weights, data and results."""
    datasets = [_dataset(name) for name in items(child(root, "datasets")) if text(name)]
    return {
        "weights": {
            "license": _license(root),
            "library": scalar(child(root, "library_name")),
            "base_model": next(items(child(root, "base_model")), None),
            "trained_on": [like(entry, text(child(entry, "id"))) for entry in datasets] or None,
        },
        "data": datasets or None,
        "results": _results(root) or None,
    }


def fill_from_config(root: Node) -> dict[str, Any]:
    """The label map of a `config.json`."""
    labels = child(root, "id2label")
    if type(labels) is not MappingNode:
        return {}
    by_index = {key.value: label for key, label in labels.value if text(label)}
    names = [by_index.get(str(index)) for index in range(len(labels.value))]
    if None in names or all(text(label) == f"LABEL_{index}" for index, label in enumerate(names)):
        return {}  # what a configuration says when nobody named the classes
    meaning = {"single_label_classification": "softmax", "multi_label_classification": "sigmoid"}
    problem = child(root, "problem_type")
    step = meaning.get(text(problem) or "")
    scores = {
        "id": "scores",
        "axes": like(labels, {"batch": "any", "channel": names}),
        "postprocess": like(problem, [step]) if step and problem else None,
    }
    return {"weights": {"outputs": like(labels, [scores])}}


def fill_from_preprocessor(root: Node) -> dict[str, Any]:
    """How a `preprocessor_config.json` prepares an image."""
    steps = []
    factor = child(root, "rescale_factor")
    if _does(root, "do_rescale") and scalar(factor):
        steps.append(like(factor, {"scale_linear": {"gain": factor}}))
    mean, std = child(root, "image_mean"), child(root, "image_std")
    if _does(root, "do_normalize") and mean and std:
        moments = {"mean": mean, "std": std, "axis": "channel"}
        steps.append(like(mean, {"fixed_zero_mean_unit_variance": moments}))
    resize = _resize(root) if _does(root, "do_resize") else None
    crop = _height_and_width(child(root, "crop_size")) if _does(root, "do_center_crop") else None
    final = child(root, "crop_size") if crop else child(root, "size")
    if not (steps or resize or crop):
        return {}
    at = resize or crop or steps[0]
    image = {
        "id": "image",
        "axes": _axes(final),
        "range": [0, 255],
        "resize": resize,
        "crop": crop,
        "preprocess": steps or None,
    }
    return {"weights": {"inputs": like(at, [image])}}


def _license(root: Node) -> Node | None:
    license_node = child(root, "license")
    name = child(root, "license_name")
    if text(license_node) == "other" and (own := text(name)) and name is not None:
        return like(name, "LicenseRef-" + re.sub("[^A-Za-z0-9.-]+", "-", own))
    return scalar(license_node)


def _dataset(name: Node) -> Node:
    full = text(name) or ""
    entry = {"id": re.sub(r"[^\w.-]+", "-", full.rsplit("/", 1)[-1]).lstrip(".-"), "name": full}
    if re.fullmatch(r"[\w.-]+(?:/[\w.-]+)?", full):
        entry["url"] = f"https://huggingface.co/datasets/{full}"
    return like(name, entry)


def _results(root: Node) -> list[Node]:
    found: dict[str, Node] = {}
    for model in items(child(root, "model-index")):
        for result in items(child(model, "results")):
            for metric in items(child(result, "metrics")):
                kind, value = scalar(child(metric, "type")), scalar(child(metric, "value"))
                if kind is None or value is None:
                    continue
                where = text(child(result, "dataset", "name"))
                name = re.sub(r"[^\w.-]+", "-", "-".join(filter(None, (text(kind), where)))).strip("-.").lower()
                entry = {
                    "id": name,
                    "claim": f"{text(child(metric, 'name')) or text(kind)} on {where}" if where else None,
                    "task": scalar(child(result, "task", "type")),
                    "metric": kind,
                    "value": value,
                }
                found.setdefault(name, like(metric, entry))
    return list(found.values())


def _does(root: Node, key: str) -> bool:
    return text(child(root, key)) != "false"


def _height_and_width(size: Node | None) -> Node | None:
    if size is None or is_empty(size):
        return None
    if text(size):
        return like(size, {"height": size, "width": size})
    height, width = child(size, "height"), child(size, "width")
    return like(size, {"height": height, "width": width}) if height and width else None


def _resize(root: Node) -> Node | None:
    size = child(root, "size")
    method = _RESAMPLING.get(text(child(root, "resample")) or "")
    shortest = child(size, "shortest_edge")
    if size is not None and scalar(shortest):
        return like(size, {"height": shortest, "width": shortest, "fit": "cover", "method": method})
    exact = _height_and_width(size)
    if exact is None or size is None:
        return None
    return like(size, {"height": child(exact, "height"), "width": child(exact, "width"), "method": method})


def _axes(size: Node | None) -> Node | None:
    exact = _height_and_width(size)
    if exact is None:
        return None
    sides = {"y": child(exact, "height"), "x": child(exact, "width")}
    return like(exact, {"batch": "any", "channel": ["red", "green", "blue"], **sides})
