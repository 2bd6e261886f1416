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
            "abstract": scalar(child(paper, "abstract")) or _shared_abstract(root, paper),
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


def _shared_abstract(root: Node, paper: Node) -> Node | None:
    """The root's abstract describes the software; it is the paper's too where both have one title."""
    same = text(child(root, "title")) == text(child(paper, "title"))
    return scalar(child(root, "abstract")) if same else None


def bare(node: Node | None, prefix: str) -> Node | None:
    """A scalar without the address before its identifier; the prefix is a regular expression."""
    if (given := text(node)) is None or node is None:
        return None
    identifier = re.sub(rf"(?i)^(?:{prefix})", "", given)
    return node if identifier == given else like(node, identifier)


def _doi(node: Node | None) -> Node | None:
    if found := child(node, "doi"):
        return bare(found, r"https?://(?:dx\.)?doi\.org/|doi:\s*")
    for identifier in items(child(node, "identifiers")):
        if text(child(identifier, "type")) == "doi":
            return bare(child(identifier, "value"), r"https?://(?:dx\.)?doi\.org/|doi:\s*")
    return None


def _author(person: Node) -> Node | None:
    # A person has family names, an entity (a group, a company) a name.
    family = scalar(child(person, "family-names")) or scalar(child(person, "name"))
    if family is None:
        return None
    particle, suffix = text(child(person, "name-particle")), text(child(person, "name-suffix"))
    if particle or suffix:
        family = like(family, " ".join(filter(None, (particle, text(family), suffix))))
    return like(
        person,
        {
            "family": family,
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
    names = [name for name in items(child(root, "license")) if text(name)]
    if len(names) < 2:
        return names[0] if names else None
    return like(names[0], " OR ".join(name.value for name in names))


def _archive(root: Node) -> Node | None:
    archive = {"doi": _doi(root)}
    for identifier in items(child(root, "identifiers")):
        if text(child(identifier, "type")) == "swh":
            archive["swhid"] = scalar(child(identifier, "value"))
    return like(root, archive) if any(archive.values()) else None
