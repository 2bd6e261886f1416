"""DOIs, through the handle API: whether a DOI is registered, which no landing page's bot wall can hide."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, text_at
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown


def judge_doi(api: Api, base: str, doi: str) -> Judgement:
    """Whether a bare DOI (`10.…/…`) is registered and leads somewhere. Raises Unanswered."""
    answer = api.ask(f"{base}/api/handles/{quote(doi, safe='/')}")
    if answer.status not in (200, 404):
        raise Unanswered(unknown(f"the handle API answers {answer.status}"))
    data = api.data(answer)
    code = data.get("responseCode")
    if code == 100:
        return broken(f"the DOI {doi} is not registered")
    if code != 1:
        raise Unanswered(unknown(f"the handle API answers {code!r}"[:80]))
    leads_to = _leads_to(data)
    if not leads_to:
        return broken(f"the DOI {doi} is registered but leads nowhere")
    return ok(leads_to=leads_to)


def _leads_to(data: dict[str, Any]) -> str:
    values = data.get("values")
    for value in values if isinstance(values, list) else ():
        if isinstance(value, dict) and value.get("type") == "URL":
            return text_at(value, "data", "value")
    return ""


def doi_of(url: str) -> str:
    """The DOI that an address of a DOI resolver holds; empty when it holds none."""
    path = unquote(urlsplit(url).path).lstrip("/")
    return path if path.startswith("10.") and "/" in path else ""
