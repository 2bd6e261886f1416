"""A bioimage.io model description (`rdf.yaml`, format 0.5) of one model."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from paper_companion.page.citation import apa, to_yaml
from paper_companion.page.exports.export import Export
from paper_companion.page.exports.tensors import tensors
from paper_companion.page.header import arxiv_url, license_url
from paper_companion.paper.model import Author, Dataset, File, Result, Weights

# Later versions of 0.5 are read by fewer programs and have nothing more that a paper file could fill.
FORMAT_VERSION = "0.5.6"
_DATASET_FORMAT_VERSION = "0.3.0"
# What each format of weights asks for besides the file: the version of a library, as the environment's lock has it.
_VERSION_OF: dict[str, tuple[str, str] | None] = {
    "onnx": None,
    "torchscript": ("pytorch_version", "torch"),
    "keras_hdf5": ("tensorflow_version", "tensorflow"),
    "tensorflow_js": ("tensorflow_version", "tensorflow"),
    "tensorflow_saved_model_bundle": ("tensorflow_version", "tensorflow"),
}
_PICTURES = (".gif", ".jpeg", ".jpg", ".png", ".svg")
_LARGEST_RTOL = 0.01
_LONGEST_NAME, _LONGEST_DESCRIPTION, _LONGEST_FACTOR = 64, 512, 16


def bioimageio(export: Export) -> str:
    """The text of an rdf.yaml for the project root. What it asks for and the paper lacks is noted."""
    number, weights = export.weights("bioimage.io")
    publication = export.paper.paper
    files = _files(export, number, weights)
    document = {
        "format_version": FORMAT_VERSION,
        "type": "model",
        "name": _name(export, number, weights),
        "description": _description(export),
        "authors": [_author(author) for author in publication.authors] or None,
        "cite": list(_citations(export, weights)) or None,
        "license": _license(export, weights.license, "weights", number, "license"),
        "tags": list(publication.keywords) or None,
        "documentation": _documentation(export),
        "covers": list(_covers(export)) or None,
        "attachments": list(_attachments(export, weights)) or None,
        "git_repo": _repository(export),
        "timestamp": f"{publication.date}T00:00:00Z" if publication.date and len(publication.date) == 10 else None,
        "training_data": _training_data(export, number, weights),
        **tensors(export, number, weights),
        "weights": files or None,
        "config": {"bioimageio": _config(export, number, weights)},
    }
    return to_yaml(document)


def _name(export: Export, number: int, weights: Weights) -> str:
    """The weights' name, or else the paper's title, with only the characters that names have there."""
    keys = ("weights", number, "name") if weights.name else ("paper", "title")
    given = weights.name or export.paper.paper.title
    plain = unicodedata.normalize("NFKD", given).encode("ascii", "ignore").decode()
    name = " ".join(re.sub(r"[^\w+\- ()]", " ", plain).split())
    if len(name) > _LONGEST_NAME:
        name = name[:_LONGEST_NAME].rsplit(" ", 1)[0]
    if len(name) < 5:
        export.lack(
            "bioimage.io wants a name of five letters or more, from a to z (add name)", "weights", number, "name"
        )
    elif name != given:
        export.note(f"called {name} there, where names have few characters", *keys)
    return name


def _description(export: Export) -> str | None:
    abstract = export.paper.paper.abstract
    if abstract is None or len(abstract) <= _LONGEST_DESCRIPTION:
        return abstract
    export.note(f"cut to {_LONGEST_DESCRIPTION} characters", "paper", "abstract")
    return abstract[: _LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0] + "…"


def _author(author: Author) -> dict[str, Any]:
    return {
        "name": re.sub(r"[/\\]", " ", author.name),
        "affiliation": "; ".join(author.affiliation) or None,
        "orcid": author.orcid,
    }


def _citations(export: Export, weights: Weights) -> Iterator[dict[str, Any]]:
    """The paper, and the data that it was trained on, as far as they have an address."""
    publication = export.paper.paper
    url = publication.url or (arxiv_url(publication.arxiv) if publication.arxiv else None)
    if publication.doi or url:
        yield {"text": apa(publication), "doi": publication.doi, "url": url}
    else:
        export.note("bioimage.io cites what has a doi, arxiv or url: the paper is not cited", "paper")
    for data in export.paper.data:
        if data.id in weights.trained_on and data.doi:
            yield {"text": f"Training data: {data.name or data.id}", "doi": data.doi}


def _license(export: Export, license: str | None, *keys: str | int) -> str | None:
    if license and not license_url(license):
        export.note("bioimage.io takes one licence of the SPDX list: left out", *keys)
        return None
    return license


def _documentation(export: Export) -> str | None:
    if (export.file.root / "README.md").is_file():
        return "README.md"
    export.note("bioimage.io asks for a README.md beside rdf.yaml, and there is none in the project")
    return None


def _covers(export: Export) -> Iterator[str]:
    page = export.paper.page
    for figure in (*((page.teaser,) if page.teaser is not None else ()), *page.figures):
        if figure.file.lower().endswith(_PICTURES):
            yield figure.file


def _attachments(export: Export, weights: Weights) -> Iterator[dict[str, str]]:
    """What is needed besides: the pinned dependencies, and the code of the author's own steps."""
    environment = export.paper.environment
    own = [
        str(step.parameters["function"]).partition(":")[0]
        for tensor in (*weights.inputs, *weights.outputs)
        for step in tensor.steps
        if step.name == "call"
    ]
    lock = [environment.lock] if environment is not None and environment.lock else []
    return ({"source": source} for source in dict.fromkeys((*lock, *own)))


