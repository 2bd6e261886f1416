"""A filled checklist as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from paper_companion.evidence.checklists import ChecklistForm, Filled


def to_text(form: ChecklistForm, filled: Iterable[Filled]) -> str:
    """One item a line with its answer; a question mark tells a suggestion from an author's answer."""
    lines = [f"{form.title} ({form.source})", ""]
    for one in filled:
        answer = f"{one.answer}?" if one.suggested else one.answer or "-"
        lines.append(f"{answer:<9}{one.item.key}: {one.item.title}")
        if one.justification:
            lines.append(f"         {one.justification}")
    return "\n".join([*lines, "", "? suggested from the paper file and the repository; - not answered", ""])
