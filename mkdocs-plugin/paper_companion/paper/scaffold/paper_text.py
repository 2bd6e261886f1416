"""The text of a new paper file: what was found and answered, in the words that its author will edit."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from paper_companion.paper.model import Paper
from paper_companion.paper.problems import PaperError, Problem
from paper_companion.paper.reader import parse_paper
from paper_companion.paper.scaffold.discovery import Discovery, FoundWeights
from paper_companion.paper.tree import quoted_yaml

_PLAIN = re.compile(r"[A-Za-z0-9_./](?:[\w./@+-]|:(?=\w)| (?=\w))*").fullmatch

_DEMO = """\
demo:
  run: {run}
"""
_DEMO_FIELDS = """\
  inputs:
    - {id: text, type: text, label: A few words}
  outputs:
    - {id: letters, type: label}
  examples:
    - inputs: {text: reproducible research}
"""


@dataclass(frozen=True)
class Draft:
    """A paper file to be.

    `demo` is the function to run, and `own_demo` says that it is not the one from the template. A demo that waits is
    written as a comment, since a strict build needs its lock.
    """

    found: Discovery
    title: str | None = None
    authors: tuple[str, ...] = ()
    demo: str | None = None
    own_demo: bool = False
    demo_waits: bool = False

    def text(self) -> str:
        """The file, as YAML."""
        found = self.found
        lines = []
        if imports := (*found.paper_imports, *self._weights_imports()):
            lines.append("# What these files say is filled in; a key that is written here wins.")
            lines.append(f"import: {_flow(imports)}")
        if self.title or self.authors:
            lines.append("paper:")
            lines += [f"  title: {scalar(self.title)}"] if self.title else []
            lines += [f"  authors: {_flow(self.authors)}"] if self.authors else []
        if found.repo or found.commit:
            lines.append("code:")
            lines += [f"  repo: {found.repo}"] if found.repo else []
            lines += [f"  commit: {found.commit}"] if found.commit else []
            lines += [f"  subfolder: {scalar(found.subfolder)}"] if found.subfolder else []
        if found.lock:
            lines += ["environment:", f"  lock: {scalar(found.lock)}"]
        groups = _grouped(found.weights)
        if groups:
            lines.append("weights:")
        for name, files in groups.items():
            lines.append(f"  - id: {name}")
            lines += _only_file(files[0]) if len(files) == 1 else _files(files)
        text = "\n".join(lines) + "\n"
        if self.demo:
            demo = _DEMO.format(run=scalar(self.demo)) + ("" if self.own_demo else _DEMO_FIELDS)
            if self.demo_waits:
                commented = re.sub("^", "# ", demo.rstrip(), flags=re.MULTILINE)
                demo = f"# Delete the # below, then run: paper-companion lock\n{commented}"
            text += demo.rstrip() + "\n"
        return text

    def _weights_imports(self) -> tuple[str, ...]:
        """A card or a configuration describes the weights when it is clear which ones."""
        return self.found.weights_imports if len(_grouped(self.found.weights)) == 1 else ()


def settle(
    draft: Draft, path: Path, root: Path, ask_title: Callable[[], str], say: Callable[[str], None]
) -> tuple[Draft, Paper]:
    """The draft that can be read at this path, with a title and without imports that cannot be used; what it says.

    Raises PaperError where something else is wrong.
    """
    while True:
        try:
            read = parse_paper(draft.text().encode(), path, files_must_exist=False, default_root=root)
            return draft, read.paper
        except PaperError as error:
            problems = error.problems
        # The place of a title that is missing may be in an import, which has nothing to do with it.
        if draft.title is None and any(_misses_title(problem, path) for problem in problems):
            draft = replace(draft, title=ask_title())
        elif unusable := _unusable_imports(draft, path, problems):
            for problem in unusable.values():
                say(f"{problem} (left out)")
            draft = replace(draft, found=_without(draft.found, unusable))
        else:
            raise PaperError(problems)


def _misses_title(problem: Problem, path: Path) -> bool:
    return problem.key == "paper.title" or (problem.path == path and problem.key in ("", "paper"))


def _unusable_imports(draft: Draft, path: Path, problems: Sequence[Problem]) -> dict[str, Problem]:
    candidates = (*draft.found.paper_imports, *draft.found.weights_imports)
    unusable: dict[str, Problem] = {}
    for problem in problems:
        if problem.path != path and problem.path.name in candidates:
            unusable.setdefault(problem.path.name, problem)
    return unusable


def _without(found: Discovery, names: dict[str, Problem]) -> Discovery:
    return replace(
        found,
        paper_imports=tuple(name for name in found.paper_imports if name not in names),
        weights_imports=tuple(name for name in found.weights_imports if name not in names),
    )


def _grouped(weights: Sequence[FoundWeights]) -> dict[str, list[FoundWeights]]:
    """The same name with several endings is the same weights in several formats."""
    groups: dict[str, list[FoundWeights]] = {}
    for file in weights:
        stem = re.sub(r"[^\w.-]+", "-", PurePosixPath(file.path).stem).lstrip(".-") or "weights"
        groups.setdefault(stem, []).append(file)
    return groups


def _only_file(file: FoundWeights) -> list[str]:
    return [
        f"    path: {scalar(file.path)}",
        f"    format: {_format(file)}",
        f"    size: {file.size_bytes}",
        f"    sha256: {file.sha256}",
    ]


def _files(files: Sequence[FoundWeights]) -> list[str]:
    lines = ["    files:"]
    for file in files:
        lines.append(f"      - path: {scalar(file.path)}")
        lines.append(f"        format: {_format(file)}")
        lines.append(f"        size: {file.size_bytes}")
        lines.append(f"        sha256: {file.sha256}")
    return lines


def _format(file: FoundWeights) -> str:
    return PurePosixPath(file.path).suffix.lstrip(".").lower()


def scalar(text: str) -> str:
    """A text as a YAML value: quoted where it must be."""
    return text if _PLAIN(text) else quoted_yaml(text)


def _flow(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(scalar, texts))}]"
