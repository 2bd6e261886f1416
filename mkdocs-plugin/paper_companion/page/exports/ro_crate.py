"""RO-Crate 1.2: the paper with everything that is shared, whether it lies on the web or in the project."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from paper_companion.page.exports.export import Export, pretty_json, reference
from paper_companion.page.header import archive_url, code_url, license_url, orcid_url, paper_url
from paper_companion.page.metadata import author_entity, filled
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.model import Dataset, File, Paper, Publication, Weights

Entity = dict[str, Any]
_MEDIA_TYPES = {
    "csv": "text/csv",
    "gz": "application/gzip",
    "json": "application/json",
    "npz": "application/zip",
    "parquet": "application/vnd.apache.parquet",
    "tar": "application/x-tar",
    "txt": "text/plain",
    "zip": "application/zip",
}
# A crate must name a licence, which every part has that names none: this one promises nobody anything.
_OWN_LICENSES = "each part has the licence that it names, and none is stated for the others"
_ARCHIVES = ("application/gzip", "application/x-tar", "application/zip")


def ro_crate(export: Export) -> str:
    """The text of a ro-crate-metadata.json for the project root."""
    paper, publication = export.paper, export.paper.paper
    if publication.date is None:
        export.lack("a crate has a date (add it, as 2025-03-14)", "paper", "date")
    for kind, items in (("data", paper.data), ("weights", paper.weights)):
        for number, item in enumerate(items):
            if not item.is_shared:
                export.note(f"{item.access}, so it is no part of the crate", kind, number)
    people, places = _people(publication)
    article = {
        "@id": paper_url(publication),
        "@type": "ScholarlyArticle",
        "name": publication.title,
        "author": [reference(person["@id"]) for person in people],
        "datePublished": publication.date,
        "identifier": doi_url(publication.doi) if publication.doi else None,
        "license": publication.license,
    }
    parts = list({part["@id"]: part for part in (*_code(paper), *_data(paper), *_weights(paper))}.values())
    named = {part["license"] for part in parts} or {publication.license}
    whole = named.pop() if len(named) == 1 else None
    if whole is not None:
        for part in parts:
            part["license"] = None  # a part has the licence of the whole unless it names another
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": publication.title,
        "description": publication.abstract or publication.title,
        "datePublished": publication.date,
        "license": whole or _OWN_LICENSES,
        "keywords": list(publication.keywords),
        "author": [reference(person["@id"]) for person in people],
        "citation": reference(article["@id"]),
        "hasPart": [reference(part["@id"]) for part in parts],
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        "about": {"@id": "./"},
    }
    # What is cited has an address; of a paper without one, the root says all that is known.
    described = (root, article) if article["@id"] else (root,)
    licenses = _described_licenses(*described, *parts)
    graph = [descriptor, *map(_compact, (*described, *people, *places, *parts, *licenses))]
    return pretty_json({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})


def _compact(entity: Entity) -> Entity:
    """An entity without what is empty; a list of one is the one."""
    items = filled(entity).items()
    return {key: item[0] if isinstance(item, list) and len(item) == 1 else item for key, item in items}


def _people(publication: Publication) -> tuple[list[Entity], list[Entity]]:
    """The authors, and the institutions that they are of."""
    places = {place: f"#place-{number}" for number, place in enumerate(_affiliations(publication))}
    people = [
        {
            **author_entity(author, [reference(places[place]) for place in author.affiliation]),
            "@id": orcid_url(author) or f"#author-{number}",
        }
        for number, author in enumerate(publication.authors)
    ]
    return people, [{"@id": id, "@type": "Organization", "name": place} for place, id in places.items()]


def _affiliations(publication: Publication) -> dict[str, None]:
    return dict.fromkeys(place for author in publication.authors for place in author.affiliation)


def _code(paper: Paper) -> Iterator[Entity]:
    code = paper.code
    if code is not None and code.is_shared and (url := code_url(paper)):
        archive = code.archive
        yield {
            "@id": url,
            # A crate's SoftwareSourceCode is one script; a repository is a folder of them.
            "@type": "Dataset",
            "name": f"Code of {paper.paper.title}",
            "description": f"The source code of {paper.paper.title}",
            "url": code.repo,
            "version": code.version or code.commit,
            "license": code.license,
            "identifier": [id for id in (archive_url(archive), archive.swhid) if id] if archive is not None else None,
            "conditionsOfAccess": code.reason,
        }


def _data(paper: Paper) -> Iterator[Entity]:
    for data in paper.data:
        if data.is_shared:
            address = doi_url(data.doi) if data.doi else data.url
            yield from _set(data, address, f"Data of {paper.paper.title}", data.version)


def _weights(paper: Paper) -> Iterator[Entity]:
    for weights in paper.weights:
        if weights.is_shared:
            # The address of a single file is the file's own.
            address = None if weights.url in {file.url for file in weights.files} else weights.url
            yield from _set(weights, address, f"Trained weights of {paper.paper.title}", None)


def _set(item: Dataset | Weights, address: str | None, description: str, version: str | None) -> Iterator[Entity]:
    """The files of a data set or of weights, and the set where it has an address of its own."""
    files = [_file(item, file) for file in item.files if file.url or file.path]
    if address is not None:
        yield {
            "@id": address,
            "@type": "Dataset",
            "name": item.name or item.id,
            "description": f"{description}: {item.name or item.id}",
            "version": version,
            "license": item.license,
            "conditionsOfAccess": item.reason,
            "distribution": [reference(file["@id"]) for file in files if file["encodingFormat"] in _ARCHIVES],
            "hasPart": [reference(file["@id"]) for file in files],
        }
    yield from files


def _file(item: Dataset | Weights, file: File) -> Entity:
    return {
        "@id": file.url or quote(file.path or ""),
        "@type": "File",
        "name": file.name,
        "description": f"{item.name or item.id} ({file.format})" if file.format else item.name or item.id,
        "encodingFormat": _media_type(file),
        "contentSize": str(file.size_bytes) if file.size_bytes is not None else None,
        "sha256": file.sha256,
        "license": item.license,
        "conditionsOfAccess": item.reason,
    }


def _media_type(file: File) -> str:
    """The registered type of a file by its format or its name; most formats of weights have none of their own."""
    endings = (file.format, file.name.rpartition(".")[2])
    known = (_MEDIA_TYPES.get(ending.lower()) for ending in endings if ending)
    return next(filter(None, known), "application/octet-stream")


def _described_licenses(*entities: Entity) -> list[Entity]:
    """An entity for each licence that others name, to which they point from now on."""
    described = {}
    for entity in entities:
        if license := entity["license"]:
            id = license_url(license) or f"#{quote(license)}"
            described[license] = {"@id": id, "@type": "CreativeWork", "name": license, "description": _words(license)}
            entity["license"] = reference(id)
    return list(described.values())


def _words(license: str) -> str:
    return f"The licence {license} of the SPDX list" if license_url(license) else f"The licence: {license}"
