"""Downloads: each file of weights or data, with commands that fetch it and check its hash."""

import re
import shlex
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, urljoin

from paper_companion.page.companion import Companion
from paper_companion.paper.model import File

_HUGGING_FACE = re.compile(
    r"https://(?:huggingface\.co|hf\.co)/(?P<kind>datasets/)?(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>[^?#]+)"
)
_GITHUB_RELEASE = re.compile(
    r"https://github\.com/(?P<repo>[^/]+/[^/]+)/releases/download/(?P<tag>[^/]+)/(?P<file>[^/?#]+)"
)
_ZENODO = re.compile(r"https://zenodo\.org/(?:records?|api/records)/(?P<record>\d+)/files/(?P<file>[^/?#]+)")


class Command(NamedTuple):
    """One way to fetch a file: the tab's label, the language for highlighting, and the code."""

    label: str
    language: str
    code: str


class Download(NamedTuple):
    """`url` leads to the file; `local` when it is relative to the site. Sizes are bytes."""

    name: str
    url: str | None
    local: bool
    format: str | None
    size_bytes: int | None
    sha256: str | None
    opset: int | None
    parent: str | None
    commands: tuple[Command, ...]


def download(companion: Companion, file: File, site_url: str | None, load: str = "") -> Download:
    """What the page says of a file. `site_url` makes commands possible for files that the site itself offers."""
    found = dict(companion.published).get(file.path or "")
    if file.url or found is None:
        url, local, address = file.url, False, file.url
        sha256, size_bytes = file.sha256, file.size_bytes
    else:
        url, local = found.file.path, True
        address = urljoin(site_url, quote(found.file.path)) if site_url else None
        sha256, size_bytes = found.sha256, found.size_bytes
    commands = tuple(_commands(address, file.name, sha256, load)) if address else ()
    return Download(file.name, url, local, file.format, size_bytes, sha256, file.opset, file.parent, commands)


def _commands(url: str, name: str, sha256: str | None, load: str):
    quoted, quoted_url = shlex.quote(name), shlex.quote(url)
    fetch = f"curl -fL -o {quoted} {quoted_url}\n"
    check = f"echo {shlex.quote(f'{sha256}  {name}')} | sha256sum -c\n" if sha256 else ""
    yield Command("Shell", "bash", fetch + check)
    python = f"from urllib.request import urlretrieve\n\nurlretrieve({url!r}, {name!r})\n"
    if sha256:
        python = (
            f"import hashlib\n{python}with open({name!r}, 'rb') as file:\n"
            f"    assert hashlib.file_digest(file, 'sha256').hexdigest() == (\n        {sha256!r}\n    )\n"
        )
    yield Command("Python", "python", python + (f"\n{load}\n" if load else ""))
    for pattern, command in _HOSTS:
        if match := pattern.fullmatch(url):
            yield Command(*command(match)[:1], "bash", command(match)[1] + check)


def _hugging_face(match: re.Match) -> tuple[str, str]:
    kind = " --repo-type dataset" if match["kind"] else ""
    repo, file, revision = (shlex.quote(match[part]) for part in ("repo", "file", "revision"))
    return "Hugging Face CLI", f"hf download {repo} {file}{kind} --revision {revision} --local-dir .\n"


def _github(match: re.Match) -> tuple[str, str]:
    repo, tag, file = (shlex.quote(match[part]) for part in ("repo", "tag", "file"))
    return "GitHub CLI", f"gh release download {tag} --repo {repo} --pattern {file}\n"


def _zenodo(match: re.Match) -> tuple[str, str]:
    return "zenodo_get", f"zenodo_get {match['record']} -g {shlex.quote(match['file'])}\n"


_HOSTS: tuple[tuple[re.Pattern[str], Callable[[re.Match], tuple[str, str]]], ...] = (
    (_HUGGING_FACE, _hugging_face),
    (_GITHUB_RELEASE, _github),
    (_ZENODO, _zenodo),
)
