"""A built site checked: links within it, links out of it, and the lines of paper files that they come from."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.findings import Finding, Report, finding
from paper_companion.evidence.judgement import Judgement, broken
from paper_companion.evidence.look import Looker
from paper_companion.evidence.looking import look_at_all
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.site_links import Mention, SiteLinks, read_site
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.problems import Problem, key_path
from paper_companion.paper.reader import PaperFile


def check_site(
    folder: Path,
    root: Path,
    site_url: str,
    paper_files: Iterable[PaperFile],
    looker: Looker,
    cache: LookCache | None = None,
    progress: Progress | None = None,
) -> Report:
    """Look at every link, anchor, image, script and frame of a built site.

    Links within the site that are well make no findings of their own: there are thousands of them.
    """
    begun = time.monotonic()
    links = read_site(folder, site_url)
    origins = {text: place for paper_file in paper_files for text, place in _values(paper_file)}
    places = _Places(folder, origins)
    found = list(_within(links, places))
    not_judged = ""
    if looker.web is not None:
        subjects = {
            key: Subject("", (), Role.FRAME if framed else Role.PAGE, address)
            for key in links.outside
            for address, framed in [key]
        }
        wanted = ((root, subject) for subject in subjects.values())
        seen, not_judged = look_at_all(wanted, looker, cache, progress)
        for key, subject in subjects.items():
            look = seen.get(looker.key(root, subject))
            if look is not None:
                mention = links.outside[key]
                judgement = _on_pages(look.judgement, mention)
                found.append(finding(judgement, places.of(mention, key[0]), key[0], look.cached))
    return Report(tuple(found), not_judged, time.monotonic() - begun, links.count)


def _within(links: SiteLinks, places: _Places) -> Iterator[Finding]:
    for path, anchor, mention in links.broken_within():
        what = f"the page has no anchor “{anchor}”" if anchor else f"the site has no file {path or 'index.html'}"
        if path.startswith("../"):
            what = "leads out of the site"
        yield finding(_on_pages(broken(what), mention), places.of(mention, mention.written), mention.written)
    for page in links.unreadable:
        yield finding(broken("cannot be read"), Problem(places.folder / page, 1, 1, "", ""), page)


def _on_pages(judgement: Judgement, mention: Mention) -> Judgement:
    if mention.pages == 1 or judgement.verdict is Outcome.OK:
        return judgement
    return replace(judgement, reason=f"{judgement.reason}; on {mention.pages} pages")


class _Places:
    """Where a link comes from: the line of a paper file that says it, else the line of the page that has it."""

    def __init__(self, folder: Path, origins: dict[str, Problem]) -> None:
        self.folder = folder
        self._origins = origins

    def of(self, mention: Mention, address: str) -> Problem:
        """The place of a mention."""
        plain = address.partition("#")[0].partition("?")[0]
        for text in (address, address.rstrip("/"), plain, plain.rpartition("/")[2]):
            if text and text in self._origins:
                return self._origins[text]
        line, column = self._in_page(mention)
        return Problem(self.folder / mention.page, line, column, "", "")

    def _in_page(self, mention: Mention) -> tuple[int, int]:
        text = _text(self.folder / mention.page)
        for written in (f'"{mention.written}"', mention.written, mention.written.replace("&", "&amp;")):
            at = text.find(written)
            if at >= 0:
                return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        return 1, 1


@lru_cache(maxsize=1)
def _text(path: Path) -> str:
    # Mentions come page by page, so that one page at a time is worth keeping.
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _values(paper_file: PaperFile) -> Iterator[tuple[str, Problem]]:
    """Every value of a paper file that may become a link, with its place; later ones of the same text give way."""
    found: dict[str, Problem] = {}
    marked = paper_file.marks.tree()

    def walk(node: Node, keys: tuple[str | int, ...]) -> None:
        if isinstance(node, MappingNode):
            for key, value in node.value:
                walk(value, (*keys, str(key.value)))
        elif isinstance(node, SequenceNode):
            for number, value in enumerate(node.value):
                walk(value, (*keys, number))
        elif isinstance(node, ScalarNode) and len(node.value) > 4 and ("/" in node.value or "." in node.value):
            mark = node.start_mark
            place = Problem(paper_file.path, mark.line + 1, mark.column + 1, key_path(keys), "")
            for text in _links_of(keys, node.value):
                found.setdefault(text, place)

    walk(marked, ())
    yield from found.items()


def _links_of(keys: tuple[str | int, ...], value: str) -> Iterator[str]:
    """What a value becomes on a page: itself, a file's own name, or the address that stands for an identifier."""
    yield value
    name = value.rpartition("/")[2]
    if "://" not in value and "." in name:
        yield name
    match keys[-1:]:
        case ("doi" | "concept_doi",):
            yield f"https://doi.org/{value}"
        case ("arxiv",):
            yield f"https://arxiv.org/abs/{value}"
        case ("swhid",):
            yield f"https://archive.softwareheritage.org/{value}"
        case ("orcid",):
            yield f"https://orcid.org/{value}"
