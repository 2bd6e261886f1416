"""The first screen: who wrote what, the claim, and where everything is."""

from typing import NamedTuple
from urllib.parse import quote

from paper_companion.page.companion import Companion
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.licenses import MODEL_LICENSES
from paper_companion.paper.model import Archive, Author, Paper, Publication


class AuthorView(NamedTuple):
    """`marks` number the affiliations, from 1; empty where all authors share them."""

    name: str
    orcid: str | None
    marks: tuple[int, ...]


class Button(NamedTuple):
    """A link of the first screen. `local` leads to a place on the page."""

    label: str
    url: str
    primary: bool = False
    local: bool = False


class Header(NamedTuple):
    """What the header's template is given."""

    authors: tuple[AuthorView, ...]
    affiliations: tuple[str, ...]
    venue: str | None
    date: str | None
    claim: str | None
    buttons: tuple[Button, ...]
    links: tuple[Button, ...]


def header(companion: Companion, sections: frozenset[str]) -> Header:
    """The header's view; `sections` are the names of those that the page will have."""
    paper = companion.file.paper
    publication = paper.paper
    affiliations = tuple(dict.fromkeys(place for author in publication.authors for place in author.affiliation))
    shared = len({author.affiliation for author in publication.authors}) == 1
    authors = tuple(
        AuthorView(
            author.name,
            author.orcid,
            () if shared else tuple(affiliations.index(place) + 1 for place in author.affiliation),
        )
        for author in publication.authors
    )
    return Header(
        authors,
        affiliations,
        publication.venue,
        publication.date,
        claim(paper),
        tuple(_buttons(companion, sections)),
        tuple(Button(link.label, link.url) for link in (*publication.links, *paper.links)),
    )


def claim(paper: Paper) -> str | None:
    """The one sentence that says what was found."""
    return paper.page.claim or next((result.claim for result in paper.results if result.claim), None)


def paper_url(publication: Publication) -> str | None:
    """Where the paper is published."""
    if publication.doi:
        return doi_url(publication.doi)
    return publication.url or (arxiv_url(publication.arxiv) if publication.arxiv else None)


def arxiv_url(arxiv: str) -> str:
    """The address of an arXiv abstract."""
    return f"https://arxiv.org/abs/{arxiv}"


def orcid_url(author: Author) -> str | None:
    """The address of an author's ORCID record."""
    return f"https://orcid.org/{author.orcid}" if author.orcid else None


def license_url(license: str | None) -> str | None:
    """The licence's page on the SPDX list; None for expressions and for licences that are not on it."""
    if license is None or " " in license or license in MODEL_LICENSES or "LicenseRef-" in license:
        return None
    return f"https://spdx.org/licenses/{license}"


def archive_url(archive: Archive) -> str | None:
    """Where the code is kept for good."""
    return doi_url(archive.doi) if archive.doi else archive.url


def _buttons(companion: Companion, sections: frozenset[str]):
    paper = companion.file.paper
    publication = paper.paper
    if "demo" in sections and paper.demo is not None and paper.demo.is_shared:
        yield Button("Try it", "#demo", primary=True, local=True)
    if url := paper_url(publication):
        yield Button("Paper", url)
    if companion.pdf is not None:
        yield Button("PDF", companion.pdf, local=True)
    if publication.arxiv and (publication.doi or publication.url):
        yield Button("arXiv", arxiv_url(publication.arxiv))
    if url := code_url(paper):
        yield Button("Code", url)
    elif paper.code is not None and "run" in sections:
        yield Button("Code", "#run", local=True)
    if "weights" in sections and paper.weights:
        yield Button("Weights", "#weights", local=True)
    if "data" in sections and paper.data and not paper.weights:
        yield Button("Data", "#data", local=True)
    if "citation" in sections:
        yield Button("Cite", "#citation", local=True)


def code_url(paper: Paper) -> str | None:
    """Where the code is, at the commit that the paper describes where the host has an address for that."""
    code = paper.code
    if code is None or code.access in ("withheld", "withdrawn"):
        return None
    if code.repo is None:
        return archive_url(code.archive) if code.archive is not None else None
    repo = code.repo.removesuffix(".git").rstrip("/")
    host = repo.split("/")[2] if repo.count("/") >= 2 else ""
    revision = code.commit or code.version
    if revision is None or host not in ("github.com", "gitlab.com", "codeberg.org"):
        return code.repo
    tree = {"github.com": "tree", "gitlab.com": "-/tree", "codeberg.org": "src/commit"}[host]
    if host == "codeberg.org" and code.commit is None:
        tree = "src/tag"
    path = f"/{code.subfolder.strip('/')}" if code.subfolder else ""
    return f"{repo}/{tree}/{quote(revision, safe='/')}{quote(path)}"
