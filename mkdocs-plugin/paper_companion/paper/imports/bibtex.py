"""BibTeX: the entry of the paper."""

import re
from typing import Any

from paper_companion.paper.imports.fill import ImportProblem, build, mark
from paper_companion.paper.problems import did_you_mean, quoted

MAX_SIZE_BYTES = 400_000
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def fill_from_bibtex(source: str, name: str, key: str | None) -> dict[str, Any]:
    """What the entry with this key says, or the only entry. Raises ImportProblem."""
    entry = _entry(source, key)
    # The parser counts lines from 0.
    lines = {field.key.lower(): field.start_line + 1 for field in entry.fields}
    values = {field.key.lower(): field.value for field in entry.fields}

    def value(field: str, convert: Any = None) -> Any:
        found = values.get(field)
        if isinstance(found, str):
            found = _plain(found)
        if convert:
            found = convert(found) if found else None
        return build(found, mark(name, lines[field])) if found else None

    venue = next((field for field in ("journal", "booktitle", "journaltitle") if values.get(field)), "journal")
    is_arxiv = re.search("arxiv", str(values.get("archiveprefix", values.get("eprinttype", "arxiv"))), re.IGNORECASE)
    return {
        "paper": {
            "title": value("title"),
            "authors": value("author", _authors),
            "abstract": value("abstract"),
            "keywords": value("keywords", lambda words: re.findall(r"[^,;\s][^,;]*", words)),
            "venue": value(venue, lambda title: _venue(title, values)),
            "date": value("date") or value("year", lambda year: _date(year, values.get("month"))),
            "doi": value("doi", lambda doi: re.sub(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", doi)),
            "arxiv": value("eprint", lambda eprint: re.sub("(?i)^arxiv:", "", eprint)) if is_arxiv else None,
            "url": value("url"),
        }
    }


def _entry(source: str, key: str | None) -> Any:
    import logging

    import bibtexparser
    from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts

    # The library prints what it reports as well, unless somebody listens.
    logging.getLogger(bibtexparser.__name__).addHandler(logging.NullHandler())
    # Decoded before names are split, which would take the braces of an accent away; those of a group keep it together.
    middleware = [LatexDecodingMiddleware(keep_braced_groups=True), SeparateCoAuthors(), SplitNameParts()]
    try:
        library = bibtexparser.parse_string(source, append_middleware=middleware)
    except Exception as error:  # the library promises to report bad blocks; text that nobody wrote by hand may do more
        raise ImportProblem(f"not readable as BibTeX: {type(error).__name__}") from None
    entries = {entry.key: entry for entry in library.entries}
    if key is not None:
        if key in entries:
            return entries[key]
        raise ImportProblem(f"there is no entry {quoted(key)}{did_you_mean(key, entries)}")
    if len(entries) == 1:
        return next(iter(entries.values()))
    if not entries:
        if not library.failed_blocks:
            raise ImportProblem("there is no entry that can be read")
        failed = library.failed_blocks[0]
        reason = getattr(failed.error, "abort_reason", "").rstrip(".")
        raise ImportProblem(f"this entry cannot be read: {reason}", failed.start_line + 1)
    some = ", ".join(list(entries)[:5])
    raise ImportProblem(f"there are {len(entries)} entries (say which with key: {some})")


def _plain(value: str) -> str:
    return " ".join(value.replace("{", "").replace("}", "").replace("~", " ").split())


def _authors(people: Any) -> list[dict[str, str | None]]:
    authors = []
    for person in people if isinstance(people, list) else ():
        family = _plain(" ".join((*person.von, *person.last, *person.jr)))
        if family and family != "others":
            authors.append({"family": family, "given": _plain(" ".join(person.first)) or None})
    return authors


def _venue(title: str, values: dict[str, Any]) -> str:
    volume, number = _plain(str(values.get("volume") or "")), _plain(str(values.get("number") or ""))
    return " ".join(filter(None, (title, f"{volume}({number})" if number else volume)))


def _date(year: str, month: Any) -> str:
    name = str(month or "").strip("{} ").lower()
    if name[:3] in _MONTHS:
        return f"{year}-{_MONTHS.index(name[:3]) + 1:02}"
    return f"{year}-{int(name):02}" if re.fullmatch("[0-9]{1,2}", name) and year.isdigit() else year
