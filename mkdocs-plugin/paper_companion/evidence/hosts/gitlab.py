"""GitLab, that of everybody and those of others: project, commit, path and lines at that commit, releases."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, text_at
from paper_companion.evidence.hosts.repository import RepositoryLink, check_lines, judged, lines_of, version_tags
from paper_companion.evidence.judgement import Judgement, broken
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
    """Whether the project is public, and holds what the link or the paper points at. Raises Settled."""
    answer = api.ask(f"{base}/api/v4/projects/{quote(link.project, safe='')}?license=true")
    project = api.data(api.found(answer, f"GitLab has no public project {link.project}", "GitLab"))
    if text_at(project, "visibility") in ("private", "internal"):
        return broken(f"the project {link.project} is {project['visibility']}: readers cannot see it")
    full_name = text_at(project, "path_with_namespace") or link.project
    root = f"{base}/api/v4/projects/{quote(full_name, safe='')}/repository"
    remarks: list[tuple[str, str]] = []
    if full_name.lower() != link.project.lower():
        remarks.append(("has moved", text_at(project, "web_url")))
    if link.ref:
        _check(api, f"{root}/commits/{quote(link.ref, safe='')}", f"commit, tag or branch {link.ref}")
    if link.path:
        _check_path(api, root, link, text_at(project, "default_branch"))
    if link.tag:
        _check(api, f"{root}/tags/{quote(link.tag, safe='')}", f"tag {link.tag}")
    if code is not None and code.version and not _has_version(api, root, code.version):
        remarks.append((f"has no tag for version {code.version}", ""))
    theirs = text_at(project, "license", "key")
    if code is not None and code.license and theirs and theirs not in ("other", *code.license.lower().split()):
        remarks.append(
            (f"its licence is {text_at(project, 'license', 'name')}, the paper file says {code.license}", "")
        )
    if project.get("archived") is True:
        remarks.append(("is archived: nobody answers issues there", ""))
    return judged(link, remarks)


def _check(api: Api, url: str, what: str) -> None:
    api.found(api.ask(url), f"the project has no {what}", "GitLab", f"the {what}")


def _has_version(api: Api, root: str, version: str) -> bool:
    for tag in version_tags(version):
        answer = api.ask(f"{root}/tags/{quote(tag, safe='')}")
        if answer.status != 404:
            return bool(api.found(answer, "", "GitLab", f"the {tag}"))
    return False


def _check_path(api: Api, root: str, link: RepositoryLink, branch: str) -> None:
    ref = quote(link.ref or branch or "HEAD", safe="")
    where = f"there is no {link.path} at {link.ref or 'the default branch'}"
    answer = api.ask(f"{root}/files/{quote(link.path, safe='')}/raw?ref={ref}")
    if answer.status == 404:
        # A folder is no file: it is there when a tree is.
        tree = api.ask(f"{root}/tree?path={quote(link.path, safe='')}&ref={ref}&per_page=1")
        if tree.status == 200 and tree.body.strip() not in (b"", b"[]"):
            return
    check_lines(link, api.found(answer, where, "GitLab", link.path))
