"""Hosted demos: may this site show them in a frame or call them, and do they answer?"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from paper_companion.evidence.browser_rules import SiteOrigin, fetch_refusal, may_frame
from paper_companion.evidence.hosts.api import Api, Unanswered
from paper_companion.evidence.hosts.huggingface import HubLink, hub_link, judge_stage
from paper_companion.evidence.judgement import Cost, Judgement, broken, failed, ok, unknown
from paper_companion.evidence.markup import HTML_TYPES
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.pages import answer_behind, judge_page, shows_login, unpacked
from paper_companion.evidence.subjects import Subject

_SPACE = ".hf.space"
_MOST_NAMES = 4


def judge_frame(web: Web, url: str, site: SiteOrigin | None, hub: str = "https://huggingface.co") -> Judgement:
    """Whether a page of the site can show an address in a frame, and a space behind it runs: `hub` is asked."""
    wrong = _cannot_be_framed(url, site)
    if wrong is not None:
        return wrong
    space = hub_link(url) if urlsplit(url).hostname == "huggingface.co" else None
    if space is not None and space.kind == "spaces":
        name = space.id.lower().replace("/", "-").replace("_", "-").replace(".", "-")
        return broken("is the space's page on the hub, which refuses frames", f"https://{name}{_SPACE}")
    api = Api(web)
    judgement = _stage(api, hub, url) or _judge_framed(web, url, site)
    api.cost.requests += judgement.requests
    api.cost.received_bytes += judgement.received_bytes
    return api.paid(judgement)


def _stage(api: Api, hub: str, url: str) -> Judgement | None:
    """What keeps a space from being seen, by its host `owner-name`; None when it runs or nobody knows."""
    host = (urlsplit(url).hostname or "").lower()
    if not host.endswith(_SPACE):
        return None
    words = host.removesuffix(_SPACE).split("-")
    for count in range(1, min(len(words), _MOST_NAMES + 1)):
        name = f"{'-'.join(words[:count])}/{'-'.join(words[count:])}"
        try:
            judgement = judge_stage(api, hub, HubLink("spaces", name))
        except Unanswered:
            continue
        return judgement if judgement.verdict in (Outcome.WARNING, Outcome.BROKEN) else None
    return None


def _judge_framed(web: Web, url: str, site: SiteOrigin | None) -> Judgement:
    """By the page itself. Only the last hop's headers count."""
    judgement = judge_page(web, url)
    if not judgement.good:
        return judgement
    answer = answer_behind(web, url)
    if answer is None:
        return judgement
    if answer.media_type and answer.media_type not in HTML_TYPES:
        return broken(f"is {answer.media_type}, not a page").paid(judgement)
    if shows_login(answer):
        return unknown(f"{urlsplit(answer.url).hostname} shows a login instead of the demo").paid(judgement)
    if answer.header("content-disposition").lower().startswith("attachment"):
        return broken("is handed out as a download, not shown as a page").paid(judgement)
    allowed = may_frame(answer, site)
    if allowed is False:
        by = "frame-ancestors" if "frame-ancestors" in answer.header("content-security-policy") else "X-Frame-Options"
        said = f"{urlsplit(answer.url).hostname} refuses to be framed by {site or 'any other site'} ({by})"
        return broken(said, "offer it as a link, or have its host allow this site").paid(judgement)
    reached = SiteOrigin.of(answer.url)
    if (
        site is not None
        and reached is not None
        and site.scheme == "https"
        and reached.scheme == "http"
        and not reached.here
    ):
        return broken("is reached over http, which browsers do not show in a page of https").paid(judgement)
    if allowed is None:
        said = "may be framed by some sites only, and this site's address is not known"
        return unknown(said, "set site_url in mkdocs.yml, or use --site-url").paid(judgement)
    return judgement


def judge_fetch(web: Web, subject: Subject, site: SiteOrigin | None) -> Judgement:
    """Whether a page of the site can call a hosted Gradio: its description is there and may be read across origins."""
    base = subject.address.rstrip("/")
    visit = web.visit(
        f"{base}/gradio_api/info",
        headers={"Origin": str(site)} if site is not None else {},
        body_bytes=web.limits.document_bytes,
    )
    cost = Cost()
    answer = cost.of(visit).final
    if answer is None:
        assert visit.failure is not None
        judgement = failed(visit.failure)
    elif answer.status != 200:
        verdict = unknown if answer.status in (401, 403, 429) or answer.status >= 500 else broken
        judgement = verdict(f"answers {answer.status} when it is asked for its description")
    elif answer.media_type != "application/json":
        judgement = broken(f"answers {answer.media_type or 'no content type'} where a description in JSON should be")
    elif site is None:
        judgement = unknown("this site's address is not known", "set site_url in mkdocs.yml, or use --site-url")
    else:
        refusal = fetch_refusal(visit, site)
        judgement = broken(refusal) if refusal else _endpoint(answer, subject.endpoint)
    return judgement.paid(cost)


def _endpoint(answer: Answer, wanted: str) -> Judgement:
    """Whether a Gradio's description names the endpoint that the demo calls; chosen as the page's form chooses it."""
    answer = unpacked(answer)
    if not answer.complete and not answer.body:
        return unknown("its description is packed in a way that was not asked for")
    if not answer.complete:
        return unknown("its description is too long to look for the endpoint")
    try:
        described = json.loads(answer.body)["named_endpoints"]
        names = [str(name).removeprefix("/") for name in dict(described)]
    except (ValueError, KeyError, TypeError, RecursionError):
        return broken("describes no endpoints, as a Gradio does")
    name = wanted.removeprefix("/") or (names[0] if len(names) == 1 else "predict")
    if name in names:
        return ok(size_bytes=len(answer.body))
    return broken(f"has no endpoint {name}", f"it has {', '.join(names)[:200]}" if names else "it names no endpoint")


def with_fetch(so_far: Judgement, web: Web, url: str, site: SiteOrigin | None) -> Judgement:
    """The judgement of a file that is there, if a page of the site may also fetch it."""
    if site is None:
        return so_far
    cost = Cost(so_far.requests, so_far.received_bytes)
    visit = cost.of(web.visit(url, headers={"Origin": str(site), "Range": "bytes=0-0"}))
    refusal = fetch_refusal(visit, site) if visit.final is not None else ""
    if refusal:
        so_far = broken(refusal, "paper-companion lock, so that the site serves a copy of its own")
    return so_far.paid(cost)


def _cannot_be_framed(url: str, site: SiteOrigin | None) -> Judgement | None:
    origin = SiteOrigin.of(url)
    if origin is None:
        return None
    if origin.scheme == "http" and not origin.here:
        secure = url.replace("http:", "https:", 1)
        return broken("is an http address, which browsers do not show in a page of https", secure)
    if site is not None and origin == site:
        return broken("is on the site's own origin, where a frame could do all that the page can")
    return None
