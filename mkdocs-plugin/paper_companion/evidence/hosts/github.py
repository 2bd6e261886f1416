"""GitHub: repository, commit, path and lines at that commit, releases and their files."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered, number_at, text_at
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.hosts.repository import RepositoryLink, is_commit, line_count, lines_of
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning
from paper_companion.evidence.model import Rung
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
    """Whether the repository is public, and holds what the link or the paper points at. Raises Unanswered."""
    repository = _repository(api, base, link.project)
    if isinstance(repository, Judgement):
        return repository
    full_name = text_at(repository, "full_name") or link.project
    root = f"{base}/repos/{quote(full_name)}"
    rung = Rung.LINKED
    remarks: list[tuple[str, str]] = []
    if link.ref:
        commit = _commit(api, root, link.ref)
        if isinstance(commit, Judgement):
            return commit
        if is_commit(link.ref):
            rung = Rung.VERIFIED
            if not _on_default_branch(api, root, text_at(repository, "default_branch"), link.ref):
                remarks.append(
                    (
                        f"the commit {link.ref[:12]} is not on the default branch: it may be a fork's, or vanish",
                        "tag it",
                    )
                )
    if link.path:
        missing = _missing_path(api, root, link)
        if missing is not None:
            return missing
    if link.tag:
        release = _release(api, root, link.tag)
        if isinstance(release, Judgement):
            return release
        if link.asset and link.asset not in _assets(release):
            return broken(f"the release {link.tag} has no file {link.asset}")
    if code is not None and code.version and not _has_version(api, root, code.version):
        remarks.append((f"has no tag for version {code.version}", ""))
    if code is not None and code.license:
        theirs = text_at(repository, "license", "spdx_id")
        if theirs not in ("", "NOASSERTION") and theirs not in code.license:
            remarks.append((f"its licence is {theirs}, the paper file says {code.license}", ""))
    if repository.get("archived") is True:
        remarks.append(("is archived: nobody answers issues there", ""))
    if full_name.lower() != link.project.lower():
        remarks.insert(0, ("has moved", text_at(repository, "html_url")))
    details: dict[str, Any] = {"commit": link.ref} if is_commit(link.ref) else {}
    if remarks:
        return warning("; ".join(reason for reason, _ in remarks), remarks[0][1], rung, **details)
    return ok(rung, **details)


def github_file_facts(api: Api, base: str, link: RepositoryLink) -> FileFacts | Judgement:
    """What GitHub knows about a file of a release: its size and, for newer ones, its sha256. Raises Unanswered."""
    release = _release(api, f"{base}/repos/{quote(link.project)}", link.tag)
    if isinstance(release, Judgement):
        return release
    asset = _assets(release).get(link.asset)
    if asset is None:
        return broken(f"the release {link.tag} has no file {link.asset}")
    digest = text_at(asset, "digest")
    return FileFacts(
        "GitHub", number_at(asset, "size"), digest.removeprefix("sha256:") if digest[:7] == "sha256:" else ""
    )


def _repository(api: Api, base: str, project: str) -> dict[str, Any] | Judgement:
    answer = api.ask(f"{base}/repos/{quote(project)}", _JSON)
    if answer.status == 404:
        return broken(f"GitHub has no public repository {project}")
    if answer.status == 451:
        return broken(f"GitHub has taken the repository {project} down (451)")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitHub answers {answer.status}"))
    repository = api.data(answer)
    if repository.get("private") is True:
        return broken(f"the repository {project} is private: readers cannot see it")
    if repository.get("disabled") is True:
        return broken(f"GitHub has disabled the repository {project}")
    return repository


def _commit(api: Api, root: str, ref: str) -> Judgement | None:
    answer = api.ask(f"{root}/commits/{quote(ref, safe='')}", {**_JSON, "Accept": "application/vnd.github.sha"})
    if answer.status in (404, 409, 422):
        return broken(f"the repository has no commit, tag or branch {ref}")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitHub answers {answer.status} when asked for the commit"))
    return None


def _on_default_branch(api: Api, root: str, branch: str, commit: str) -> bool:
    """A commit that exists in a fork only is shown by the parent repository too, so that it is compared.

    Where the two cannot be compared, nothing is said against the commit.
    """
    if not branch:
        return True
    answer = api.ask(f"{root}/compare/{quote(branch, safe='')}...{commit}?per_page=1", _JSON)
    return answer.status != 200 or text_at(api.data(answer), "status") not in ("ahead", "diverged")


def _missing_path(api: Api, root: str, link: RepositoryLink) -> Judgement | None:
    ref = f"?ref={quote(link.ref, safe='')}" if link.ref else ""
    answer = api.ask(f"{root}/contents/{quote(link.path)}{ref}", _RAW if link.lines else _JSON)
    if answer.status == 404:
        return broken(f"there is no {link.path} at {link.ref or 'the default branch'}")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitHub answers {answer.status} when asked for {link.path}"))
    if link.lines and answer.complete and max(link.lines) > line_count(answer.body):
        return broken(f"{link.path} ends at line {line_count(answer.body)}, before line {max(link.lines)}")
    return None


def _release(api: Api, root: str, tag: str) -> dict[str, Any] | Judgement:
    answer = api.ask(f"{root}/releases/tags/{quote(tag, safe='')}", _JSON)
    if answer.status == 404:
        return broken(f"there is no release {tag}")
    if answer.status != 200:
        raise Unanswered(unknown(f"GitHub answers {answer.status} when asked for the release {tag}"))
    return api.data(answer)


def _assets(release: dict[str, Any]) -> dict[str, dict[str, Any]]:
    assets = release.get("assets")
    found = [asset for asset in assets if isinstance(asset, dict)] if isinstance(assets, list) else []
    return {text_at(asset, "name"): asset for asset in found}


def _has_version(api: Api, root: str, version: str) -> bool:
    tags = dict.fromkeys((version, f"v{version.removeprefix('v')}"))
    return any(api.ask(f"{root}/git/ref/tags/{quote(tag, safe='')}", _JSON).status == 200 for tag in tags)
