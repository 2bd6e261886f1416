"""figshare: articles, their versions and files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from paper_companion.evidence.hosts.api import Api, entries_at, number_at, text_at
from paper_companion.evidence.hosts.deposit import Deposit
from paper_companion.evidence.hosts.file_facts import FileFacts

_DOI = re.compile(r"10\.6084/m9\.figshare\.(\d+)(?:\.v(\d+))?$", re.IGNORECASE)
_ARTICLE = re.compile(r"/articles/(?:[^/]+/){1,2}(\d+)(?:/(\d+))?/?$")


@dataclass(frozen=True)
class ArticleLink:
    """An article, and its version; without one, the latest."""

    id: str
    version: str = ""
    file: str = ""
    """The number of a file in it."""


def figshare_link(url: str) -> ArticleLink | None:
    """What an address on figshare points at; None when it is no article."""
    parts = urlsplit(url)
    matched = _ARTICLE.search(parts.path)
    if not matched:
        return None
    file = re.search(r"(?:^|&)file=(\d+)", parts.query)
    return ArticleLink(matched[1], matched[2] or "", file[1] if file else "")


def figshare_article_of_doi(doi: str) -> ArticleLink | None:
    """The article of a DOI that figshare gave; None for another DOI."""
    matched = _DOI.match(doi)
    return ArticleLink(matched[1], matched[2] or "") if matched else None


def figshare_deposit(api: Api, base: str, link: ArticleLink) -> Deposit:
    """The article as figshare describes it. Raises Settled."""
    version = f"/versions/{link.version}" if link.version else ""
    what = f"version {link.version} of the article {link.id}" if version else f"article {link.id}"
    answer = api.ask(f"{base}/v2/articles/{link.id}{version}")
    article = api.data(api.found(answer, f"figshare has no public {what}", "figshare"))
    doi, newest = f"10.6084/m9.figshare.{link.id}", number_at(article, "version")
    return Deposit(
        f"article {link.id}",
        {name: _facts(file) for name, file in entries_at(article, "files", "id").items()},
        not link.version,
        f"{doi}.v{newest}" if newest else "",
        doi,
    )


def _facts(file: dict[str, Any]) -> FileFacts:
    return FileFacts("figshare", number_at(file, "size"), md5=text_at(file, "computed_md5"))
