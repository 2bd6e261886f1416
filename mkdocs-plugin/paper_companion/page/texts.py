"""The page's own words: what an author can say in another way or language."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

from paper_companion.page.templating import template_folders
from paper_companion.paper.problems import did_you_mean, quoted

_SAID = re.compile(r"""\b(?:t|heading)\((["'])(.+?)\1""")

LABELS = (
    *("Try it", "Demo", "Paper", "PDF", "arXiv", "Code", "Weights", "Data", "Result", "Cite"),
    *("Licence", "Commit", "Version", "Archived", "Software Heritage", "Python", "Pinned in", "Container", "Hardware"),
    *("Training takes", "Get the code", "Install", "Train", "Evaluate", "DOI", "Used for", "Examples"),
    *("Parameters", "Data types", "Trained on", "Fine-tuned from", "Library", "Data type", "Range", "Unit"),
    *("Input", "Output", "Runtime", "Packages", "Files", "Together", "Shell"),
    *("open", "gated", "Gated", "Withheld", "Withdrawn", "withdrawn"),
)
"""What Python passes to the templates."""


def unknown_texts(strings: Mapping[str, str], overrides: tuple[Path, ...] = ()) -> Iterator[tuple[str, str]]:
    """The texts that the page never says, each with what is wrong."""
    if strings:
        known = texts(overrides)
        for text in strings:
            if text not in known:
                yield text, f"the page never says {quoted(text)}{did_you_mean(text, known)}"


@cache
def texts(overrides: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """Every text of the page; those in the author's own templates, too."""
    from paper_companion.evidence.checklists import CHECKLISTS
    from paper_companion.evidence.ladder import State
    from paper_companion.evidence.model import Outcome
    from paper_companion.page.badges import EXPLANATIONS
    from paper_companion.page.checklists import ANSWERS
    from paper_companion.page.sections import HOW
    from paper_companion.paper.operations import OPERATIONS
    from paper_companion.paper.values import Because

    templates = (path for folder in template_folders(overrides) for path in sorted(Path(folder).glob("*.j2")))
    said = (
        found[2] for path in templates for found in _SAID.finditer(path.read_text(encoding="utf-8", errors="replace"))
    )
    forms = (text for form in CHECKLISTS.values() for text in (form.title, *(item.title for item in form.items)))
    steps = (operation.description for operation in OPERATIONS.values())
    values = (*State, *Outcome, *EXPLANATIONS.values(), *ANSWERS.values(), *HOW.values(), *get_args(Because))
    return tuple(dict.fromkeys(map(str, (*LABELS, *said, *forms, *steps, *values))))
