"""How to cite the paper: BibTeX, APA and CFF."""

import json
import re
import unicodedata

from paper_companion.page.header import arxiv_url, license_url, orcid_url, paper_url
from paper_companion.paper.model import Author, Paper, Publication

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
_LATEX_MARKS = re.compile("[" + re.escape("".join(_LATEX)) + "]")
VOLUME = re.compile(
    r"(?P<journal>.+?)[ ,]+(?P<volume>(?!(?:19|20)\d\d\b)\d+)"
    r"(?: ?\((?P<number>[\w–-]+)\))?(?:[:,] ?(?P<pages>[\w–-]+))?"
)
_SMALL_WORD = re.compile("a|an|the|on|of|for|in|to|and|with|from|by|is|are|at|towards?").fullmatch


def bibtex(publication: Publication, whole: bool = False) -> str:
    """One BibTeX entry; the title's capitals are protected. `whole` adds keywords and abstract."""
    venue = VOLUME.fullmatch(publication.venue) if publication.venue else None
    if venue is not None:
        kind, where = "article", [(key, venue[key]) for key in ("journal", "volume", "number", "pages")]
    elif publication.venue:
        kind, where = "inproceedings", [("booktitle", publication.venue)]
    else:
        kind, where = "misc", []
    year, *rest = (publication.date or "").split("-")
    fields = [
        ("title", "{" + _latex(publication.title) + "}"),
        ("author", " and ".join(_bibtex_name(author) for author in publication.authors)),
        *((key, _latex(value) if value else None) for key, value in where),
        ("year", year),
        ("month", str(int(rest[0])) if rest else None),
        ("doi", publication.doi),
        ("eprint", publication.arxiv),
        ("archiveprefix", "arXiv" if publication.arxiv else None),
        ("url", None if publication.doi else paper_url(publication)),
        ("keywords", _latex(", ".join(publication.keywords)) if whole else None),
        ("abstract", _latex(publication.abstract or "") if whole else None),
    ]
    body = "".join(f"  {key} = {{{value}}},\n" for key, value in fields if value)
    return f"@{kind}{{{citation_key(publication)},\n{body}}}\n"


def citation_key(publication: Publication) -> str:
    """Family name, year and the title's first word that says something, in ASCII: `carberry2025leafgrade`."""
    family = _ascii_word(_key_name(publication.authors[0])) if publication.authors else ""
    year = (publication.date or "").split("-")[0]
    words = (_ascii_word(word) for word in re.split(r"[\s:\-–—/]+", publication.title))
    word = next((word for word in words if word and not _SMALL_WORD(word)), "")
    return f"{family}{year}{word}" or "paper"


def _key_name(author: Author) -> str:
    """The family name; of a group's name, the first word that says something."""
    if not author.is_group:
        return author.family
    words = re.split(r"[\s\-–—/]+", author.family)
    return next((word for word in words if not _SMALL_WORD(word.lower())), author.family)


def apa(publication: Publication) -> str:
    """The reference in APA style, as plain text."""
    names = [_apa_name(author) for author in publication.authors]
    if len(names) > 20:
        names = [*names[:19], "… " + names[-1]]
        authors = ", ".join(names)
    else:
        authors = ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    year = (publication.date or "n.d.").split("-")[0]
    title = publication.title if publication.title.endswith(("?", "!", ".")) else f"{publication.title}."
    start = f"{authors}{'' if authors.endswith('.') else '.'} ({year}). {title}" if authors else f"{title} ({year})."
    venue = f" {publication.venue}." if publication.venue else " arXiv." if publication.arxiv else ""
    url = paper_url(publication) or (arxiv_url(publication.arxiv) if publication.arxiv else None)
    return f"{start}{venue}{f' {url}' if url else ''}"


