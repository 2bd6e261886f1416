"""Weights and data: what the page says of each entry, and its files."""

from collections.abc import Iterable
from typing import NamedTuple

from paper_companion.page.companion import Companion
from paper_companion.page.downloads import Download, download
from paper_companion.page.words import count
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.model import Dataset, File, Weights

_LOADERS = {
    "safetensors": "from safetensors.numpy import load_file\n\ntensors = load_file({name!r})",
    "onnx": "import onnxruntime\n\nsession = onnxruntime.InferenceSession({name!r})",
    "npz": "import numpy\n\ntensors = numpy.load({name!r})",
    "npy": "import numpy\n\ntensor = numpy.load({name!r})",
    "pt": "import torch\n\ntensors = torch.load({name!r}, weights_only=True)",
    "gguf": "from gguf import GGUFReader\n\nreader = GGUFReader({name!r})",
    "keras": "import keras\n\nmodel = keras.saving.load_model({name!r})",
    "json": "import json\n\nwith open({name!r}) as file:\n    tensors = json.load(file)",
}
_FORMATS = {"pth": "pt", "bin": "pt", "ckpt": "pt", "pytorch": "pt"}
_EXECUTES = frozenset({"pickle", "pkl", "joblib", "pt", "h5"})


class Fact(NamedTuple):
    """One line of a list of facts. `code` when the value is to be shown as code, `url` when it leads somewhere."""

    label: str
    value: str
    code: bool = False
    url: str | None = None


class ArtifactView(NamedTuple):
    """What a template is given for one entry of the paper file. `executes` when loading a file can run code in it."""

    entry: Dataset | Weights
    name: str
    url: str | None
    facts: tuple[Fact, ...]
    files: tuple[Download, ...]
    executes: bool = False
    load: str | None = None


def weights_views(companion: Companion, site_url: str | None) -> tuple[ArtifactView, ...]:
    """One view for each entry of the weights."""
    return tuple(_weights_view(companion, weights, site_url) for weights in companion.file.paper.weights)


def dataset_views(companion: Companion, site_url: str | None) -> tuple[ArtifactView, ...]:
    """One view for each data set."""
    return tuple(_dataset_view(companion, data, site_url) for data in companion.file.paper.data)


def _weights_view(companion: Companion, weights: Weights, site_url: str | None) -> ArtifactView:
    names = {data.id: data.name or data.id for data in companion.file.paper.data}
    facts = [
        Fact("Licence", weights.license or ""),
        Fact("Parameters", count(weights.parameters) if weights.parameters is not None else ""),
        Fact("Data types", ", ".join(weights.dtypes)),
        Fact("Trained on", ", ".join(names.get(data, data) for data in weights.trained_on)),
        Fact("Fine-tuned from", weights.base_model or ""),
        Fact("Library", weights.library or ""),
    ]
    shared = weights.is_shared
    files = tuple(download(companion, file, site_url, _load(weights, file)) for file in weights.files if shared)
    return ArtifactView(
        weights,
        weights.name or weights.id,
        weights.url if shared and all(file.url != weights.url for file in weights.files) else None,
        with_value(facts),
        files,
        any((file.format or "").lower() in _EXECUTES for file in weights.files),
        weights.load if not any(file.commands for file in files) else None,
    )


def _dataset_view(companion: Companion, data: Dataset, site_url: str | None) -> ArtifactView:
    splits = ", ".join(f"{name} {count(size)}" for name, size in data.splits.items())
    facts = [
        Fact("Licence", data.license or ""),
        Fact("Version", data.version or ""),
        Fact("DOI", data.doi or "", url=doi_url(data.doi) if data.doi else None),
        Fact("Used for", ", ".join(data.role)),
        Fact("Examples", splits),
    ]
    shared = data.is_shared
    url = data.url or (doi_url(data.doi) if data.doi else None)
    files = tuple(download(companion, file, site_url) for file in data.files if shared)
    return ArtifactView(data, data.name or data.id, url if shared else None, with_value(facts), files)


def _load(weights: Weights, file: File) -> str:
    if weights.load and file is weights.files[0]:
        return weights.load
    kind = (file.format or file.name.rpartition(".")[2]).lower()
    template = _LOADERS.get(_FORMATS.get(kind, kind), "")
    return template.format(name=file.name)


def with_value(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that say something."""
    return tuple(fact for fact in facts if fact.value)
