"""pyproject.toml: the code's version, licence and address, and who wrote it."""

import re
import tomllib
from typing import Any

from paper_companion.paper.imports.fill import ImportProblem, build, mark

_ADDRESS_LABELS = ("repository", "source", "source code", "code", "github", "homepage")


def fill_from_pyproject(source: str, name: str) -> dict[str, Any]:
    """What the project table says. Raises ImportProblem."""
    try:
        project = tomllib.loads(source).get("project")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"at line (\d+), column (\d+)", str(error))
        place = (int(line[1]), int(line[2])) if line else (1, 1)
        raise ImportProblem(f"not readable as TOML: {re.sub(' [(]at .*[)]$', '', str(error))}", *place) from None
    if not isinstance(project, dict):
        raise ImportProblem("there is no [project] table")

    def value(key: str, found: Any) -> Any:
        return build(found, mark(name, _line_of(source, key))) if found else None

    license_text = project.get("license")
    if isinstance(license_text, dict):  # the old way: a table with the text or a file
        license_text = license_text.get("text") if len(str(license_text.get("text", ""))) < 40 else None
    names = [_text(author.get("name")) for author in _list(project.get("authors")) if isinstance(author, dict)]
    keywords = [word for word in _list(project.get("keywords")) if isinstance(word, str)]
    return {
        "paper": {"authors": value("authors", names), "keywords": value("keywords", keywords)},
        "code": {
            "version": value("version", _text(project.get("version"))),
            "license": value("license", _text(license_text)),
            "repo": value("urls", _address(project.get("urls"))),
        },
    }


def _text(found: Any) -> str | None:
    return found if isinstance(found, str) else None


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _address(urls: Any) -> str | None:
    known = {str(label).lower(): url for label, url in urls.items()} if isinstance(urls, dict) else {}
    return next((_text(known[label]) for label in _ADDRESS_LABELS if label in known), None)


def _line_of(source: str, key: str) -> int:
    """The line of a key in the project table; tomllib does not tell, and an origin that is near will do."""
    in_project = False
    for number, line in enumerate(source.splitlines(), 1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            in_project = header[1] == "project"
            if header[1] == f"project.{key}":
                return number
        elif in_project and re.match(rf"\s*\"?{re.escape(key)}\"?\s*[=.]", line):
            return number
    return 1