def cff(paper: Paper) -> str:
    """A CITATION.cff (1.2.0) of the code, with the paper as its preferred citation; valid when there are authors."""
    publication, code = paper.paper, paper.code
    archive = code.archive if code is not None else None
    authors = [_cff_author(author) for author in publication.authors]
    identifiers = [("doi", archive.concept_doi), ("swh", archive.swhid)] if archive is not None else []
    document = {
        "cff-version": "1.2.0",
        "message": "If you use this work, please cite the paper.",
        "title": publication.title,
        "type": "software" if code is not None else None,
        "authors": authors,
        "abstract": publication.abstract,
        "keywords": list(publication.keywords) or None,
        "license": cff_license(code.license) if code is not None else None,
        "repository-code": code.repo if code is not None else None,
        "commit": code.commit if code is not None else None,
        "version": code.version if code is not None else None,
        "doi": _cff_doi(archive.doi) if archive is not None else None,
        "url": archive.url if archive is not None else None,
        "identifiers": [{"type": kind, "value": value} for kind, value in identifiers if value] or None,
        "preferred-citation": {"title": publication.title, "authors": authors, **_cff_reference(publication)},
    }
    return to_yaml(document)


def _cff_reference(publication: Publication) -> dict:
    """Where and when the paper was published."""
    venue = VOLUME.fullmatch(publication.venue) if publication.venue else None
    if venue is not None:
        where = {"type": "article", "journal": venue["journal"], "volume": venue["volume"], "issue": venue["number"]}
        where["start"], _, where["end"] = (venue["pages"] or "").replace("–", "-").partition("-")
    elif publication.venue:
        where = {"type": "conference-paper", "conference": {"name": publication.venue}}
    else:
        where = {"type": "generic"}
    year, *rest = (publication.date or "").split("-")
    return {
        **{key: value or None for key, value in where.items()},
        "year": int(year) if year else None,
        "month": int(rest[0]) if rest else None,
        "date-published": publication.date if len(rest) == 2 else None,
        "doi": _cff_doi(publication.doi),
        "url": paper_url(publication),
        "identifiers": [{"type": "other", "value": f"arXiv:{publication.arxiv}"}] if publication.arxiv else None,
        "license": cff_license(publication.license),
    }


def _cff_doi(doi: str | None) -> str | None:
    """A DOI of the characters that the format knows; others, as the old ones with < and >, have their address alone."""
    return doi if re.fullmatch(r"10\.\d{4,9}(\.\d+)?/[A-Za-z0-9:/_;\-.()\[\]\\]+", doi or "") else None


def cff_license(license: str | None) -> str | list[str] | None:
    """A licence or a choice of several; other expressions and licences that are not on SPDX's list have no place."""
    names = (license or "").split(" OR ")
    if not all(map(license_url, names)):
        return None
    return names if len(names) > 1 else license


def _cff_author(author: Author) -> dict:
    if author.is_group:
        return {"name": author.family}
    return {
        "family-names": author.family,
        "given-names": author.given,
        "orcid": orcid_url(author),
        "affiliation": "; ".join(author.affiliation) or None,
    }


def to_yaml(document: dict, indent: str = "") -> str:
    """Nested mappings and lists as YAML, with texts as JSON strings, which are YAML, too; empty values are left out."""
    lines = []
    for key, value in document.items():
        if isinstance(value, dict):
            lines.append(f"{indent}{key}:\n{to_yaml(value, indent + '  ')}")
        elif isinstance(value, list):
            lines.append(f"{indent}{key}:\n")
            for item in value:
                text = to_yaml(item, indent + "    ").lstrip() if isinstance(item, dict) else f"{_scalar(item)}\n"
                lines.append(f"{indent}  - {text}")
        elif value is not None:
            lines.append(f"{indent}{key}: {_scalar(value)}\n")
    return "".join(lines)


def _scalar(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ascii_word(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


def _latex(text: str) -> str:
    return _LATEX_MARKS.sub(lambda mark: _LATEX[mark[0]], " ".join(text.split()))


def _bibtex_name(author: Author) -> str:
    if author.given is None:
        return "{" + _latex(author.family) + "}" if " " in author.family else _latex(author.family)
    return f"{_latex(author.family)}, {_latex(author.given)}"


def _apa_name(author: Author) -> str:
    if author.given is None:
        return author.family
    initials = " ".join(
        "-".join(f"{part[0]}." for part in name.split("-") if part) for name in author.given.split() if name
    )
    return f"{author.family}, {initials}"
