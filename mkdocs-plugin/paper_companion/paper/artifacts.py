"""What a paper's authors share, or say why they do not: code, environment, data, weights and how to use them."""

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from paper_companion.paper.operations import Step
from paper_companion.paper.record import Record, record
from paper_companion.paper.values import (
    Access,
    Because,
    Commit,
    Date,
    Doi,
    Identifier,
    ImageReference,
    License,
    LocalPath,
    Number,
    Place,
    Sha256,
    Swhid,
    Url,
)

_DEFAULT_TOLERANCE = Number("0.001")


@record
class Shared(Record):
    """How far something is shared, and why no further."""

    access: Access = "open"
    """Who can get it: everybody (open), who asks or signs (gated), nobody (withheld), nobody any more (withdrawn)."""
    because: Because | None = None
    """The kind of reason for not sharing it openly."""
    reason: str | None = None
    """The reason in a sentence; required unless access is open."""
    date: Date | None = None
    """The day on which it was withdrawn; required when access is withdrawn."""

    @property
    def is_shared(self) -> bool:
        """Whether anybody can get it, be it after asking."""
        return self.access in ("open", "gated")


@record
class File(Record):
    """One file: where it is and what it is made of."""

    url: Url | None = None
    """Where anybody can download it."""
    path: Place | None = None
    """Where it lies in the project, relative to the project root."""
    format: str | None = None
    """The file format, such as safetensors, onnx, npz or csv."""
    size_bytes: int | None = None
    """The size in bytes."""
    sha256: Sha256 | None = None
    """The SHA-256 of its bytes; required for weights that anybody can download."""
    opset: int | None = None
    """The ONNX operator set version."""
    parent: str | None = None
    """The format of the file from which this one was converted."""

    @property
    def name(self) -> str:
        """The file's own name, without folders."""
        return (self.path or (self.url or "").split("?")[0].split("#")[0]).rstrip("/").rsplit("/", 1)[-1]


@record
class Archive(Record):
    """Where the code is kept for good."""

    doi: Doi | None = None
    """The DOI of the archived version."""
    concept_doi: Doi | None = None
    """The DOI that stands for all versions."""
    swhid: Swhid | None = None
    """The Software Heritage identifier."""
    url: Url | None = None
    """The archive's page, when it has no DOI."""


@record
class Code(Shared):
    """The code, and the commands that matter."""

    repo: Url | None = None
    """The repository's address."""
    commit: Commit | None = None
    """The commit that the paper describes: the full hash."""
    version: str | None = None
    """The released version that the paper describes."""
    subfolder: Place | None = None
    """The folder inside the repository that holds this paper's code."""
    archive: Archive | None = None
    """Where the code is kept for good."""
    license: License | None = None
    """The licence, as an SPDX expression."""
    install: str | None = None
    """The command that installs what the code needs."""
    train: str | None = None
    """The command that trains the weights."""
    evaluate: str | None = None
    """The command that evaluates the weights."""


@record
class Environment(Record):
    """What the code was run on."""

    lock: LocalPath | None = None
    """The file that pins every dependency."""
    python: str | None = None
    """The version of Python."""
    image: ImageReference | None = None
    """The container image, best pinned by its digest."""
    hardware: str | None = None
    """The machine that is needed, for training and for evaluation."""
    train_time: str | None = None
    """How long training takes."""


@record
class Dataset(Shared):
    """One data set."""

    id: Identifier
    """The name by which the rest of the file refers to it."""
    name: str | None = None
    """The name that people know it by."""
    url: Url | None = None
    """Its page."""
    doi: Doi | None = None
    """Its DOI."""
    version: str | None = None
    """Its version."""
    license: License | None = None
    """Its licence, as an SPDX expression."""
    role: tuple[str, ...] = ()
    """What it is used for: train, validation, test or another word."""
    splits: Mapping[str, int] = field(default_factory=dict)
    """The number of examples in each split."""
    croissant: Url | None = None
    """The address of its Croissant description."""
    files: tuple[File, ...] = ()
    """Its files."""


@record
class Resize(Record):
    """The size to which an image is brought before it becomes a tensor."""

    height: int
    """The height in pixels."""
    width: int
    """The width in pixels."""
    method: Literal["nearest", "bilinear", "bicubic", "lanczos", "box", "hamming"] = "bilinear"
    """How pixels between pixels are computed."""
    fit: Literal["stretch", "cover"] = "stretch"
    """Exactly this size (stretch), or the proportions kept and the size filled (cover), for a crop to follow."""


