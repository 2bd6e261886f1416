"""Where the known services are: their public addresses, or the ones that a run is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from paper_companion.evidence.configuration import ConfigurationError

# What is asked by default. PyPI and npm have no default here: see packages.
DEFAULTS: Mapping[str, str] = {
    "arxiv": "https://export.arxiv.org",
    "doi": "https://doi.org",
    "figshare": "https://api.figshare.com",
    "github": "https://api.github.com",
    "gitlab": "https://gitlab.com",
    "huggingface": "https://huggingface.co",
    "softwareheritage": "https://archive.softwareheritage.org",
    "zenodo": "https://zenodo.org",
}
NAMES = (*DEFAULTS, "containers", "npm", "pypi")
# Under which hosts the pages of a service stand in a paper file.
_PAGES: Mapping[str, tuple[str, ...]] = {
    "arxiv": ("arxiv.org", "www.arxiv.org", "export.arxiv.org"),
    "doi": ("doi.org", "dx.doi.org", "www.doi.org"),
    "figshare": ("figshare.com",),
    "github": ("github.com", "www.github.com", "raw.githubusercontent.com"),
    "gitlab": ("gitlab.com",),
    "huggingface": ("huggingface.co", "hf.co"),
    "softwareheritage": ("archive.softwareheritage.org",),
    "zenodo": ("zenodo.org", "www.zenodo.org"),
}
# The package indexes are told by their name in the host's, wherever they are.
_INDEXES: Mapping[str, str] = {"pypi": "pypi", "npmjs": "npm"}
# What these services ask of machines: requests at once and seconds between them.
_ROOM: Mapping[str, tuple[int, float]] = {
    "arxiv": (1, 3.0),
    "softwareheritage": (1, 0.5),
    "zenodo": (2, 0.5),
    "figshare": (2, 0.5),
}
_TOKEN_VARIABLES: tuple[tuple[str, str, str, str], ...] = (
    ("github", "GITHUB_TOKEN", "Authorization", "Bearer {}"),
    ("github", "GH_TOKEN", "Authorization", "Bearer {}"),
    ("gitlab", "GITLAB_TOKEN", "PRIVATE-TOKEN", "{}"),
    ("huggingface", "HF_TOKEN", "Authorization", "Bearer {}"),
)


@dataclass(frozen=True)
class Services:
    """Base addresses by service name, without a slash at their end."""

    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def base(self, name: str) -> str | None:
        """Where a service is asked; None when nobody said and there is no default."""
        return self.elsewhere.get(name) or DEFAULTS.get(name)

    def of(self, url: str) -> str | None:
        """The service whose page an address is, None when it is of none."""
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        if parts.scheme not in ("http", "https"):
            return None
        for name, hosts in _PAGES.items():
            base = self.elsewhere.get(name)
            if host in hosts or (base is not None and urlsplit(base).netloc.lower() == parts.netloc.lower()):
                return name
        if host.endswith(".figshare.com") and host != "api.figshare.com":
            return "figshare"
        return next((name for label, name in _INDEXES.items() if label in host.split(".")), None)

    def asked_at(self, url: str) -> str:
        """Where a page or file is asked for: elsewhere when the whole service is, else where it says."""
        base = self.elsewhere.get(self.of(url) or "")
        parts = urlsplit(url)
        if base is None or urlsplit(base).netloc.lower() == parts.netloc.lower():
            return url
        return base + urlunsplit(("", "", parts.path, parts.query, parts.fragment))

    def room(self) -> dict[str, tuple[int, float]]:
        """The hosts that ask for more room, by origin. A service of one's own is asked like any other host."""
        return {DEFAULTS[name]: room for name, room in _ROOM.items() if name not in self.elsewhere}

    def tokens(self, environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
        """The tokens of an environment as headers, by the one origin that each is for."""
        found: dict[str, dict[str, str]] = {}
        for name, variable, header, form in _TOKEN_VARIABLES:
            base, token = self.base(name), environment.get(variable, "").strip()
            if base and token and token.isascii() and token.isprintable():
                parts = urlsplit(base)
                found.setdefault(f"{parts.scheme}://{parts.netloc}", {}).setdefault(header, form.format(token))
        return found


def parse_services(options: Iterable[str]) -> Services:
    """Services from `name=URL` texts. Raises ConfigurationError."""
    elsewhere: dict[str, str] = {}
    for option in options:
        name, _, url = option.partition("=")
        if name not in NAMES:
            raise ConfigurationError(f"--host {name}: no such service (known: {', '.join(sorted(NAMES))})")
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc:
            raise ConfigurationError(f"--host {name}: expected an http or https address without a password")
        elsewhere[name] = url.rstrip("/")
    return Services(elsewhere)
