"""GitLab, that of everybody and those of others: project, commit, path and lines at that commit, releases."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, text_at
from paper_companion.evidence.hosts.repository import RepositoryLink, is_commit, line_count, lines_of
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning
from paper_companion.evidence.model import Rung
from paper_companion.paper.artifacts import Code


def gitlab_link(url: str) -> RepositoryLink | None:
    """What an address on a GitLab points at; None when it is not in a project."""
    parts = urlsplit(url)
    project, _, rest = unquote(parts.path).strip("/").partition("/-/")
    project = project.removesuffix(".git")
    if "/" not in project:
        return None
    names = rest.split("/") if rest else []
    if not names:
        return RepositoryLink(project)
    if names[0] in ("blob", "tree", "raw", "blame") and len(names) > 1:
        return RepositoryLink(project, names[1], "/".join(names[2:]), lines_of(parts.fragment))
    if names[0] in ("commit", "commits") and len(names) == 2:
        return RepositoryLink(project, names[1])
    if names[0] in ("releases", "tags") and len(names) > 1:
        return RepositoryLink(project, tag=names[1])
    return RepositoryLink(project, other=True)


def judge_gitlab(api: Api, base: str, link: RepositoryLink, code: Code | None = None) -> Judgement:
    """Whether the project is public, and holds what the link or the paper points at. Raises Unanswered."""
    answer = api.ask(f"{base}/api/v4/projects/{quote(link.project, safe='')}?license=true")
    if answer.status == 404:
        return broken(f"GitLab has no public project {link.project}")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitLab answers {answer.status}"))
    project = api.data(answer)
    if text_at(project, "visibility") in ("private", "internal"):
        return broken(f"the project {link.project} is {project['visibility']}: readers cannot see it")
    full_name = text_at(project, "path_with_namespace") or link.project
    root = f"{base}/api/v4/projects/{quote(full_name, safe='')}/repository"
    rung = Rung.LINKED
    if link.ref:
        missing = _missing(api, f"{root}/commits/{quote(link.ref, safe='')}", f"commit, tag or branch {link.ref}")
        if missing is not None:
            return missing
        rung = Rung.VERIFIED if is_commit(link.ref) else Rung.LINKED
    if link.path:
        missing = _missing_path(api, root, link, text_at(project, "default_branch"))
        if missing is not None:
            return missing
    if link.tag:
        missing = _missing(api, f"{root}/tags/{quote(link.tag, safe='')}", f"tag {link.tag}")
        if missing is not None:
            return missing
    remarks: list[tuple[str, str]] = []
    if full_name.lower() != link.project.lower():
        remarks.append(("has moved", text_at(project, "web_url")))
    if code is not None and code.version:
        tags = dict.fromkeys((code.version, f"v{code.version.removeprefix('v')}"))
        if all(_missing(api, f"{root}/tags/{quote(tag, safe='')}", tag) is not None for tag in tags):
            remarks.append((f"has no tag for version {code.version}", ""))
    theirs = text_at(project, "license", "key")
    if code is not None and code.license and theirs and theirs not in ("other", *code.license.lower().split()):
        remarks.append(
            (f"its licence is {text_at(project, 'license', 'name')}, the paper file says {code.license}", "")
        )
    if project.get("archived") is True:
        remarks.append(("is archived: nobody answers issues there", ""))
    details: dict[str, Any] = {"commit": link.ref} if is_commit(link.ref) else {}
    if remarks:
        return warning("; ".join(reason for reason, _ in remarks), remarks[0][1], rung, **details)
    return ok(rung, **details)


def _missing(api: Api, url: str, what: str) -> Judgement | None:
    answer = api.ask(url)
    if answer.status == 404:
        return broken(f"the project has no {what}")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitLab answers {answer.status} when asked for the {what}"))
    return None


def _missing_path(api: Api, root: str, link: RepositoryLink, branch: str) -> Judgement | None:
    ref = quote(link.ref or branch or "HEAD", safe="")
    where = f"there is no {link.path} at {link.ref or 'the default branch'}"
    answer = api.ask(f"{root}/files/{quote(link.path, safe='')}/raw?ref={ref}")
    if answer.status == 200:
        if link.lines and answer.complete and max(link.lines) > line_count(answer.body):
            return broken(f"{link.path} ends at line {line_count(answer.body)}, before line {max(link.lines)}")
        return None
    if answer.status != 404:
        raise Unanswered(unknown(f"GitLab answers {answer.status} when asked for {link.path}"))
    # A folder is no file: it is there when a tree is.
    tree = api.ask(f"{root}/tree?path={quote(link.path, safe='')}&ref={ref}&per_page=1")
    return None if tree.status == 200 and tree.body.strip() not in (b"", b"[]") else broken(where)
