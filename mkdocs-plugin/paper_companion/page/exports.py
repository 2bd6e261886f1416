"""Exports: what the paper file says, in the formats of other tools."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from paper_companion.page.citation import bibtex, cff, to_yaml
from paper_companion.page.header import archive_url, code_url, doi_url, paper_url
from paper_companion.page.metadata import filled, license_url, orcid_url
from paper_companion.paper.model import Author, Dataset, File, Paper, Result, Weights

_HUB_LICENSES = frozenset(
    {"apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "gpl-3.0", "lgpl-3.0", "agpl-3.0", "mpl-2.0", "cc0-1.0"}
    | {"cc-by-4.0", "cc-by-sa-4.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "openrail", "unlicense", "isc", "afl-3.0"}
)


def codemeta(paper: Paper) -> str:
    """CodeMeta 3: the code, as JSON-LD."""
    code, publication = paper.code, paper.paper
    archive = code.archive if code is not None else None
    document = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": publication.title,
        "description": publication.abstract,
        "author": [_person(author) for author in publication.authors],
        "codeRepository": code.repo if code is not None else None,
        "version": (code.version or code.commit) if code is not None else None,
        "license": license_url(code.license) if code is not None else None,
        "identifier": archive_url(archive) if archive is not None else None,
        "keywords": list(publication.keywords),
        "programmingLanguage": "Python" if paper.environment is not None and paper.environment.python else None,
        "runtimePlatform": (
            f"Python {paper.environment.python}" if paper.environment is not None and paper.environment.python else None
        ),
        "referencePublication": {
            "@type": "ScholarlyArticle",
            "@id": paper_url(publication),
            "name": publication.title,
            "datePublished": publication.date,
        },
    }
    return _json(filled(document))


def ro_crate(paper: Paper) -> str:
    """The metadata of an RO-Crate 1.1 whose parts lie on the web or in the project: ro-crate-metadata.json."""
    publication = paper.paper
    parts: list[dict[str, Any]] = []
    if paper.code is not None and (url := code_url(paper)):
        parts.append(
            {
                "@id": url,
                "@type": "SoftwareSourceCode",
                "name": f"Code of {publication.title}",
                "codeRepository": paper.code.repo,
                "version": paper.code.version or paper.code.commit,
                "license": _reference(license_url(paper.code.license)),
            }
        )
    for item in (*paper.data, *paper.weights):
        parts += _crate_files(item)
    authors = [
        {"@id": orcid_url(author) or f"#author-{number}", **_crate_person(author)}
        for number, author in enumerate(publication.authors)
    ]
    article = {
        "@id": paper_url(publication) or "#paper",
        "@type": "ScholarlyArticle",
        "name": publication.title,
        "author": [_reference(author["@id"]) for author in authors],
        "datePublished": publication.date,
        "identifier": doi_url(publication.doi) if publication.doi else None,
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": publication.title,
        "description": publication.abstract or publication.title,
        "datePublished": publication.date or "",
        "license": _reference(license_url(publication.license)) or "see the licence of each part",
        "author": [_reference(author["@id"]) for author in authors],
        "citation": _reference(article["@id"]),
        "hasPart": [_reference(part["@id"]) for part in parts],
    }
    descriptor = {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }
    root = {**filled(root), "datePublished": root["datePublished"]}
    graph = [descriptor, root, *map(filled, (article, *authors, *parts))]
    return _json({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph})


def model_card(paper: Paper) -> str:
    """A model card for the Hugging Face Hub: front matter with a model index, and a short text."""
    publication = paper.paper
    weights = paper.weights[0] if paper.weights else None
    results = [result for result in paper.results if result.value is not None and result.metric and result.task]
    front: dict[str, Any] = {
        **_hub_license(weights.license if weights is not None else None),
        "library_name": weights.library if weights is not None else None,
        "base_model": weights.base_model if weights is not None else None,
        "pipeline_tag": results[0].task if results else None,
        "tags": list(publication.keywords) or None,
        "metrics": list(dict.fromkeys(result.metric for result in results)) or None,
        "model-index": (
            [
                {
                    "name": (weights.name or weights.id) if weights is not None else publication.title,
                    "results": [_hub_result(paper, result) for result in results],
                }
            ]
            if results
            else None
        ),
    }
    text = [f"# {publication.title}", publication.abstract or ""]
    if publication.limitations:
        text += ["## Limitations", publication.limitations]
    text += ["## Citation", f"```bibtex\n{bibtex(publication)}```"]
    return f"---\n{to_yaml(front)}---\n\n" + "\n\n".join(part for part in text if part) + "\n"


EXPORTS: Mapping[str, Callable[[Paper], str]] = {
    "bibtex": lambda paper: bibtex(paper.paper),
    "cff": cff,
    "codemeta": codemeta,
    "huggingface": model_card,
    "ro-crate": ro_crate,
}
"""The function that makes the text of each format."""


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _reference(id: str | None) -> dict[str, str] | None:
    return {"@id": id} if id else None


def _person(author: Author) -> dict[str, Any]:
    return {
        "@type": "Person",
        "@id": orcid_url(author),
        "givenName": author.given,
        "familyName": author.family,
        "affiliation": [{"@type": "Organization", "name": place} for place in author.affiliation],
    }


def _crate_person(author: Author) -> dict[str, Any]:
    return {"@type": "Person", "name": author.name, "affiliation": "; ".join(author.affiliation)}


def _crate_files(item: Dataset | Weights) -> list[dict[str, Any]]:
    if item.access not in ("open", "gated"):
        return []
    return [_crate_file(item, file) for file in item.files if file.url or file.path]


def _crate_file(item: Dataset | Weights, file: File) -> dict[str, Any]:
    return {
        "@id": file.url or file.path,
        "@type": "File",
        "name": file.name,
        "description": item.name or item.id,
        "encodingFormat": file.format,
        "contentSize": str(file.size_bytes) if file.size_bytes is not None else None,
        "sha256": file.sha256,
        "license": _reference(license_url(item.license)),
        "conditionsOfAccess": item.reason,
    }


def _hub_license(license: str | None) -> dict[str, str]:
    if license is None:
        return {}
    name = license.lower()
    return {"license": name} if name in _HUB_LICENSES else {"license": "other", "license_name": license}


def _hub_result(paper: Paper, result: Result) -> dict[str, Any]:
    id, _, split = (result.data or "").partition("#")
    name = next((data.name or data.id for data in paper.data if data.id == id), id or "not named")
    return {
        "task": {"type": result.task},
        "dataset": {"name": name, "type": id or "not-named", "split": split or None},
        "metrics": [{"type": result.metric, "value": float(result.value or 0), "name": result.claim}],
    }
