"""Exports: what the paper file says, in the formats of other tools."""

from collections.abc import Callable, Mapping, Sequence

from paper_companion.page.citation import bibtex, cff, cff_license
from paper_companion.page.exports.bioimageio import bioimageio
from paper_companion.page.exports.codemeta import codemeta
from paper_companion.page.exports.export import Export
from paper_companion.page.exports.model_card import model_card
from paper_companion.page.exports.neurips import neurips
from paper_companion.page.exports.ro_crate import ro_crate
from paper_companion.paper.problems import Problem
from paper_companion.paper.reader import PaperError, PaperFile


def export(format: str, file: PaperFile, weights_id: str | None = None) -> tuple[str, Sequence[Problem]]:
    """The text in a format of EXPORTS, and notes on what could not be said in it.

    Formats about one model describe the weights with this id, or else the first ones that anybody can get. Raises
    PaperError for what the format asks for and the paper lacks.
    """
    making = Export(file, weights_id)
    text = EXPORTS[format](making)
    if making.lacking:
        raise PaperError(making.lacking)
    return text, sorted(making.notes, key=lambda note: (str(note.path), note.line, note.column))


def _citation_file(export: Export) -> str:
    code = export.paper.code
    if not export.paper.paper.authors:
        export.lack("a CITATION.cff names authors (add authors)", "paper", "authors")
    if code is not None and code.license and not cff_license(code.license):
        export.note("a CITATION.cff takes licences of the SPDX list: left out", "code", "license")
    return cff(export.paper)


EXPORTS: Mapping[str, Callable[[Export], str]] = {
    "bibtex": lambda export: bibtex(export.paper.paper, whole=True),
    "bioimageio": bioimageio,
    "cff": _citation_file,
    "codemeta": codemeta,
    "huggingface": model_card,
    "neurips": neurips,
    "ro-crate": ro_crate,
}
"""The function that makes the text of each format."""
