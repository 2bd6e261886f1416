"""GitHub: repository, commit, path and lines at that commit, releases and their files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Settled, entries_at, number_at, text_at
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.hosts.repository import (
    RepositoryLink,
    check_lines,
    is_commit,
    judged,
    lines_of,
    version_tags,
)
from paper_companion.evidence.judgement import Judgement, broken
from paper_companion.paper.artifacts import Code

_JSON = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_RAW = {**_JSON, "Accept": "application/vnd.github.raw+json"}


def github_link(url: str) -> RepositoryLink | None:
    """What an address below github.com points at; None when it is not in a repository."""
    parts = urlsplit(url)
    names = [unquote(name) for name in parts.path.strip("/").split("/")]
    if len(names) < 2 or names[0] in ("orgs", "sponsors", "features", "topics", "collections", "marketplace", "apps"):
        return None
    project = f"{names[0]}/{names[1].removesuffix('.git')}"
    what, rest = (names[2] if len(names) > 2 else ""), names[3:]
    if not what:
        return RepositoryLink(project)
    if what in ("blob", "tree", "blame", "raw") and rest:
        return RepositoryLink(project, rest[0], "/".join(rest[1:]), lines_of(parts.fragment))
    if what in ("commit", "commits") and len(rest) == 1:
        return RepositoryLink(project, rest[0])
    if what == "releases" and rest[:1] == ["tag"] and len(rest) > 1:
        return RepositoryLink(project, tag="/".join(rest[1:]))
    if what == "releases" and rest[:1] == ["download"] and len(rest) > 2:
        return RepositoryLink(project, tag="/".join(rest[1:-1]), asset=rest[-1])
    return RepositoryLink(project, other=True)


def judge_github(api: Api, base: str, link: RepositoryLink, code: Code | None = None) -> Judgement:
    """Whether the repository is public, and holds what the link or the paper points at. Raises Settled."""
    repository = _repository(api, base, link.project)
    full_name = text_at(repository, "full_name") or link.project
    root = f"{base}/repos/{quote(full_name)}"
    remarks: list[tuple[str, str]] = []
    if full_name.lower() != link.project.lower():
        remarks.append(("has moved", text_at(repository, "html_url")))
    if link.ref:
        _check_commit(api, root, link.ref)
        branch = text_at(repository, "default_branch")
        if is_commit(link.ref) and not _on_default_branch(api, root, branch, link.ref):
            said = f"the commit {link.ref[:12]} is not on the default branch: it may be a fork's, or vanish"
            remarks.append((said, "tag it"))
    if link.path:
        ref = f"?ref={quote(link.ref, safe='')}" if link.ref else ""
        answer = api.ask(f"{root}/contents/{quote(link.path)}{ref}", _RAW if link.lines else _JSON)
        where = f"there is no {link.path} at {link.ref or 'the default branch'}"
        check_lines(link, api.found(answer, where, "GitHub", link.path))
    if link.tag:
        assets = _assets(api, root, link.tag)
        if link.asset and link.asset not in assets:
            return broken(f"the release {link.tag} has no file {link.asset}")
    if code is not None and code.version and not _has_version(api, root, code.version):
        remarks.append((f"has no tag for version {code.version}", ""))
    if code is not None and code.license:
        theirs = text_at(repository, "license", "spdx_id")
        if theirs not in ("", "NOASSERTION") and theirs not in code.license:
            remarks.append((f"its licence is {theirs}, the paper file says {code.license}", ""))
    if repository.get("archived") is True:
        remarks.append(("is archived: nobody answers issues there", ""))
    return judged(link, remarks)


def github_file_facts(api: Api, base: str, link: RepositoryLink) -> FileFacts:
    """What GitHub knows about a file of a release: its size and, for newer ones, its sha256. Raises Settled."""
    asset = _assets(api, f"{base}/repos/{quote(link.project)}", link.tag).get(link.asset)
    if asset is None:
        raise Settled(broken(f"the release {link.tag} has no file {link.asset}"))
    digest = text_at(asset, "digest")
    return FileFacts(
        "GitHub", number_at(asset, "size"), digest.removeprefix("sha256:") if digest[:7] == "sha256:" else ""
    )


def _repository(api: Api, base: str, project: str) -> dict[str, Any]:
    answer = api.ask(f"{base}/repos/{quote(project)}", _JSON)
    if answer.status == 451:
        raise Settled(broken(f"GitHub has taken the repository {project} down (451)"))
    repository = api.data(api.found(answer, f"GitHub has no public repository {project}", "GitHub"))
    if repository.get("private") is True:
        raise Settled(broken(f"the repository {project} is private: readers cannot see it"))
    if repository.get("disabled") is True:
        raise Settled(broken(f"GitHub has disabled the repository {project}"))
    return repository


def _check_commit(api: Api, root: str, ref: str) -> None:
    answer = api.ask(f"{root}/commits/{quote(ref, safe='')}", {**_JSON, "Accept": "application/vnd.github.sha"})
    missing = f"the repository has no commit, tag or branch {ref}"
    if answer.status in (409, 422):
        raise Settled(broken(missing))
    api.found(answer, missing, "GitHub", "the commit")


def _on_default_branch(api: Api, root: str, branch: str, commit: str) -> bool:
    """A commit that exists in a fork only is shown by the parent repository too, so that it is compared.

    Where the two cannot be compared, nothing is said against the commit.
    """
    if not branch:
        return True
    answer = api.ask(f"{root}/compare/{quote(branch, safe='')}...{commit}?per_page=1", _JSON)
    return answer.status != 200 or text_at(api.data(answer), "status") not in ("ahead", "diverged")


def _assets(api: Api, root: str, tag: str) -> dict[str, dict[str, Any]]:
    """The files of a release, by name."""
    answer = api.ask(f"{root}/releases/tags/{quote(tag, safe='')}", _JSON)
    release = api.data(api.found(answer, f"there is no release {tag}", "GitHub", f"the release {tag}"))
    return entries_at(release, "assets", "name")


def _has_version(api: Api, root: str, version: str) -> bool:
    tags = version_tags(version)
    return any(api.ask(f"{root}/git/ref/tags/{quote(tag, safe='')}", _JSON).status == 200 for tag in tags)
