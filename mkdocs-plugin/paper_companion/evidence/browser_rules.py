"""What a browser lets a page do with another site's answers: frames, and fetches across origins."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.visits import Visit

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class SiteOrigin:
    """The origin of the site that embeds or fetches."""

    scheme: str
    host: str
    port: int

    @property
    def here(self) -> bool:
        """Whether it is on the reader's own machine, which browsers trust over http too."""
        return self.host in ("localhost", "::1") or self.host.startswith("127.") or self.host.endswith(".localhost")

    @classmethod
    def of(cls, url: str) -> SiteOrigin | None:
        """The origin of an http or https address, None for anything else."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            return None
        return cls(parts.scheme, parts.hostname.lower(), port or _DEFAULT_PORTS[parts.scheme])

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        standard = self.port == _DEFAULT_PORTS[self.scheme]
        return f"{self.scheme}://{host}" if standard else f"{self.scheme}://{host}:{self.port}"


def may_frame(answer: Answer, site: SiteOrigin | None) -> bool | None:
    """Whether a site may show an answer in a frame; None when that depends on the site and it is not known.

    `frame-ancestors` overrides X-Frame-Options; several policies must all allow it (Content Security Policy 3, 6.4.2).
    """
    policies = [
        sources
        for header in answer.headers.get_all("content-security-policy") or ()
        for policy in str(header).split(",")
        if (sources := _frame_ancestors(policy)) is not None
    ]
    if policies:
        verdicts = [_allows(sources, answer.url, site) for sources in policies]
        return False if False in verdicts else None if None in verdicts else True
    said = {value.strip().lower() for value in answer.header("x-frame-options").split(",")} - {""}
    if "deny" in said or len(said & {"deny", "sameorigin"}) > 1:
        return False
    if "sameorigin" in said:
        return None if site is None else SiteOrigin.of(answer.url) == site
    return True


def _frame_ancestors(policy: str) -> list[str] | None:
    """The sources of a policy's frame-ancestors, None when it has none; where it has several, the first counts."""
    directives = (directive.split() for directive in policy.split(";"))
    return next((words[1:] for words in directives if words and words[0].lower() == "frame-ancestors"), None)


def _allows(sources: list[str], framed_url: str, site: SiteOrigin | None) -> bool | None:
    sources = [source.lower() for source in sources]
    if not sources or sources == ["'none'"]:
        return False
    if site is None:
        return True if "*" in sources else None
    return any(_matches(source, framed_url, site) for source in sources)


def _matches(source: str, framed_url: str, site: SiteOrigin) -> bool:
    """Whether a source expression covers a site's origin (Content Security Policy 3, 6.7.2)."""
    if source == "'self'":
        return SiteOrigin.of(framed_url) == site
    if source == "*":
        return True
    if source.endswith(":") and "/" not in source:
        return _scheme_fits(source[:-1], site.scheme)
    scheme, marker, rest = source.partition("://")
    if not marker:
        scheme, rest = "", source
    if scheme and not _scheme_fits(scheme, site.scheme):
        return False
    if not scheme:
        framed = SiteOrigin.of(framed_url)
        if framed is not None and not _scheme_fits(framed.scheme, site.scheme):
            return False
    host, _, port = rest.partition("/")[0].partition(":")
    if host != "*" and not (site.host.endswith(host[1:]) if host.startswith("*.") else site.host == host):
        return False
    if port == "*":
        return True
    wanted = int(port) if port.isdigit() else _DEFAULT_PORTS.get(scheme or site.scheme, 0)
    return site.port in (wanted, _DEFAULT_PORTS[site.scheme] if wanted in (80, 443) else wanted)


def _scheme_fits(allowed: str, scheme: str) -> bool:
    return allowed == scheme or (allowed == "http" and scheme == "https")


def fetch_refusal(visit: Visit, site: SiteOrigin) -> str:
    """Why a browser would not give an answer to a page of the site; empty when it would.

    Every hop must allow it, and after a redirect from one foreign origin to another the browser sends `Origin: null`.
    """
    origin = str(site)
    previous: SiteOrigin | None = None
    for answer in visit.answers:
        current = SiteOrigin.of(answer.url)
        if current == site and previous is None:
            continue
        if previous is not None and previous != site and current != previous:
            origin = "null"
        previous = current
        said = [value.strip() for value in answer.headers.get_all("access-control-allow-origin") or ()]
        if said not in (["*"], [origin]):
            host = current.host if current is not None else answer.url
            if not said:
                return f"{host} sends no Access-Control-Allow-Origin, so that no browser hands the answer to the page"
            return f"{host} allows {', '.join(said)[:80]} to read its answer, but not {origin}"
    return ""
