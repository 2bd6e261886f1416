"""A built site checked: links within it, links out of it, and the lines of paper files that they come from."""

from __future__ import annotations

import time
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paper_companion.evidence.cache import LookCache
from paper_companion.evidence.findings import Finding, Report, finding
from paper_companion.evidence.judgement import Judgement, broken
from paper_companion.evidence.look import Looker
from paper_companion.evidence.looking import look_at_all
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.site_links import Mention, Outside, SiteLinks
from paper_companion.evidence.site_reading import SiteReading
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.problems import Problem, key_path
from paper_companion.paper.reader import PaperFile


def check_site(
    reading: SiteReading,
    root: Path,
    site_url: str,
    paper_files: Iterable[PaperFile],
    looker: Looker,
    cache: LookCache | None = None,
    progress: Progress | None = None,
) -> Report:
    """Look at every link, anchor, image, script and frame of a built site. Raises OSError when it cannot be read.

    Links within the site that are well make no findings of their own: there are thousands of them.
    """
    begun = time.monotonic()
    origins = {text: place for paper_file in paper_files for text, place in _values(paper_file)}
    links = SiteLinks()
    found: list[Finding] = []
    keys: dict[Outside, Hashable] = {}
    places: dict[Outside, Problem] = {}

    def wanted() -> Iterator[tuple[Path, Subject]]:
        nonlocal links
        for link in reading.read(site_url):
            if isinstance(link, SiteLinks):
                links = link
            elif looker.web is not None:
                subject = Subject("", (), Role.FRAME if link[1] else Role.PAGE, link[0])
                keys[link] = looker.key(root, subject)
                looker.expect(subject)
                yield root, subject
        # Servers are waited for by now: what else there is to do is done meanwhile.
        found.extend(_within(links, reading.folder, origins))
        places.update((link, _place(links.outside[link], link[0], reading.folder, origins)) for link in keys)

    seen, not_judged = look_at_all(wanted(), looker, cache, progress)
    for link, key in keys.items():
        if key in seen:
            judgement = _on_pages(seen[key].judgement, links.outside[link])
            found.append(finding(judgement, places[link], link[0], seen[key].cached))
    return Report(tuple(found), not_judged, time.monotonic() - begun, links.count)


def _within(links: SiteLinks, folder: Path, origins: Mapping[str, Problem]) -> Iterator[Finding]:
    for what, mention in links.broken:
        place = _place(mention, mention.written, folder, origins)
        yield finding(_on_pages(broken(what), mention), place, mention.written)
    for page in links.unreadable:
        yield finding(broken("cannot be read"), Problem(folder / page, 1, 1, "", ""), page)


def _on_pages(judgement: Judgement, mention: Mention) -> Judgement:
    if mention.pages == 1 or judgement.verdict is Outcome.OK:
        return judgement
    return replace(judgement, reason=f"{judgement.reason}; on {mention.pages} pages")


def _place(mention: Mention, address: str, folder: Path, origins: Mapping[str, Problem]) -> Problem:
    """Where a link comes from: the line of a paper file that says it, else the line of the page that has it."""
    plain = address.partition("#")[0].partition("?")[0]
    for text in (address, address.rstrip("/"), plain, plain.rpartition("/")[2]):
        if text and text in origins:
            return origins[text]
    return Problem(folder / mention.page, mention.line, mention.column, "", "")


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
            yield doi_url(value)
        case ("arxiv",):
            yield f"https://arxiv.org/abs/{value}"
        case ("swhid",):
            yield f"https://archive.softwareheritage.org/{value}"
        case ("orcid",):
            yield f"https://orcid.org/{value}"
