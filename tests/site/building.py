"""Sites for tests: written to a folder, built by the real mkdocs command, and read back."""

import os
import subprocess
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

SITE_URL = "https://example.org/repo/"
PAPER = """
paper:
  title: "Leaves & <Shapes>: *grading* `at` scale"
  authors:
    - {family: Carberry, given: Josiah, orcid: 0000-0002-1825-0097, affiliation: Example University}
    - {family: Nowak, given: Ines, affiliation: Other University}
  abstract: Small networks grade leaves.
  venue: Journal of Worked Examples 12(3)
  date: "2025-03-14"
  doi: 10.5555/leafgrade.2025
  limitations: Silhouettes only.
code:
  repo: https://github.com/example-lab/leafgrade
  commit: 4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92
  license: Apache-2.0
  install: pip install -r requirements.txt
weights:
  - id: leafgrade-s
    license: Apache-2.0
    path: model/leaf grade.bin
    format: safetensors
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  - {id: leafgrade-xl, access: withheld, because: privacy, reason: Growers did not consent.}
results:
  - {id: main, claim: It grades 94.1 % of the leaves right., metric: accuracy, value: 0.941, weights: leafgrade-s}
"""


@dataclass(frozen=True)
class Built:
    """What a build left: its exit code, all that it printed, and the site's folder."""

    code: int
    output: str
    site: Path

    def html(self, path: str) -> str:
        return (self.site / path).read_text(encoding="utf-8")


def write_project(folder: Path, config: str = "", paper: str = PAPER, where: str = "docs/leaf/paper.yml") -> Path:
    """A project with one paper file and the weights that it names."""
    for path, text in {
        "mkdocs.yml": f"site_name: Lab\nsite_url: {SITE_URL}\nplugins: [search, paper-companion]\n{config}",
        "docs/index.md": "# Lab\n",
        "model/leaf grade.bin": "test",
        where: paper,
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def mkdocs_build(project: Path, *arguments: str, generator: str = "mkdocs") -> Built:
    """Runs `mkdocs build` as an author does, or that of a generator that is called in the same way."""
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1700000000"}
    command = [sys.executable, "-m", generator, "build", "-f", "mkdocs.yml", *arguments]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=120)
    return Built(done.returncode, done.stdout + done.stderr, project / "site")


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag != "base":
            self.urls += [url for key in ("href", "src", "poster") if (url := found.get(key))]
        if found.get("id"):
            self.ids.append(found["id"])


def broken_links(built: Built, path: str, base: str = "/repo/") -> list[str]:
    """The links of a page that lead nowhere in the site, were it served under `base`."""
    links = _Links()
    links.feed(built.html(path))
    page = urljoin(base, path.removesuffix("index.html"))
    broken = []
    for url in links.urls:
        target = urlsplit(urljoin(page, url))
        if target.netloc or target.scheme:
            continue
        file = built.site / unquote(target.path.removeprefix(base))
        found = target.path.startswith(base) and (file.is_file() or (file / "index.html").is_file())
        if url.startswith("#pc-"):
            found = url[1:] in links.ids
        if not found:
            broken.append(url)
    return broken


def text_of(html: str) -> str:
    """The words that a reader sees."""
    words: list[str] = []

    class Text(HTMLParser):
        skipping = 0

        def handle_starttag(self, tag, attributes):
            self.skipping += tag in ("script", "style", "title", "nav", "header")

        def handle_endtag(self, tag):
            self.skipping -= tag in ("script", "style", "title", "nav", "header")

        def handle_data(self, data):
            if not self.skipping:
                words.append(data)

    Text().feed(html)
    return " ".join("".join(words).split())
