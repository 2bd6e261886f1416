"""What a paper file asks of its page that the page cannot do."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from paper_companion.paper.problems import PaperError, did_you_mean, quoted
from paper_companion.paper.reader import project_root

if TYPE_CHECKING:
    from paper_companion.paper.reader import PaperFile, Problem

_NAMES = ("paper-companion", "paper_companion.markdown_extension")


class _Loader(yaml.SafeLoader):
    """Takes what has a tag of another program for nothing."""


_Loader.add_multi_constructor("", lambda *_: None)


def check_page(file: PaperFile, overrides: tuple[Path, ...] = ()) -> None:
    """Whether the page has the sections, the texts (or the overrides have them) and the checklists that are named.

    Raises PaperError with each that it has not.
    """
    if problems := list(_problems(file, overrides)):
        raise PaperError(problems)


def _problems(file: PaperFile, overrides: tuple[Path, ...]) -> Iterator[Problem]:
    # Most papers name nothing of it, and the imports take a while.
    page = file.paper.page
    if page.sections:
        from paper_companion.page.sections import PARTS

        known = f"there are {', '.join(PARTS)}, and paths that end in .md"
        for number, name in enumerate(page.sections):
            if name not in PARTS and not name.endswith(".md"):
                yield file.problem(f"there is no section {name!r} ({known})", "page", "sections", number)
    if page.strings:
        from paper_companion.page.texts import unknown_texts

        for text, message in unknown_texts(page.strings, overrides):
            yield file.problem(message, "page", "strings", text)
    if derived := [name for name, checklist in file.paper.checklists.items() if checklist.auto]:
        from paper_companion.evidence.checklists import CHECKLISTS

        for name in derived:
            if name not in CHECKLISTS:
                what = f"no answers are known to be derived for {quoted(name)}{did_you_mean(name, CHECKLISTS)}"
                yield file.problem(what, "checklists", name)


def check_page_of_project(file: PaperFile) -> None:
    """As `check_page`, with the overrides that the configuration of the paper file's site names. Raises PaperError."""
    project = project_root(file.path)
    named = _templates_in(_configuration(project)) if file.paper.page.strings else ()
    check_page(file, tuple(project / folder for folder in named if (project / folder).is_dir()))


def _configuration(project: Path) -> Any:
    """What mkdocs.yml or zensical.toml holds; None when neither can be read. Tags in mkdocs.yml are not run."""
    for name, parse in (("mkdocs.yml", lambda text: yaml.load(text, _Loader)), ("zensical.toml", tomllib.loads)):
        try:
            return parse((project / name).read_text(encoding="utf-8"))
        except (OSError, ValueError, yaml.YAMLError, RecursionError):
            continue
    return None


def _templates_in(value: Any) -> Iterator[str]:
    """The `templates` among our options, wherever in a configuration these are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _NAMES and isinstance(inner, dict) and isinstance(inner.get("templates"), str):
                yield inner["templates"]
            yield from _templates_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _templates_in(inner)
