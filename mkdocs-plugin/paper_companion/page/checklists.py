"""Checklists as the page shows them: the author's answers, and what was found where the author says nothing."""

from collections.abc import Iterator
from typing import NamedTuple

from paper_companion.page.companion import Companion

ANSWERS = {"yes": "Yes", "partial": "Partly", "no": "No", "na": "Not applicable", "": "Not answered"}


class AnswerView(NamedTuple):
    """One line. `suggested` when a machine proposes the answer and no author has given one."""

    item: str
    answer: str
    word: str
    why: str
    suggested: bool = False


class ChecklistView(NamedTuple):
    """One checklist; `summary` says how many of its items have a yes, `source` is where its makers publish it."""

    title: str
    source: str | None
    summary: str
    answers: tuple[AnswerView, ...]


def checklist_views(companion: Companion) -> tuple[ChecklistView, ...]:
    """The checklists that the paper file names, in its order."""
    return tuple(_views(companion)) if companion.file.paper.checklists else ()


def _views(companion: Companion) -> Iterator[ChecklistView]:
    # Here and not above: most papers have none, and it takes a while.
    from paper_companion.evidence.checklists import CHECKLISTS, fill
    from paper_companion.evidence.completeness import Sign, Tick
    from paper_companion.evidence.model import Kind

    paper = companion.file.paper
    observations = companion.evidence.observations if companion.evidence is not None else ()
    ticks = [
        Tick(
            seen.subject.rpartition(".")[2],
            tuple(Sign(sign) for sign in seen.details.get("signs", ())),
            seen.details.get("declared", ""),
            commit=seen.target,
        )
        for seen in observations
        if seen.kind is Kind.COMPLETENESS
    ]
    for name, checklist in paper.checklists.items():
        form = CHECKLISTS.get(name)
        if form is not None:
            answers = tuple(
                AnswerView(
                    filled.item.title, filled.answer, ANSWERS[filled.answer], filled.justification, filled.suggested
                )
                for filled in fill(form, paper, ticks)
                # Without `auto` only what the author answers is shown.
                if checklist.auto or not (filled.suggested or filled.answer == "")
            )
        else:
            answers = tuple(
                AnswerView(item, answer.answer, ANSWERS[answer.answer], answer.why or answer.where or "")
                for item, answer in checklist.answers.items()
            )
        if answers:
            yes = sum(answer.answer == "yes" for answer in answers)
            title = form.title if form is not None else name
            source = form.source if form is not None else None
            yield ChecklistView(title, source, f"{yes} / {len(answers)}", answers)
