"""figshare: articles, their versions and files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, number_at, text_at
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning

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


def judge_figshare(api: Api, base: str, link: ArticleLink, wanted: str = "") -> Judgement:
    """Whether an article, its version and file are there; `wanted` is `version` or `concept`. Raises Unanswered."""
    article = _article(api, base, link)
    if isinstance(article, Judgement):
        return article
    if link.file and link.file not in _files(article):
        return broken(f"the article {link.id} has no file {link.file}")
    if wanted == "version" and not link.version:
        newest = number_at(article, "version")
        suggestion = f"10.6084/m9.figshare.{link.id}.v{newest}" if newest else ""
        return warning("stands for all versions, and leads to another one as soon as there is one", suggestion)
    if wanted == "concept" and link.version:
        return warning("stands for one version, not for all of them", f"10.6084/m9.figshare.{link.id}")
    return ok()


def figshare_file_facts(api: Api, base: str, link: ArticleLink) -> FileFacts | Judgement:
    """Size and md5 of an article's file, as figshare states them. Raises Unanswered."""
    article = _article(api, base, link)
    if isinstance(article, Judgement):
        return article
    file = _files(article).get(link.file)
    if file is None:
        return broken(f"the article {link.id} has no file {link.file}")
    return FileFacts("figshare", number_at(file, "size"), md5=text_at(file, "computed_md5"))


def _article(api: Api, base: str, link: ArticleLink) -> dict[str, Any] | Judgement:
    version = f"/versions/{link.version}" if link.version else ""
    answer = api.ask(f"{base}/v2/articles/{link.id}{version}")
    if answer.status == 404:
        what = f"version {link.version} of the article {link.id}" if version else f"article {link.id}"
        return broken(f"figshare has no public {what}")
    if answer.status != 200:
        raise Unanswered(unknown(f"figshare answers {answer.status}"))
    return api.data(answer)


def _files(article: dict[str, Any]) -> dict[str, dict[str, Any]]:
    files = article.get("files")
    found = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    return {str(file.get("id", "")): file for file in found}
