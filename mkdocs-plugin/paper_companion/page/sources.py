"""What a page is made from: when one of these files changes, so does the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.paper.model import Paper, Step

if TYPE_CHECKING:
    from paper_companion.page.companion import Companion

_SETTLED_AFTER_NS = 1_000_000_000
"""What was written later than this before it was looked at may be written again under the same time."""

State = tuple[tuple[Path, tuple[int, int, int] | None], ...]
"""For each file its time of change in nanoseconds, its size in bytes and its number; None for one that is not there."""


@dataclass(frozen=True)
class Sources:
    """`files` may name some that are not there yet; `patterns` are folders, and which files below them count."""

    files: tuple[Path, ...]
    patterns: tuple[tuple[Path, str], ...] = ()

    def state(self) -> State:
        """What the files are like now: another one as soon as a file is written, made or taken away."""
        matches = (path for folder, pattern in self.patterns for path in sorted(folder.glob(pattern)))
        return tuple((path, _stamp(path)) for path in (*self.files, *matches))


def is_settled(state: State, read_ns: int) -> bool:
    """Whether what was read at `read_ns` (nanoseconds since the epoch) is what the state describes."""
    return all(stamp is None or stamp[0] < read_ns - _SETTLED_AFTER_NS for _, stamp in state)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def companion_sources(companion: Companion) -> Sources:
    """Everything that the companion was read from."""
    path, root = companion.file.path, companion.file.root
    beside = (path.with_name(f"{path.stem}.{kind}.json") for kind in ("lock", "examples", "evidence"))
    own = (root / section for section, _ in companion.own_sections)
    files = (published.file.source for _, published in companion.published if published.file.source is not None)
    imported = (root / entry.file for entry in companion.file.paper.imports)
    called = (root / str(step.parameters["function"]).partition(":")[0] for step in _calls(companion.file.paper))
    demo = _demo_files(companion)
    pdf = (path.parent / companion.file.paper.paper.pdf,) if companion.pdf is not None else ()
    return Sources((path, *beside, *imported, *own, *files, *demo, *called, *pdf), tuple(_demo_patterns(companion)))


def _demo_files(companion: Companion) -> tuple[Path, ...]:
    assets = companion.bundle.assets if companion.bundle is not None else ()
    root = companion.file.root
    return tuple(asset.source for asset in assets if asset.source is not None and asset.source.is_relative_to(root))


def _demo_patterns(companion: Companion) -> Iterator[tuple[Path, str]]:
    """What a demo in the browser takes in as soon as it is there: files, and modules that its code may import."""
    if companion.bundle is None:
        return
    root, demo = companion.file.root, companion.file.paper.demo
    yield from ((root, pattern) for pattern in demo.files)
    code = (file.parent for file in _demo_files(companion) if file.suffix == ".py")
    for folder in dict.fromkeys((root, *code)):
        yield folder, "*.py"
        yield folder, "*/*.py"
    for package in companion.bundle.lock.packages:
        if package.project:
            yield root / package.project.path, "**/*"


def _calls(paper: Paper) -> Iterator[Step]:
    """The steps whose function's docstring stands on the page."""
    for weights in paper.weights:
        for tensor in (*weights.inputs, *weights.outputs):
            yield from (step for step in (*tensor.preprocess, *tensor.postprocess) if step.name == "call")
