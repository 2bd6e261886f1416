"""ML Code Completeness, read from the repository itself: each tick names the file and lines that earn it.

The five items are those of `paperswithcode/releasing-research-code`. What is found by looking at names and texts is a
sign, not a proof: nothing is run.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from paper_companion.evidence.repository_files import Checkout, Sign
from paper_companion.paper.model import Paper

ITEMS: Mapping[str, str] = {
    "dependencies": "Specification of dependencies",
    "training": "Training code",
    "evaluation": "Evaluation code",
    "weights": "Pre-trained models",
    "results": "README with a table of results and the commands that reproduce them",
}


@dataclass(frozen=True)
class Tick:
    """One item: what the repository shows of it, and what the paper file declares."""

    item: str
    detected: tuple[Sign, ...]
    declared: str = ""
    """What the paper file says, in a few words; empty when it says nothing."""
    disagreement: str = ""
    """What does not fit between the two; empty when they do."""
    declared_key: tuple[str | int, ...] = ()
    commit: str = ""
    """What was looked at; empty outside of git."""


def judge_completeness(paper: Paper, checkout: Checkout) -> tuple[Tick, ...]:
    """Each item with what was detected, what is declared, and where the two disagree."""
    from paper_companion.evidence.completeness_signs import look_for_all

    subfolder = _subfolder(paper)
    found = look_for_all(checkout, subfolder)
    if not found["weights"]:
        # Any format will do for a file that the paper file calls weights.
        named = [file.path for weights in paper.weights for file in weights.files if file.path]
        # Paths are the project's, and the project may be the repository or the subfolder.
        both = dict.fromkeys(path for name in named for path in (name, _joined(subfolder, name)))
        found["weights"] = tuple(Sign(path) for path in both if path in checkout.paths)
    return tuple(_tick(item, found[item], paper, checkout) for item in ITEMS)


def _tick(item: str, detected: tuple[Sign, ...], paper: Paper, checkout: Checkout) -> Tick:
    declared, key = _declared(item, paper)
    answer = _answer(item, paper)
    disagreement = ""
    if answer is not None:
        said, answer_key = answer
        if said in ("yes", "partial") and not detected and not declared:
            disagreement, key = f"the checklist says {said}, but nothing was found in the repository", answer_key
        elif said in ("no", "na") and detected:
            disagreement, key = f"the checklist says {said}, but {detected[0]} looks like it", answer_key
    elif item in ("training", "evaluation") and declared:
        missing = _missing_programs(declared, checkout, paper)
        if missing:
            disagreement = f"the command names {missing}, which the repository does not hold"
    elif detected and not declared and item != "results":
        disagreement = f"{detected[0]} looks like it, but the paper file does not say so"
    return Tick(item, detected, declared, disagreement, key, checkout.commit)


def _answer(item: str, paper: Paper) -> tuple[str, tuple[str, ...]] | None:
    checklist = paper.checklists.get("code-completeness")
    answer = checklist.answers.get(item) if checklist is not None else None
    return (answer.answer, ("checklists", "code-completeness", item)) if answer is not None else None


def _declared(item: str, paper: Paper) -> tuple[str, tuple[str | int, ...]]:
    """What the paper file says of an item, and where it says or would say it."""
    code, environment = paper.code, paper.environment
    match item:
        case "dependencies":
            said = (environment.lock if environment else "") or (environment.image if environment else "")
            return said or (code.install if code else "") or "", ("environment", "lock")
        case "training":
            return (code.train if code else "") or "", ("code", "train")
        case "evaluation":
            return (code.evaluate if code else "") or "", ("code", "evaluate")
        case "weights":
            shared = [weights.id for weights in paper.weights if weights.access == "open"]
            return ", ".join(shared), ("weights",)
    runs = [result.id for result in paper.results if result.command]
    return ", ".join(runs), ("results",)


def _missing_programs(command: str, checkout: Checkout, paper: Paper) -> str:
    """Programs that a command names by path and that the checkout lacks."""
    from paper_companion.evidence.completeness_signs import PROGRAM

    subfolder = _subfolder(paper)
    held = set(checkout.paths)
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    missing = [
        word
        for word in words
        if PROGRAM.search(word)
        and not word.startswith(("-", "/"))
        and "://" not in word
        and held.isdisjoint({_joined(subfolder, word), _joined("", word)})
    ]
    return ", ".join(missing)


def _subfolder(paper: Paper) -> str:
    return (paper.code.subfolder or "").strip("/") if paper.code is not None else ""


def _joined(folder: str, name: str) -> str:
    return PurePosixPath(folder, name).as_posix() if folder else PurePosixPath(name).as_posix()
