"""The NeurIPS paper checklist as LaTeX, to stand after the references."""

from functools import cache
from typing import Any

from paper_companion.evidence.checklists import NEURIPS, Filled, fill
from paper_companion.page.exports.export import Export

# The commands of the NeurIPS style.
_ANSWERS = {"yes": r"\answerYes{}", "partial": r"\answerYes{} (partly)", "no": r"\answerNo{}", "na": r"\answerNA{}"}


def neurips(export: Export) -> str:
    """Every question with the author's answer, or what the paper file suggests, or a mark that it is to be done."""
    filled = fill(NEURIPS, export.paper)
    if to_do := [one.item.key for one in filled if not one.answer]:
        export.note(f"left to do: {', '.join(to_do)}", "checklists", NEURIPS.name)
    text = "\n".join(
        (rf"\section*{{{NEURIPS.title}}}", r"\begin{enumerate}", "", *map(_item, filled), r"\end{enumerate}", "")
    )
    if unknown := sorted({letter for letter in text if not letter.isascii()}):
        export.note(f"pdflatex has no {' '.join(unknown)} (xelatex and lualatex have)", "checklists", NEURIPS.name)
    return text


def _item(one: Filled) -> str:
    justification = in_latex(one.justification) if one.justification else r"\justificationTODO{}"
    lines = [rf"\item {{\bf {in_latex(one.item.title)}}}", rf"    \item[] Question: {in_latex(one.item.question)}"]
    if one.suggested:
        lines.append("    % Suggested from the paper file: check it, then delete this line.")
    answer = _ANSWERS.get(one.answer, r"\answerTODO{}")
    return "\n".join([*lines, rf"    \item[] Answer: {answer}", rf"    \item[] Justification: {justification}", ""])


def in_latex(text: str) -> str:
    """Text as LaTeX prints it, on one line; letters that LaTeX has no name for stay as they are."""
    return _encoder().unicode_to_latex(" ".join(text.split()))


@cache
def _encoder() -> Any:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(unknown_char_policy="keep", unknown_char_warning=False)