def _repository(export: Export) -> str | None:
    code = export.paper.code
    return code.repo if code is not None and code.is_shared else None


def _training_data(export: Export, number: int, weights: Weights) -> dict[str, Any] | None:
    """The data set that it was trained on; bioimage.io has a place for one, and a name of five or more letters."""
    used = [data for data in export.paper.data if data.id in weights.trained_on]
    if len(used) > 1:
        names = ", ".join(data.id for data in used[1:])
        export.note(f"bioimage.io has a place for one: {names} left out", "weights", number, "trained_on")
    if not used:
        return None
    data = used[0]
    name = re.sub(r"[^\w+\- ()]", " ", data.name or data.id, flags=re.ASCII)
    return {
        "format_version": _DATASET_FORMAT_VERSION,
        "type": "dataset",
        "name": name if len(name) >= 5 else f"Data set {name}",
        "license": data.license if license_url(data.license) else None,
        "source": _source(data),
        "cite": [{"text": data.name or data.id, "doi": data.doi}] if data.doi else None,
    }


def _source(data: Dataset) -> str | None:
    return data.url if data.is_shared else None


def _files(export: Export, number: int, weights: Weights) -> dict[str, dict[str, Any]]:
    """The files by format."""
    described: dict[str, dict[str, Any]] = {}
    keys = ("weights", number, "files")
    for place, file in enumerate(weights.files):
        name = (file.format or "").lower().replace("-", "_")
        if name not in _VERSION_OF:
            export.note(f"bioimage.io has no weights as {file.format or file.name}: left out", *keys, place)
        elif name in described:
            export.note(f"bioimage.io has a place for one {name} file: left out", *keys, place)
        elif entry := _file(export, file, name, (*keys, place)):
            described[name] = entry
    for entry in described.values():
        if (parent := entry["parent"]) is not None and parent not in described:
            entry |= {"parent": None, "comment": f"Converted from {parent}."}
    if not described:
        known = ", ".join(_VERSION_OF)
        export.lack(f"bioimage.io describes weights as {known} (add such a file, by url or path)", *keys)
    return described


def _file(export: Export, file: File, name: str, keys: tuple[str | int, ...]) -> dict[str, Any] | None:
    entry: dict[str, Any] = {"source": file.url or file.path, "sha256": file.sha256}
    if entry["source"] is None:
        return None
    if name == "onnx":
        entry["opset_version"] = file.opset
        if file.opset is None:
            export.lack(
                "bioimage.io asks for the operator set of ONNX weights (add opset to the entry in files)", *keys
            )
        elif file.opset < 7:
            export.lack("bioimage.io takes operator sets from 7 on", *keys, "opset")
    if asked := _VERSION_OF[name]:
        key, library = asked
        entry[key] = _pinned(export, library)
        if entry[key] is None:
            message = f"bioimage.io asks for the version of {library} (pin it in a file, and name that as lock)"
            export.lack(message, "environment", "lock")
    return {**entry, "parent": file.parent.lower().replace("-", "_") if file.parent else None}


def _pinned(export: Export, library: str) -> str | None:
    """The version of a library that the environment's lock names, in the form of requirements or of a TOML lock."""
    environment = export.paper.environment
    if environment is None or environment.lock is None:
        return None
    text = (export.file.root / environment.lock).read_text(encoding="utf-8", errors="replace")
    pin = rf'(?mi)^(?:{library} *== *|name = "{library}"\r?\nversion = ")([0-9][\w.!]*)'
    found = re.search(pin, text)
    return found[1] if found else None


def _config(export: Export, number: int, weights: Weights) -> dict[str, Any]:
    limitations, environment = export.paper.paper.limitations, export.paper.environment
    evaluations = [_evaluation(export, result) for result in export.paper.results if _is_of(export, result, weights)]
    rtol, atol = float(weights.tolerance.rtol), float(weights.tolerance.atol)
    if rtol > _LARGEST_RTOL:
        export.note(f"bioimage.io tolerates {_LARGEST_RTOL} at most", "weights", number, "tolerance", "rtol")
    return {
        "reproducibility_tolerance": [{"relative_tolerance": min(rtol, _LARGEST_RTOL), "absolute_tolerance": atol}],
        "model_parameter_count": weights.parameters,
        "bias_risks_limitations": {"limitations": limitations} if limitations else None,
        "environmental_impact": (
            {"hardware_type": environment.hardware} if environment is not None and environment.hardware else None
        ),
        "evaluations": evaluations or None,
    }


def _is_of(export: Export, result: Result, weights: Weights) -> bool:
    """Whether an evaluation can be told: bioimage.io wants to know on how many examples of which data."""
    if result.weights not in (None, weights.id) or result.metric is None or result.value is None:
        return False
    id, _, split = (result.data or "").partition("#")
    return any(data.id == id and _source(data) and split in data.splits for data in export.paper.data)


def _evaluation(export: Export, result: Result) -> dict[str, Any]:
    id, _, split = (result.data or "").partition("#")
    data = next(data for data in export.paper.data if data.id == id)
    metric = result.metric or ""
    return {
        "dataset_id": re.sub(r"[^a-z0-9_./-]", "-", id.lower()),
        "dataset_source": _source(data),
        "dataset_role": split if split in ("train", "validation", "test") else "unknown",
        "sample_count": data.splits[split],
        "evaluation_factors": ["overall"],
        "evaluation_factors_long": [f"all of {result.data}"],
        "metrics": [metric[:_LONGEST_FACTOR]],
        "metrics_long": [f"{metric} ({result.unit})" if result.unit else metric],
        "results": [[float(result.value or 0)]],
        "results_summary": result.claim,
    }
