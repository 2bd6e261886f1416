"""CITATION.cff 1.2: the root describes the software, `preferred-citation` the paper."""

import re
from typing import Any

from yaml.nodes import Node

from paper_companion.paper.imports.fill import child, items, like, scalar, text


def fill_from_citation(root: Node) -> dict[str, Any]:
    """What a citation file says about the code and the paper."""
    preferred = child(root, "preferred-citation")
    paper = preferred or root
    return {
        "paper": {
            "title": scalar(child(paper, "title")),
            "authors": [author for person in items(child(paper, "authors")) if (author := _author(person))] or None,
            "abstract": scalar(child(paper, "abstract")),
            "keywords": child(paper, "keywords") or child(root, "keywords"),
            "venue": _venue(preferred),
            "date": _date(paper),
            "doi": _doi(preferred),
            "url": scalar(child(preferred, "url")),
        },
        "code": {
            "repo": scalar(child(root, "repository-code")) or scalar(child(root, "repository")),
            "commit": scalar(child(root, "commit")),
            "version": scalar(child(root, "version")),
            "license": _license(root),
            "archive": _archive(root),
        },
    }


def bare(node: Node | None, prefix: str) -> Node | None:
    """A scalar without the address before its identifier; the prefix is a regular expression."""
    if (given := text(node)) is None or node is None:
        return None
    return like(node, re.sub(rf"(?i)^(?:{prefix})", "", given))


def _doi(node: Node | None) -> Node | None:
    if found := child(node, "doi"):
        return bare(found, r"https?://(?:dx\.)?doi\.org/|doi:\s*")
    for identifier in items(child(node, "identifiers")):
        if text(child(identifier, "type")) == "doi":
            return bare(child(identifier, "value"), r"https?://(?:dx\.)?doi\.org/|doi:\s*")
    return None


def _author(person: Node) -> Node | None:
    name = scalar(child(person, "name"))  # an entity: a group or a company
    family = text(child(person, "family-names"))
    if name is None and family is None:
        return None
    particle, suffix = text(child(person, "name-particle")), text(child(person, "name-suffix"))
    whole = " ".join(filter(None, (particle, family, suffix)))
    return like(
        person,
        {
            "family": name or like(child(person, "family-names") or person, whole),
            "given": scalar(child(person, "given-names")),
            "orcid": bare(child(person, "orcid"), r"https?://orcid\.org/"),
            "affiliation": scalar(child(person, "affiliation")),
        },
    )


def _venue(paper: Node | None) -> Node | None:
    for keys in (("journal",), ("collection-title",), ("conference", "name")):
        if (found := scalar(child(paper, *keys))) is not None:
            volume, issue = text(child(paper, "volume")), text(child(paper, "issue"))
            number = f"{volume or ''}({issue})" if issue else volume
            return like(found, " ".join(filter(None, (text(found), number))))
    return None


def _date(paper: Node) -> Node | None:
    for key in ("date-published", "date-released"):
        if (found := scalar(child(paper, key))) is not None:
            return found
    if (year := scalar(child(paper, "year"))) is None:
        return None
    month = text(child(paper, "month"))
    return like(year, f"{text(year)}-{int(month):02}") if month and re.fullmatch(r"[0-9]{1,2}", month) else year


def _license(root: Node) -> Node | None:
    names = list(items(child(root, "license")))
    return like(names[0], " OR ".join(filter(None, map(text, names)))) if names else None


def _archive(root: Node) -> Node | None:
    archive = {"doi": _doi(root)}
    for identifier in items(child(root, "identifiers")):
        if text(child(identifier, "type")) == "swh":
            archive["swhid"] = scalar(child(identifier, "value"))
    return like(root, archive) if any(archive.values()) else None
