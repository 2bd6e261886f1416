"""The demo section: a recorded answer that needs no script, and what the page's script makes a live demo of."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from mimetypes import guess_type
from typing import Any, NamedTuple

from paper_companion.demo.examples import example_files, tolerance
from paper_companion.page.companion import Companion
from paper_companion.page.words import size

_SMALL_BYTES = 6_000


class InputView(NamedTuple):
    """One value of an example: text, or a file of the site."""

    label: str
    kind: str
    text: str
    source: str | None
    """Where a file is: its path in the site, or the whole of it as a data: address where it is small."""


class OutputView(NamedTuple):
    """One part of a recorded answer, as its type is shown without script."""

    label: str | None
    type: str
    value: Any


class DemoView(NamedTuple):
    """What the template is given: `data` is the element's JSON, `stale` why no recorded answer can be shown."""

    data: str
    download: str
    inputs: tuple[InputView, ...]
    outputs: tuple[OutputView, ...]
    recorded: str
    stale: str | None


def demo_view(companion: Companion) -> DemoView | None:
    """The view of a demo that runs in the reader's browser, or None where there is none."""
    if companion.bundle is None:
        return None
    manifest = companion.bundle.manifest
    fields, outputs = manifest["inputs"], manifest["outputs"]
    examples = example_views(companion, fields)
    recording = companion.recording
    recorded = f"Python {recording.python}, {recording.recorded.isoformat()}" if recording else ""
    code = companion.file.paper.code
    shown = {
        **manifest,
        "title": companion.file.paper.paper.title,
        "repo": code.repo if code and code.access == "open" else None,
        "examples": examples,
        "recorded": recorded,
    }
    data = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    first = examples[0] if examples else {"inputs": {}, "outputs": None}
    return DemoView(
        data,
        size(companion.bundle.download_bytes),
        tuple(_input_view(companion, field, first["inputs"].get(field["id"])) for field in fields if examples),
        tuple(_output_view(output, first["outputs"][output["id"]]) for output in outputs if first["outputs"]),
        recorded,
        companion.stale_recording,
    )


def example_views(companion: Companion, fields: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The examples as the script takes them: files by their address, recorded answers beside the inputs."""
    demo = companion.file.paper.demo
    assert demo is not None
    published = dict(companion.published)
    recorded = companion.recording.examples if companion.recording and companion.stale_recording is None else ()
    found = []
    for number, example in enumerate(demo.examples):
        inputs = dict(example.inputs)
        for field, paths in example_files(fields, example.inputs).items():
            files = [{"url": published[path].file.path, "name": path.rpartition("/")[2]} for path in paths]
            inputs[field] = files if isinstance(inputs[field], list | tuple) else files[0]
        outputs = recorded[number].outputs if number < len(recorded) else None
        rtol, atol = tolerance(companion.file.paper, demo, number)
        found.append({"label": example.label, "inputs": inputs, "outputs": outputs, "rtol": rtol, "atol": atol})
    return found


def _input_view(companion: Companion, field: Mapping[str, Any], value: Any) -> InputView:
    label = field.get("label", field["id"])
    if isinstance(value, dict) and "url" in value:
        return InputView(label, field["type"], value["name"], _inlined(companion, value["url"]) or value["url"])
    shown = value if value is not None else field.get("default")
    return InputView(label, "text", "" if shown is None else _text(shown), None)


def _inlined(companion: Companion, path: str) -> str | None:
    """A small picture as a data: address: it is likely the largest thing on a phone's first screen, and then it is
    there with the page."""
    kind, _ = guess_type(path)
    found = next(file for _, file in companion.published if file.file.path == path)
    if kind is None or not kind.startswith("image/") or found.size_bytes > _SMALL_BYTES:
        return None
    return f"data:{kind};base64,{b64encode(found.file.content).decode()}"


def _output_view(output: Mapping[str, Any], value: Any) -> OutputView:
    kind = output["type"]
    if kind == "label":
        value = [
            (one["label"], None if one["confidence"] is None else round(100 * one["confidence"], 1))
            for one in value[: output.get("top", 5)]
        ]
    elif kind in ("json", "html", "markdown"):
        value = _text(value)
    elif isinstance(value, dict) and "base64" in value:
        value = f"data:{value['mime']};base64,{value['base64']}"
    return OutputView(output.get("label"), kind, value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
