"""The demo: a function that runs in the reader's browser, or an interface that somebody hosts."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from paper_companion.paper.artifacts import File, Shared
from paper_companion.paper.record import Record, record
from paper_companion.paper.values import FunctionReference, Glob, Identifier, Json, Number, Url

InputType = Literal["text", "number", "slider", "checkbox", "radio", "dropdown", "image", "audio", "file", "table"]
OutputType = Literal[
    "text",
    "markdown",
    "label",
    "image",
    "gallery",
    "audio",
    "video",
    "table",
    "json",
    "plot",
    "file",
    "html",
]

_PACKAGE_NAME = re.compile(r"[A-Za-z0-9][\w.-]*").match


@record
class DemoInput(Record):
    """One field of the form: an argument of the function."""

    id: Identifier
    """The argument's name."""
    type: InputType
    """The kind of field."""
    label: str | None = None
    """What the field is called on the page; the id when left out."""
    help: str | None = None
    """A line under the field."""
    default: Json = None
    """The value that the field starts with."""
    advanced: bool = False
    """Whether the field is folded away at first."""
    placeholder: str | None = None
    """What an empty text field shows."""
    lines: int = 1
    """The height of a text field in lines."""
    min: Number | None = None
    """The lowest number."""
    max: Number | None = None
    """The highest number."""
    step: Number | None = None
    """The distance between two neighbouring numbers."""
    choices: tuple[str, ...] = ()
    """What can be chosen (radio, dropdown)."""
    multiple: bool = False
    """Whether several can be chosen (dropdown, file)."""
    sources: tuple[Literal["upload", "webcam", "sketch", "paste", "microphone"], ...] = ()
    """Where an image or a sound may come from; the form offers these in this order."""
    value: Literal["list", "numpy", "pil", "path"] | None = None
    """What the function gets for an image or a sound; inferred from its annotations when left out."""
    image_mode: Literal["L", "RGB", "RGBA"] | None = None
    """Grey, colour, or colour with transparency."""
    width: int | None = None
    """The width of the sketch canvas in pixels."""
    height: int | None = None
    """The height of the sketch canvas in pixels."""
    accept: tuple[str, ...] = ()
    """The file types that can be uploaded, as .csv or image/png."""
    headers: tuple[str, ...] = ()
    """The columns of a table."""
    tensor: Identifier | None = None
    """The input of the demo's weights that this becomes: the function gets it prepared as is declared there."""


@record
class DemoOutput(Record):
    """One part of the answer."""

    id: Identifier
    """The name by which examples refer to it."""
    type: OutputType
    """How it is shown."""
    label: str | None = None
    """What it is called on the page; the id when left out."""
    help: str | None = None
    """A line under it."""
    top: int | None = None
    """How many labels are shown at first."""
    unit: str | None = None
    """The unit of a number."""
    headers: tuple[str, ...] = ()
    """The columns of a table."""
    library: Literal["vega-lite"] | None = None
    """What draws a plot when the function returns a specification of it; readers download it with the demo."""
    tensor: Identifier | None = None
    """The output of the demo's weights that the function returns here: its steps and channel names are applied."""


@record
class Example(Record):
    """One set of inputs that a reader can try, and what the function should answer."""

    inputs: Mapping[str, Json]
    """A value for each input: numbers and text as they are, images and other files by path."""
    expect: Mapping[str, Json] = field(default_factory=dict)
    """What the answer should be, or a part of it, by output."""
    label: str | None = None
    """What the example is called on the page."""
    rtol: Number | None = None
    """By which fraction a number may differ from what is expected."""
    atol: Number | None = None
    """By how much a number may differ from what is expected."""


@record
class HostedDemo(Record):
    """An interface that somebody hosts."""

    kind: Literal["iframe", "gradio-api"] = "iframe"
    """Shown in a frame, or called by our own form."""
    url: Url
    """Its address."""
    title: str | None = None
    """What the frame is called, for those who cannot see it."""
    height: int | None = None
    """The height of the frame in pixels."""
    allow: tuple[Literal["camera", "microphone"], ...] = ()
    """What the frame may ask the reader for."""
    endpoint: str | None = None
    """The name of the Gradio endpoint."""


@record
class Demo(Shared):
    """What a reader can try."""

    kind: Literal["pyodide", "iframe", "gradio-api"] = "pyodide"
    """In the reader's browser, in a frame, or a hosted Gradio called by our own form."""
    run: FunctionReference | None = None
    """The Python function that answers, as demo/app.py:predict."""
    packages: tuple[str, ...] = ()
    """The packages that the function needs: names, name==version, or ./folders."""
    weights: str | None = None
    """The id of the weights that the function reads; id#format for one of several formats."""
    files: tuple[Glob, ...] = ()
    """Other files that the function reads: paths and globs, relative to the project root."""
    runtime: str | None = None
    """The version of Pyodide; the newest known one when left out."""
    max_download_mb: Number | None = None
    """A build fails if a reader would have to download more megabytes than this."""
    inputs: tuple[DemoInput, ...] = ()
    """The fields of the form; inferred from the function when left out."""
    outputs: tuple[DemoOutput, ...] = ()
    """The parts of the answer; inferred from the function when left out."""
    examples: tuple[Example, ...] = ()
    """What a reader can try with one click; answers are recorded and replayed."""
    fallback: HostedDemo | None = None
    """What is offered where the browser cannot run the demo."""
    strings: Mapping[str, str] = field(default_factory=dict)
    """Other words for the demo's own texts."""
    url: Url | None = None
    """The address of a hosted demo."""
    title: str | None = None
    """What the demo is called."""
    height: int | None = None
    """The height of the frame in pixels."""
    allow: tuple[Literal["camera", "microphone"], ...] = ()
    """What the frame may ask the reader for."""
    endpoint: str | None = None
    """The name of the Gradio endpoint."""

    @property
    def package_names(self) -> tuple[str, ...]:
        """The names among the packages, without versions; folders have none."""
        names = (_PACKAGE_NAME(package) for package in self.packages)
        return tuple(name[0].lower().replace("_", "-") for name in names if name)

    @property
    def weights_id(self) -> str | None:
        """The id of the weights, without a format."""
        return self.weights.partition("#")[0] if self.weights else None

    def uses(self, file: File) -> bool:
        """Whether a file of these weights is one that the function reads."""
        wanted = self.weights.partition("#")[2] if self.weights else ""
        return not wanted or file.format == wanted
