"""What machines read in the page's head: JSON-LD, Highwire tags, Open Graph, and signposting links."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, urljoin

from paper_companion.page.citation import VOLUME
from paper_companion.page.companion import Companion
from paper_companion.page.downloads import Download, download
from paper_companion.page.header import arxiv_url, code_url, license_url, orcid_url, paper_url
from paper_companion.page.place import Place
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.model import Author, Dataset, Publication, Shared, Weights


def head(companion: Companion, place: Place, description: str, card: str | None = None) -> str:
    """The elements for the page's head. `card` is the picture for link previews, relative to the site."""
    return f"{tags(companion, place, description, card)}{json_ld_script(companion, place, description)}\n"


def tags(companion: Companion, place: Place, description: str, card: str | None = None) -> str:
    """What can stand in the head alone: all but the structured data."""
    title = companion.file.paper.paper.title
    lines = [
        *_tags(_highwire(companion, place)),
        *_tags(_open_graph(title, description, companion, place, card)),
        *_signposts(companion, place),
    ]
    return "".join(f"{line}\n" for line in lines)


def json_ld_script(companion: Companion, place: Place, description: str) -> str:
    """The structured data, for the head or for the body."""
    return f'<script type="application/ld+json">{json_ld_text(json_ld(companion, place, description))}</script>'


