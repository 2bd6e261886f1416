"""Container images: whether a registry has the tag or digest, asked as any client asks, without a login."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from paper_companion.evidence.hosts.api import Api, Unanswered
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning
from paper_companion.evidence.model import Rung
from paper_companion.evidence.net.connection import Answer

_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_CHALLENGE = re.compile(r'(realm|service|scope)="([^"]*)"')


@dataclass(frozen=True)
class Image:
    """An image reference, taken apart."""

    registry: str
    """The registry's host; empty when the reference leaves it out, as those of the oldest registry do."""
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, reference: str) -> Image:
        """`[host/]name[:tag][@sha256:…]`."""
        rest, _, digest = reference.partition("@")
        registry, slash, name = rest.partition("/")
        if not slash or not ("." in registry or ":" in registry or registry == "localhost"):
            registry, name = "", rest
        name, _, tag = name.partition(":")
        return cls(registry, name, tag or ("" if digest else "latest"), digest)


def judge_image(api: Api, base: str | None, reference: str) -> Judgement:
    """Whether an image is there for everybody; a digest proves what it is. Raises Unanswered."""
    image = Image.parse(reference)
    if base is None:
        if not image.registry:
            return unknown(
                "the image names no registry", "write its host before the name, or use --host containers=URL"
            )
        base = f"https://{image.registry}"
    url = f"{base}/v2/{quote(image.repository)}/manifests/{image.digest or image.tag}"
    answer = api.ask(url, {"Accept": _ACCEPT}, method="HEAD")
    if answer.status == 401:
        token = _anonymous_token(api, answer)
        if token:
            answer = api.ask(url, {"Accept": _ACCEPT, "Authorization": f"Bearer {token}"}, method="HEAD")
    if answer.status == 404:
        return broken(f"the registry has no {image.repository} with {image.digest or 'the tag ' + image.tag}")
    if answer.status in (401, 403):
        return unknown(f"the registry lets nobody without a login see {image.repository}")
    if answer.status != 200:
        raise Unanswered(unknown(f"the registry answers {answer.status}"))
    digest = answer.header("docker-content-digest")
    if not image.digest:
        suggestion = f"{reference}@{digest}" if digest.startswith("sha256:") else ""
        return warning("is named by a tag, which can be moved to another image", suggestion)
    if digest and digest != image.digest:
        return broken(f"the registry answers with another digest, {digest[:19]}…")
    return ok(Rung.VERIFIED, digest=image.digest)


def _anonymous_token(api: Api, answer: Answer) -> str:
    """The token that a registry gives to anybody, for looking only."""
    said = dict(_CHALLENGE.findall(answer.header("www-authenticate")))
    realm = said.get("realm", "")
    if urlsplit(realm).scheme not in ("http", "https"):
        return ""
    query = "&".join(f"{name}={quote(said[name], safe=':/,')}" for name in ("service", "scope") if name in said)
    given = api.ask(f"{realm}?{query}")
    try:
        data = json.loads(given.body)
        token = data.get("token") or data.get("access_token") if isinstance(data, dict) else ""
    except ValueError:
        return ""
    return token if isinstance(token, str) and token.isascii() and token.isprintable() else ""
