"""A filled checklist as LaTeX, in the form that NeurIPS asks for."""

from __future__ import annotations

from collections.abc import Iterable

from paper_companion.evidence.checklists import ChecklistForm, Filled

_ANSWERS = {"yes": r"\answerYes{}", "partial": r"\answerYes{} (partly)", "no": r"\answerNo{}", "na": r"\answerNA{}"}
_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "%": r"\%",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "±": r"$\pm$",
        "\n": " ",
    }
)


def to_latex(form: ChecklistForm, filled: Iterable[Filled]) -> str:
    """A section to be put after the references; `\\answerYes` and the like are those of the NeurIPS style.

    Suggested answers carry a comment that an author has to take away.
    """
    lines = [rf"\section*{{{escaped(form.title)}}}", r"\begin{enumerate}", ""]
    for one in filled:
        answer = _ANSWERS.get(one.answer, r"\answerTODO{}")
        justification = escaped(one.justification) if one.justification else r"\justificationTODO{}"
        lines.append(rf"\item {{\bf {escaped(one.item.title)}}}")
        if one.item.question:
            lines.append(rf"    \item[] Question: {escaped(one.item.question)}")
        if one.suggested:
            lines.append("    % Suggested from the paper file: check it, then delete this line.")
        lines += [rf"    \item[] Answer: {answer}", rf"    \item[] Justification: {justification}", ""]
    return "\n".join([*lines, r"\end{enumerate}", ""])


def escaped(text: str) -> str:
    """Text as LaTeX prints it."""
    return text.translate(_ESCAPES)
