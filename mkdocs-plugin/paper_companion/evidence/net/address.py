"""URLs as they are asked: taken apart once, without fragment and credentials, fit for a request line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from paper_companion.evidence.net.connection import Origin
from paper_companion.evidence.net.failure import Failure, FailureKind

_PATH = "/%:@!$&'()*+,;=~-._"
_QUERY = _PATH + "?[]|"
_UNFIT = re.compile(r"[\x00-\x20\x7f\\]")
_LONGEST_LABEL = 63


@dataclass(frozen=True)
class HttpAddress:
    """An http or https URL that can be asked."""

    origin: Origin
    target: str
    """Path and query, as they go into the request line."""
    fragment: str = ""
    """What follows `#`, as it was written."""

    def __str__(self) -> str:
        return f"{self.origin}{self.target}"

    @property
    def path(self) -> str:
        """The path alone."""
        return self.target.partition("?")[0]


@lru_cache(maxsize=1024)
def parse_address(url: str) -> HttpAddress | Failure:
    """Take a URL apart; a Failure says why it cannot be asked."""
    if _UNFIT.search(url):
        return Failure(FailureKind.BAD_ADDRESS, "the address contains blanks, backslashes or control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return Failure(FailureKind.BAD_ADDRESS, f"not an address: {error}")
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        return Failure(FailureKind.BAD_ADDRESS, f"not an http or https address ({scheme[:20] or 'no scheme'})")
    if "@" in parts.netloc:
        return Failure(FailureKind.CREDENTIALS, "the address holds a user name or password")
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host.partition("%")[0] if ":" in host or host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if ":" not in host and any(not 0 < len(label) <= _LONGEST_LABEL for label in host.split(".")):
        host = ""
    if not host or port == 0:
        return Failure(FailureKind.BAD_ADDRESS, "the address names no host")
    path = parts.path or "/"
    if "/." in path and not path.startswith("//"):
        # As browsers do, who never ask for `/a/../b`.
        path = urlsplit(urljoin("http://x/", path)).path
    target = quote(path, safe=_PATH) + (f"?{quote(parts.query, safe=_QUERY)}" if parts.query else "")
    origin = Origin(scheme, host.lower(), port or (443 if scheme == "https" else 80))
    return HttpAddress(origin, target, parts.fragment)


def redirected(base: HttpAddress, location: str) -> HttpAddress | Failure:
    """Where a `Location` header leads from an address."""
    # http.client reads headers as latin-1, servers send UTF-8
    text = quote(location.strip().encode("latin-1", "replace"), safe=_QUERY + "#")
    try:
        joined = urljoin(str(base), text)
    except ValueError as error:
        return Failure(FailureKind.BAD_REDIRECT, f"redirects to something that is no address: {error}")
    address = parse_address(joined)
    if isinstance(address, Failure):
        if address.kind is FailureKind.CREDENTIALS:
            return Failure(FailureKind.BAD_REDIRECT, "redirects to an address with a user name or password")
        return Failure(FailureKind.BAD_REDIRECT, f"redirects to {text[:200]}: {address.message}")
    return address
