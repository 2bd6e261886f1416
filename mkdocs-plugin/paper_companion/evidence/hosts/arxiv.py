"""arXiv: whether a paper and its version exist, all papers of a run in one question."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning

_ATOM = "{http://www.w3.org/2005/Atom}"
_COMMENT = "{http://arxiv.org/schemas/atom}comment"
_ID = re.compile(r"(?:\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?")
_WITHDRAWN = re.compile(r"\bthis\s+(paper|article|submission|work)\s+(has\s+been|is|was)\s+withdrawn", re.IGNORECASE)
BATCH = 50


class ArxivPapers:
    """The papers that a run will ask for. arXiv wants one request in three seconds, so they are asked for together."""

    def __init__(self, base: str, wanted: Iterable[str] = ()) -> None:
        self._base = base
        self._wanted = list(dict.fromkeys(wanted))
        self._known: dict[str, Judgement] = {}
        self._lock = threading.Lock()

    def judge(self, api: Api, paper: str) -> Judgement:
        """Whether a paper, and its version when one is given, exists. Raises Unanswered."""
        with self._lock:
            if paper not in self._known:
                others = [other for other in self._wanted if other not in self._known and other != paper]
                batch = [paper, *others][:BATCH]
                self._known.update(_ask(api, self._base, batch))
        return self._known[paper]


def _ask(api: Api, base: str, papers: list[str]) -> dict[str, Judgement]:
    ids = quote(",".join(papers), safe=",/")
    answer = api.ask(f"{base}/api/query?id_list={ids}&max_results={len(papers)}")
    # A paper that does not exist turns the whole answer into an error in some versions of the API.
    if answer.status == 400 and len(papers) > 1:
        return {paper: judgement for one in papers for paper, judgement in _ask(api, base, [one]).items()}
    if answer.status not in (200, 400) or not answer.complete:
        raise Unanswered(unknown(f"arXiv answers {answer.status}"))
    from xml.etree import ElementTree

    try:
        feed = ElementTree.fromstring(answer.body)
    except ElementTree.ParseError:
        raise Unanswered(unknown("arXiv answers something that cannot be read")) from None
    found: dict[str, bool] = {}
    for entry in feed.iter(f"{_ATOM}entry"):
        matched = _ID.search(entry.findtext(f"{_ATOM}id", "").partition("/abs/")[2])
        if matched and entry.findtext(f"{_ATOM}title", "").strip() != "Error":
            abstract = entry.findtext(f"{_ATOM}summary", "")
            found[matched[0]] = "withdrawn" in entry.findtext(_COMMENT, "").lower() or bool(_WITHDRAWN.search(abstract))
    return {paper: _judge(paper, found) for paper in papers}


def _judge(paper: str, found: Mapping[str, bool]) -> Judgement:
    """The judgement by an answer's entries: identifiers with their versions, and whether they are withdrawn."""
    name = _without_version(paper)
    version = paper[len(name) :]
    # An answer may hold several versions of one paper, as they were asked for.
    latest = max((other for other in found if _without_version(other) == name), key=_version, default="")
    if version and paper not in found:
        return broken(f"arXiv has no version {version[1:]} of {name}", latest)
    if not latest:
        return broken(f"arXiv has no {paper}")
    if found[paper if version else latest]:
        return warning("was withdrawn from arXiv", found=latest)
    return ok(found=latest)


def _version(paper: str) -> int:
    return int(paper[len(_without_version(paper)) + 1 :] or 0)


def _without_version(paper: str) -> str:
    return re.sub(r"v\d+$", "", paper)


def arxiv_of(url: str) -> str:
    """The identifier that an address of an arXiv page holds; empty when it holds none."""
    matched = re.match(rf"/(?:abs|pdf|html)/({_ID.pattern})(?:\.pdf)?/?$", urlsplit(url).path)
    return matched[1] if matched else ""
