"""A model card for the Hugging Face Hub: front matter with a model index, and a short text."""

import re
from collections.abc import Iterator
from typing import Any

from paper_companion.page.citation import bibtex, to_yaml
from paper_companion.page.exports.export import Export
from paper_companion.page.header import license_url, paper_url
from paper_companion.paper.licenses import MODEL_LICENSES
from paper_companion.paper.model import Dataset, Result, Weights

# What the Hub knows, from its documentation of model cards.
_LICENSE_NAMES = (
    "afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0 c-uda-1.0 "
    "cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nc-nd-3.0 "
    "cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0 cc-by-sa-3.0 cc-by-sa-4.0 "
    "cc0-1.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0 ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 "
    "eupl-1.2 gpl-2.0 gpl-3.0 isc lgpl-2.1 lgpl-3.0 lppl-1.3c mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 osl-3.0 "
    "pddl postgresql unlicense wtfpl zlib"
)
_LICENSES = frozenset(_LICENSE_NAMES.split()) | {name.lower() for name in MODEL_LICENSES}
_VERSIONLESS = {"odbl-1.0": "odbl", "odc-by-1.0": "odc-by", "pddl-1.0": "pddl"}
_TASK_NAMES = (
    "any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition "
    "depth-estimation document-question-answering feature-extraction fill-mask graph-ml image-classification "
    "image-feature-extraction image-segmentation image-text-to-image image-text-to-text image-text-to-video "
    "image-to-3d image-to-image image-to-text image-to-video keypoint-detection mask-generation multiple-choice "
    "object-detection question-answering reinforcement-learning robotics sentence-similarity summarization "
    "table-question-answering table-to-text tabular-classification tabular-regression tabular-to-text "
    "text-classification text-generation text-ranking text-retrieval text-to-3d text-to-audio text-to-image "
    "text-to-speech text-to-video time-series-forecasting token-classification translation "
    "unconditional-image-generation video-classification video-text-to-text video-to-video "
    "visual-document-retrieval visual-question-answering voice-activity-detection zero-shot-classification "
    "zero-shot-image-classification zero-shot-object-detection"
)
_TASKS = frozenset(_TASK_NAMES.split())
_REPOSITORY = re.compile(r"(?:https://huggingface\.co/)?([\w.-]+/[\w.-]+)/?").fullmatch
_DATASET = re.compile(r"https://huggingface\.co/datasets/([\w.-]+(?:/[\w.-]+)?)/?").fullmatch


def model_card(export: Export) -> str:
    """The text of a README.md for the repository of the weights."""
    number, weights = export.weights("a model card")
    publication = export.paper.paper
    results = list(_results(export, weights))
    front: dict[str, Any] = {
        **_license(weights.license),
        "library_name": weights.library,
        "base_model": _base_model(export, number, weights),
        "datasets": [id for id in map(_hub_id, _trained_on(export, weights)) if id] or None,
        "pipeline_tag": _task(export, results),
        "tags": list(publication.keywords) or None,
        "metrics": list(dict.fromkeys(result.metric for _, result in results)) or None,
        "model-index": _index(export, weights, [result for _, result in results]),
    }
    text = [f"# {publication.title}", publication.abstract or ""]
    if weights.load:
        text += ["## How to use", f"```python\n{weights.load.strip()}\n```"]
    if any(file.sha256 for file in weights.files):
        text += ["## Files", "\n".join(f"- `{file.name}`, sha256 `{file.sha256}`" for file in weights.files)]
    if publication.limitations:
        text += ["## Limitations", publication.limitations]
    text += ["## Citation", f"```bibtex\n{bibtex(publication)}```"]
    return f"---\n{to_yaml(front)}---\n\n" + "\n\n".join(part for part in text if part) + "\n"


def _license(license: str | None) -> dict[str, str | None]:
    if license is None:
        return {}
    name = license.lower().removesuffix("-only").removesuffix("-or-later")
    name = _VERSIONLESS.get(name, name)
    if name in _LICENSES:
        return {"license": name}
    return {"license": "other", "license_name": license, "license_link": license_url(license)}


def _base_model(export: Export, number: int, weights: Weights) -> str | None:
    if weights.base_model is None or (found := _REPOSITORY(weights.base_model)):
        return found[1] if weights.base_model else None
    export.note("not a repository of the Hub: left out", "weights", number, "base_model")
    return None


def _trained_on(export: Export, weights: Weights) -> Iterator[Dataset]:
    return (data for data in export.paper.data if data.id in weights.trained_on)


def _hub_id(data: Dataset) -> str | None:
    found = _DATASET(data.url or "")
    return found[1] if found else None


def _results(export: Export, weights: Weights) -> Iterator[tuple[int, Result]]:
    """The results of these weights that a model index has a place for."""
    for number, result in enumerate(export.paper.results):
        if result.weights not in (None, weights.id):
            continue
        missing = [key for key in ("task", "data", "metric", "value") if getattr(result, key) is None]
        if missing:
            export.note(f"without {', '.join(missing)} there is no place for it in a model index", "results", number)
        else:
            yield number, result


def _task(export: Export, results: list[tuple[int, Result]]) -> str | None:
    for number, result in results:
        if result.task in _TASKS:
            return result.task
        export.note(f"{result.task} is no task that the Hub knows, so it is no pipeline_tag", "results", number, "task")
    return None


def _index(export: Export, weights: Weights, results: list[Result]) -> list[dict[str, Any]] | None:
    if not results:
        return None
    url = paper_url(export.paper.paper)
    source = {"name": export.paper.paper.title, "url": url} if url else None
    return [{"name": weights.name or weights.id, "results": [_evaluation(export, one, source) for one in results]}]


def _evaluation(export: Export, result: Result, source: dict[str, str] | None) -> dict[str, Any]:
    id, _, split = (result.data or "").partition("#")
    data = next(data for data in export.paper.data if data.id == id)
    return {
        "task": {"type": result.task},
        "dataset": {"name": data.name or id, "type": _hub_id(data) or id, "split": split or None},
        "metrics": [{"type": result.metric, "value": float(result.value or 0), "name": result.claim}],
        "source": source,
    }