def json_ld_text(document: Mapping[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    return (
        json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        .replace("</", "<\\/")
        .replace("<!--", "<\\u0021--")
    )


def _tags(pairs: Iterator[tuple[str, str | None]]) -> Iterator[str]:
    for name, content in pairs:
        attribute = "property" if name.startswith(("og:", "article:")) else "name"
        if content:
            yield f'<meta {attribute}="{name}" content="{escape(content)}">'


def _highwire(companion: Companion, place: Place) -> Iterator[tuple[str, str | None]]:
    """The tags that Google Scholar reads; none of them when one that it insists on is missing."""
    publication = companion.file.paper.paper
    if not publication.authors or not publication.date:
        return
    yield "citation_title", publication.title
    for author in publication.authors:
        yield "citation_author", f"{author.family}, {author.given}" if author.given else author.family
        for institution in author.affiliation:
            yield "citation_author_institution", institution
        yield "citation_author_orcid", author.orcid
    yield "citation_publication_date", publication.date.replace("-", "/")
    venue = VOLUME.fullmatch(publication.venue) if publication.venue else None
    if venue is not None:
        yield "citation_journal_title", venue["journal"]
        yield "citation_volume", venue["volume"]
        yield "citation_issue", venue["number"]
        first, _, last = (venue["pages"] or "").replace("–", "-").partition("-")
        yield "citation_firstpage", first
        yield "citation_lastpage", last
    else:
        yield "citation_conference_title", publication.venue
    yield "citation_doi", publication.doi
    yield "citation_arxiv_id", publication.arxiv
    if companion.pdf is not None and place.site_url and place.folder == companion.folder:
        # Scholar believes a PDF only when it lies in the folder of the page that names it.
        yield "citation_pdf_url", urljoin(place.site_url, quote(companion.pdf))
    for keyword in publication.keywords:
        yield "citation_keywords", keyword


def _open_graph(
    title: str, description: str, companion: Companion, place: Place, card: str | None
) -> Iterator[tuple[str, str | None]]:
    yield "og:type", "article"
    yield "og:title", title
    yield "og:description", description
    yield "og:url", place.page_url
    yield "article:published_time", companion.file.paper.paper.date
    if card and place.site_url:
        yield "og:image", urljoin(place.site_url, card)
        yield "og:image:width", "1200"
        yield "og:image:height", "630"
        yield "og:image:alt", title
        yield "twitter:image", urljoin(place.site_url, card)
    yield "twitter:card", "summary_large_image" if card and place.site_url else "summary"
    yield "twitter:title", title
    yield "twitter:description", description


def _signposts(companion: Companion, place: Place) -> Iterator[str]:
    """Links by relation, see signposting.org."""
    paper = companion.file.paper
    publication = paper.paper

    def link(relation: str, url: str | None, kind: str | None = None) -> Iterator[str]:
        if url:
            yield f'<link rel="{relation}" href="{escape(url)}"{f" type={chr(34)}{kind}{chr(34)}" if kind else ""}>'

    for author in publication.authors:
        yield from link("author", orcid_url(author))
    yield from link("cite-as", paper_url(publication))
    yield from link("license", license_url(publication.license))
    yield from link("type", "https://schema.org/ScholarlyArticle")
    yield from link("describedby", place.relative(companion.json_path), "application/json")
    if companion.pdf is not None:
        yield from link("item", place.relative(companion.pdf), "application/pdf")
    for weights in paper.weights:
        for file in _downloads(companion, weights, place):
            url = place.relative(file.url) if file.url and file.local else file.url
            yield from link("item", url, "application/octet-stream")


def json_ld(companion: Companion, place: Place, description: str) -> Mapping[str, Any]:
    """The paper, its code, data and weights in the terms of schema.org."""
    paper = companion.file.paper
    publication = paper.paper
    page = place.page_url or ""
    article = {
        "@type": "ScholarlyArticle",
        "@id": paper_url(publication) or f"{page}#paper",
        "name": publication.title,
        "headline": publication.title,
        "description": description,
        "abstract": publication.abstract,
        "author": [author_entity(author, organizations(author)) for author in publication.authors],
        "datePublished": publication.date,
        **_published_in(publication.venue),
        "identifier": _identifiers(publication),
        "license": _license(publication.license),
        "keywords": ", ".join(publication.keywords),
        "url": page,
        "encoding": _media(companion.pdf, place),
        "hasPart": [
            part
            for part in (
                _code(companion),
                *(_dataset(companion, data, place) for data in paper.data),
                *(_weights(companion, weights, place) for weights in paper.weights),
            )
            if part is not None
        ],
    }
    return {"@context": "https://schema.org", **filled(article)}


def _published_in(venue: str | None) -> dict[str, Any]:
    """The issue of the volume of a journal, and the pages; or what else the paper is a part of."""
    found = VOLUME.fullmatch(venue) if venue else None
    if found is None:
        return {"isPartOf": _named(venue)}
    part = {"@type": "Periodical", "name": found["journal"]}
    for kind in ("volume", "number"):
        if found[kind]:
            word = {"volume": "Volume", "number": "Issue"}[kind]
            part = {"@type": f"Publication{word}", f"{word.lower()}Number": found[kind], "isPartOf": part}
    return {"isPartOf": part, "pagination": found["pages"]}


def _license(license: str | None) -> str | dict[str, str] | None:
    return license_url(license) or _named(license)


def _named(name: str | None) -> dict[str, str] | None:
    """Something that has a name and no address."""
    return {"@type": "CreativeWork", "name": name} if name else None


def _identifiers(publication: Publication) -> list[str]:
    doi = doi_url(publication.doi) if publication.doi else None
    arxiv = arxiv_url(publication.arxiv) if publication.arxiv else None
    return [identifier for identifier in (doi, arxiv) if identifier]


def author_entity(author: Author, affiliation: Any) -> dict[str, Any]:
    """A person or a group in schema.org's words, which has one for belonging somewhere for each."""
    entity = {"@id": orcid_url(author), "name": author.name}
    if author.is_group:
        return {"@type": "Organization", **entity, "memberOf": affiliation}
    names = {"familyName": author.family, "givenName": author.given}
    return {"@type": "Person", **entity, **names, "affiliation": affiliation}


def organizations(author: Author) -> list[dict[str, str]]:
    """The institutions of an author."""
    return [{"@type": "Organization", "name": place} for place in author.affiliation]


def _media(pdf: str | None, place: Place) -> dict[str, Any] | None:
    if pdf is None:
        return None
    url = urljoin(place.site_url, quote(pdf)) if place.site_url else place.relative(pdf)
    return {"@type": "MediaObject", "encodingFormat": "application/pdf", "contentUrl": url}


def _code(companion: Companion) -> dict[str, Any] | None:
    code = companion.file.paper.code
    if code is None:
        return None
    archive = code.archive
    return {
        "@type": "SoftwareSourceCode",
        "@id": code_url(companion.file.paper),
        "name": f"Code of {companion.file.paper.paper.title}",
        "codeRepository": code.repo if code.is_shared else None,
        "version": code.version or code.commit,
        "license": _license(code.license),
        "identifier": [
            identifier
            for identifier in (
                doi_url(archive.doi) if archive is not None and archive.doi else None,
                archive.swhid if archive is not None else None,
            )
            if identifier
        ],
        "conditionsOfAccess": _conditions(code),
    }


def _dataset(companion: Companion, data: Dataset, place: Place) -> dict[str, Any]:
    shared = data.is_shared
    return {
        "@type": "Dataset",
        "@id": (doi_url(data.doi) if data.doi else data.url) if shared else None,
        "name": data.name or data.id,
        "description": f"Data of {companion.file.paper.paper.title}: {data.name or data.id}",
        "url": data.url if shared else None,
        "version": data.version,
        "license": _license(data.license),
        "isAccessibleForFree": data.access == "open",
        "conditionsOfAccess": _conditions(data),
        "distribution": [_data_download(file, place) for file in _downloads(companion, data, place)],
    }


def _weights(companion: Companion, weights: Weights, place: Place) -> dict[str, Any]:
    # Schema.org has no type for a model: trained parameters are a data set.
    return {
        "@type": "Dataset",
        "@id": weights.url if weights.is_shared else None,
        "name": weights.name or weights.id,
        "description": f"Trained weights of {companion.file.paper.paper.title}: {weights.name or weights.id}",
        "url": weights.url if weights.is_shared else None,
        "license": _license(weights.license),
        "isAccessibleForFree": weights.access == "open",
        "conditionsOfAccess": _conditions(weights),
        "isBasedOn": _named(weights.base_model),
        "distribution": [_data_download(file, place) for file in _downloads(companion, weights, place)],
    }


def _downloads(companion: Companion, item: Dataset | Weights, place: Place) -> list[Download]:
    return [download(companion, file, place.site_url) for file in item.files if item.is_shared]


def _data_download(file: Download, place: Place) -> dict[str, Any]:
    url = file.url
    if url and file.local:
        url = urljoin(place.site_url, quote(url)) if place.site_url else place.relative(url)
    return {
        "@type": "DataDownload",
        "name": file.name,
        "contentUrl": url,
        "encodingFormat": file.format,
        "contentSize": str(file.size_bytes) if file.size_bytes is not None else None,
        "sha256": file.sha256,
    }


def _conditions(shared: Shared) -> str | None:
    return None if shared.access == "open" else f"{shared.access}: {shared.reason}"


def filled(value: Any) -> Any:
    """The value without what is empty."""
    if isinstance(value, dict):
        items = ((key, filled(item)) for key, item in value.items())
        return {key: item for key, item in items if item not in (None, "", [], {})}
    return [filled(item) for item in value] if isinstance(value, list) else value
