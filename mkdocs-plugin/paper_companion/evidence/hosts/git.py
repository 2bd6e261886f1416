"""Any other git host, by git's own protocol: is there a repository, and does a branch or tag stand at the commit?"""

from __future__ import annotations

import re

from paper_companion.evidence.hosts.api import Api
from paper_companion.evidence.hosts.repository import is_commit
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown
from paper_companion.evidence.model import Rung
from paper_companion.paper.artifacts import Code

_ADVERTISED = "application/x-git-upload-pack-advertisement"
_REF = re.compile(rb"([0-9a-f]{40}) (refs/\S+|HEAD)")


def judge_git(api: Api, url: str, code: Code | None) -> Judgement | None:
    """What a repository's advertised references say; None when the address does not speak git. Raises Unanswered."""
    answer = api.ask(f"{url.rstrip('/')}/info/refs?service=git-upload-pack", {"Accept": "*/*"})
    if answer.status != 200 or answer.media_type != _ADVERTISED:
        return None
    refs = {name.decode(): digest.decode() for digest, name in _REF.findall(answer.body)}
    if code is None or not code.commit:
        return ok()
    if code.commit in refs.values():
        return ok(Rung.VERIFIED, commit=code.commit)
    if (
        code.version
        and answer.complete
        and not {f"refs/tags/{code.version}", f"refs/tags/v{code.version}"} & refs.keys()
    ):
        return broken(f"the repository has no tag for version {code.version}")
    if is_commit(code.commit):
        reason = "the repository is there; that it holds the commit can be told only when a tag or branch stands at it"
        return unknown(reason, "tag the commit")
    return ok()
