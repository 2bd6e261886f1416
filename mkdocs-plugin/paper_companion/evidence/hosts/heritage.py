"""Software Heritage: whether an identifier is archived, and whether it is that of the commit."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning
from paper_companion.evidence.model import Rung


def swhid_of(url: str) -> str:
    """The identifier that an address of the archive holds; empty when it holds none."""
    matched = re.match(r"/(?:browse/)?(swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}(?:;[^?]*)?)/?$", urlsplit(url).path)
    return matched[1] if matched else ""


def judge_swhid(api: Api, base: str, swhid: str, commit: str | None) -> Judgement:
    """Whether a SWHID is archived; its hash proves what it names. Raises Unanswered."""
    core = swhid.partition(";")[0]
    answer = api.ask(f"{base}/api/1/resolve/{quote(swhid, safe=':;=/')}/")
    if answer.status == 404:
        return broken("is not archived by Software Heritage", f"ask for it at {base}/save/")
    if answer.status != 200:
        raise Unanswered(unknown(f"Software Heritage answers {answer.status}"))
    kind, digest = core.split(":")[2:4]
    if commit and kind == "rev" and digest != commit:
        return warning(f"is archived, but names another commit than {commit[:12]}", rung=Rung.VERIFIED)
    return ok(Rung.VERIFIED)