@record
class Crop(Record):
    """The part in the middle of an image that is kept, after resizing."""

    height: int
    """The height in pixels."""
    width: int
    """The width in pixels."""


@record
class TestTensor(Record):
    """A stored tensor with which an implementation can be checked."""

    __test__ = False  # pytest collects classes by this prefix

    file: LocalPath
    """A .npy file, relative to the project root."""
    sha256: Sha256 | None = None
    """The SHA-256 of its bytes."""


@record
class Tensor(Record):
    """One input or output of the weights: how it is prepared, or what it means."""

    id: Identifier
    """The tensor's name."""
    description: str | None = None
    """What it holds."""
    axes: Mapping[str, int | tuple[str, ...] | str] = field(default_factory=dict)
    """The axes in order: each a size, a list of channel names (the label map), or any for a size that may vary."""
    dtype: str | None = None
    """The data type, as in NumPy."""
    range: tuple[Number, Number] | None = None
    """The lowest and the highest value before preparation."""
    unit: str | None = None
    """The unit of its values."""
    resize: Resize | None = None
    """The size to which an image is brought first."""
    crop: Crop | None = None
    """The part in the middle that is kept, after resizing."""
    preprocess: tuple[Step, ...] = ()
    """The steps from raw values to the tensor, in order (inputs)."""
    postprocess: tuple[Step, ...] = ()
    """The steps from the tensor to its meaning, in order (outputs)."""
    test: TestTensor | None = None
    """A stored tensor with which an implementation can be checked."""

    @property
    def channels(self) -> tuple[str, ...]:
        """The names along the channel axis, in order: the label map. Empty where there are none."""
        names = self.axes.get("channel")
        return names if isinstance(names, tuple) else ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps of its preparation, or those that give it its meaning."""
        return self.preprocess or self.postprocess

    @property
    def is_numeric(self) -> bool:
        """Whether something is computed for it, beyond calls of the author's functions."""
        return bool(self.resize or self.crop) or any(step.name != "call" for step in self.steps)


@record
class Tolerance(Record):
    """By how much two tensors may differ: |a - b| <= atol + rtol * |b|."""

    rtol: Number = _DEFAULT_TOLERANCE
    """The relative tolerance."""
    atol: Number = _DEFAULT_TOLERANCE
    """The absolute tolerance."""


@record
class Weights(Shared):
    """Trained weights, and how to use them."""

    id: Identifier
    """The name by which the rest of the file refers to them."""
    name: str | None = None
    """The name that people know them by."""
    url: Url | None = None
    """Their page; or, for weights of one file that is described right here, that file."""
    path: Place | None = None
    """Their only file, relative to the project root: short for files with one entry."""
    format: str | None = None
    """The format of their only file."""
    size_bytes: int | None = None
    """The size of their only file in bytes."""
    sha256: Sha256 | None = None
    """The SHA-256 of their only file."""
    license: License | None = None
    """Their licence, as an SPDX expression."""
    trained_on: tuple[str, ...] = ()
    """The ids of the data sets on which they were trained."""
    base_model: str | None = None
    """The model from which they were fine-tuned."""
    library: str | None = None
    """The library that loads them."""
    load: str | None = None
    """Python code that loads them."""
    parameters: int | None = None
    """The number of parameters."""
    dtypes: tuple[str, ...] = ()
    """The data types of the parameters."""
    tensors: Mapping[str, str] = field(default_factory=dict)
    """The stored tensors: name to data type and shape, such as F32 [64, 10]."""
    files: tuple[File, ...] = ()
    """Their files, the same weights in several formats or in several pieces; holds the only file too."""
    inputs: tuple[Tensor, ...] = ()
    """What goes in."""
    outputs: tuple[Tensor, ...] = ()
    """What comes out."""
    tolerance: Tolerance = Tolerance()
    """By how much another implementation may differ from the stored tensors."""

    def complete(self) -> None:
        """Gives a single file that is described on the entry itself its place in `files`."""
        if not self.files and (self.path or self.sha256 or self.size_bytes or self.format):
            only = File(
                url=self.url, path=self.path, format=self.format, size_bytes=self.size_bytes, sha256=self.sha256
            )
            self.__dict__["files"] = (only,)
