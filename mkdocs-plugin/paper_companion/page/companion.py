"""A companion: a paper file with everything beside it that a page is made of, read and checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.demo.examples import example_files
from paper_companion.demo.form import declared, read_form
from paper_companion.demo.recorder import read_recording, stale_reason
from paper_companion.paper.reader import PaperError, PaperFile, read_paper
from paper_companion.site_file import SiteFile, published

if TYPE_CHECKING:
    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.demo.recorder import Recording
    from paper_companion.evidence.model import Evidence


MAX_PUBLISHED_BYTES = 100_000_000
"""Larger files are named on the page but not copied into the site: GitHub Pages, for one, refuses them."""


@dataclass(frozen=True)
class Published:
    """A file of the project that the page offers or shows: what it is in the site, its hash and its size."""

    file: SiteFile
    sha256: str
    size_bytes: int


@dataclass(frozen=True, eq=False)
class Companion:
    """`folder` is the folder of the paper file in the site: empty at the top, else ending in a slash.

    It is equal to itself alone, and so a key that costs nothing.
    """

    file: PaperFile
    folder: str = ""
    evidence: Evidence | None = None
    replayable: str | None = None
    """What a replay must have looked at to count: the lock and the recorded answers as they are now."""
    bundle: DemoBundle | None = None
    """What the site serves for a demo that runs in the reader's browser."""
    recording: Recording | None = None
    stale_recording: str | None = None
    """Why the recorded answers are not of the demo as it is now."""
    published: tuple[tuple[str, Published], ...] = ()
    """The project's files that go into the site, by their path in the paper file."""
    own_sections: tuple[tuple[str, str], ...] = ()
    """The Markdown of the author's own sections, by their path in the paper file."""
    pdf: str | None = None
    """The PDF beside the page, relative to the site."""

    @property
    def key(self) -> str:
        """A word for this companion that is unique in its site and can be part of an id."""
        return f"{self.folder}{self.file.path.stem}".replace("/", "-")

    @property
    def json_path(self) -> str:
        """Where the page's data lie in the site: beside the page of the folder, named after the paper file."""
        return f"{self.folder}{self.file.path.stem}.json"

    @property
    def card_path(self) -> str:
        """Where the picture for link previews lies in the site, if one was drawn."""
        return f"{self.folder}{self.file.path.stem}-card.png"

    @property
    def site_files(self) -> tuple[SiteFile, ...]:
        """What has to be copied into the site for this page."""
        demo = self.bundle.assets if self.bundle is not None else ()
        return (*(published.file for _, published in self.published), *demo)


def load_companion(path: Path, folder: str = "", bundle: Callable[[PaperFile], DemoBundle] | None = None) -> Companion:
    """Reads a paper file and what lies beside it. Raises PaperError with every problem found.

    `folder` is as in Companion; `bundle` makes the bundle of a demo that runs in the browser.
    """
    paper_file = read_paper(path)
    problems = []
    files = _Files(paper_file, problems)
    for number, weights in enumerate(paper_file.paper.weights):
        if weights.access != "open":
            continue
        for place, file in enumerate(weights.files):
            if file.path and not file.url:
                # `path` is written on the entry itself when there is one file only; `position` knows.
                files.publish(file.path, ("weights", number, "files", place, "path"), file.sha256)
    page = paper_file.paper.page
    if page.teaser is not None:
        files.publish(page.teaser.file, ("page", "teaser"))
    for number, figure in enumerate(page.figures):
        files.publish(figure.file, ("page", "figures", number))
    demo = paper_file.paper.demo
    is_shown = demo is not None and demo.is_shared
    runs_here = is_shown and demo.kind == "pyodide"
    examples = demo.examples if is_shown and demo.kind != "iframe" else ()
    if examples:
        fields = read_form(paper_file).inputs if runs_here else tuple(map(declared, demo.inputs))
    for number, example in enumerate(examples):
        for name, paths in example_files(fields, example.inputs).items():
            for file in paths:
                files.publish(file, ("demo", "examples", number, "inputs", name))
    own = {
        section: files.read(section, ("page", "sections", number))
        for number, section in enumerate(page.sections)
        if section.endswith(".md")
    }
    pdf = paper_file.paper.paper.pdf
    if pdf is not None and not (path.parent / pdf).is_file():
        problems.append(paper_file.problem(f"there is no file {pdf} beside the paper file", "paper", "pdf"))
    if problems:
        raise PaperError(problems)
    made = bundle(paper_file) if runs_here and bundle is not None else None
    recording = read_recording(paper_file) if made is not None else None
    evidence = _evidence(path)
    return Companion(
        paper_file,
        folder,
        evidence,
        _replayable(path) if evidence is not None else None,
        made,
        recording,
        stale_reason(paper_file, recording, made.lock.answer_sha256) if recording and made else None,
        tuple(files.published.items()),
        tuple(own.items()),
        folder + pdf if pdf is not None else None,
    )


def _evidence(path: Path) -> Evidence | None:
    beside = path.with_name(f"{path.stem}.evidence.json")
    if not beside.exists():
        return None
    from paper_companion.evidence.model import read_evidence

    return read_evidence(beside)


def _replayable(path: Path) -> str | None:
    from paper_companion.evidence.replay import replayable

    return replayable(path)


class _Files:
    """The project's files that a paper file names; what is wrong with them is noted as problems."""

    def __init__(self, paper_file: PaperFile, problems: list) -> None:
        self._paper_file = paper_file
        self._problems = problems
        self.published: dict[str, Published] = {}

    def publish(self, path: str, keys: tuple[str | int, ...], sha256: str | None = None) -> None:
        source = self._paper_file.root / path
        if not source.is_file():
            self._problem(f"there is no file {path} in {self._paper_file.root}", keys)
            return
        if source.stat().st_size > MAX_PUBLISHED_BYTES:
            if sha256 is None:  # A picture, which the page cannot do without.
                self._problem(f"{path} has more than {MAX_PUBLISHED_BYTES:,} bytes (make it smaller)", keys)
            return
        found = Published(*published(source))
        if sha256 is not None and sha256 != found.sha256:
            message = f"{path} has the sha256 {found.sha256}, not {sha256} (write the new hash, or restore the file)"
            self._problem(message, (*keys[:-1], "sha256"))
            return
        self.published[path] = found

    def read(self, path: str, keys: tuple[str | int, ...]) -> str:
        try:
            return (self._paper_file.root / path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            self._problem(f"{path} cannot be read as text in UTF-8 (save it so)", keys)
            return ""

    def _problem(self, message: str, keys: tuple[str | int, ...]) -> None:
        self._problems.append(self._paper_file.problem(message, *keys))
