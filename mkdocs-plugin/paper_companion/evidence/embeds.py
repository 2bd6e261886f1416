"""Hosted demos: may this site show them in a frame or call them, and do they answer?"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from paper_companion.evidence.browser_rules import SiteOrigin, fetch_refusal, may_frame
from paper_companion.evidence.hosts.huggingface import hub_link
from paper_companion.evidence.judgement import Cost, Judgement, broken, failed, ok, unknown
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.pages import judge_page
from paper_companion.evidence.subjects import Subject

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def judge_frame(web: Web, url: str, site: SiteOrigin | None) -> Judgement:
    """Whether a page of the site can show an address in a frame. Only the last hop's headers count."""
    wrong = _cannot_be_framed(url, site)
    if wrong is not None:
        return wrong
    space = hub_link(url) if urlsplit(url).hostname == "huggingface.co" else None
    if space is not None and space.kind == "spaces":
        name = space.id.lower().replace("/", "-").replace("_", "-").replace(".", "-")
        return broken("is the space's page on the hub, which refuses frames", f"https://{name}.hf.space")
    cost = Cost()
    judgement = judge_page(web, url)
    if not judgement.good:
        return judgement
    # The same question as the judgement's, so that the answer is at hand and costs nothing.
    visit = web.visit(url, headers={"Range": f"bytes=0-{web.limits.page_bytes - 1}"})
    answer = visit.final
    if answer is None or not 200 <= answer.status < 300:
        answer = cost.of(web.visit(url, headers={"Accept": "*/*"})).final
    if answer is None:
        return judgement
    allowed = may_frame(answer, site)
    if allowed is False:
        by = "frame-ancestors" if "frame-ancestors" in answer.header("content-security-policy") else "X-Frame-Options"
        said = f"{urlsplit(answer.url).hostname} refuses to be framed by {site or 'any other site'} ({by})"
        return _paid(broken(said, "offer it as a link, or have its host allow this site"), judgement)
    reached = SiteOrigin.of(answer.url)
    if site is not None and reached is not None and site.scheme == "https" and reached.scheme == "http":
        return _paid(broken("is reached over http, which browsers do not show in a page of https"), judgement)
    if allowed is None:
        said = "may be framed by some sites only, and this site's address is not known"
        return _paid(unknown(said, "set site_url in mkdocs.yml, or use --site-url"), judgement)
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
        judgement = broken(refusal) if refusal else ok(size_bytes=len(answer.body))
    return replace(judgement, requests=cost.requests, received_bytes=cost.received_bytes)


def _cannot_be_framed(url: str, site: SiteOrigin | None) -> Judgement | None:
    origin = SiteOrigin.of(url)
    if origin is None:
        return None
    if origin.scheme == "http" and origin.host not in _LOOPBACK and not origin.host.startswith("127."):
        secure = url.replace("http:", "https:", 1)
        return broken("is an http address, which browsers do not show in a page of https", secure)
    if site is not None and origin == site:
        return broken("is on the site's own origin, where a frame could do all that the page can")
    return None


def _paid(judgement: Judgement, cost: Judgement) -> Judgement:
    return replace(judgement, requests=cost.requests, received_bytes=cost.received_bytes)
