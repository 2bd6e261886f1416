"""CodeMeta 3: the code, as JSON-LD."""

from typing import Any

from paper_companion.page.exports.export import Export, pretty_json
from paper_companion.page.header import archive_url, code_url, license_url, paper_url
from paper_companion.page.metadata import author_entity, filled, organizations
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.model import Author, Publication


def codemeta(export: Export) -> str:
    """The text of a codemeta.json; nothing in it says more than the paper file does."""
    paper, publication, code = export.paper, export.paper.paper, export.paper.code
    if code is None:
        export.lack("CodeMeta describes software (add code)", "code")
        return ""
    if code.license and not license_url(code.license):
        export.note(f"CodeMeta wants an address, which {code.license} has none of: left out", "code", "license")
    archive, environment = code.archive, paper.environment
    identifiers = (archive_url(archive), archive.swhid) if archive is not None else ()
    document = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": publication.title,
        "description": publication.abstract,
        "author": [_author(author) for author in publication.authors],
        "codeRepository": code.repo,
        "url": code_url(paper),
        "version": code.version or code.commit,
        "license": license_url(code.license),
        "identifier": [identifier for identifier in identifiers if identifier],
        "keywords": list(publication.keywords),
        "programmingLanguage": "Python" if environment is not None and environment.python else None,
        "runtimePlatform": f"Python {environment.python}" if environment is not None and environment.python else None,
        "processorRequirements": environment.hardware if environment is not None else None,
        "isAccessibleForFree": code.access == "open",
        "referencePublication": _article(publication),
    }
    return pretty_json(filled(document))


def _article(publication: Publication) -> dict[str, Any]:
    return {
        "@type": "ScholarlyArticle",
        "@id": paper_url(publication),
        "name": publication.title,
        "datePublished": publication.date,
        "identifier": doi_url(publication.doi) if publication.doi else None,
        "license": license_url(publication.license),
    }


def _author(author: Author) -> dict[str, Any]:
    # CodeMeta has no word for what a group belongs to.
    places = [] if author.is_group else organizations(author)
    return author_entity(author, places[0] if len(places) == 1 else places)
