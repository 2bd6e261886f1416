"""A site with one page for each hosted interface."""

from collections.abc import Mapping
from pathlib import Path

from building import mkdocs_build, write_project
from playwright.sync_api import Page

CONFIG = """
theme:
  name: material
  font: false
  palette:
    - {scheme: default, toggle: {icon: material/weather-night, name: Dark}}
    - {scheme: slate, toggle: {icon: material/weather-sunny, name: Light}}
"""


def hosted_site(folder: Path, demos: Mapping[str, str]) -> Path:
    """Builds a site whose page NAME/ has the demo that is given in YAML; the site's folder."""
    project = folder
    for name, demo in demos.items():
        paper = f"paper: {{title: The page of {name}}}\ndemo: {demo}\n"
        project = write_project(folder, CONFIG, paper, f"docs/{name}/paper.yml")
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    return built.site


def soon(milliseconds: int):
    """A change of the page on its way out: hosts are given up after so long."""
    return {"/": lambda html: html.replace(b"<paper-hosted ", b'<paper-hosted data-timeout="%d" ' % milliseconds)}


def open_page(page: Page, url: str):
    """The page's hosted interface, when its script has made a facade of it."""
    page.goto(url)
    page.wait_for_selector("paper-hosted[data-state]")
    return page.locator("paper-hosted")


def wait_for(page: Page, *states: str) -> str:
    """Waits until the hosted interface is in one of these states, and says in which."""
    page.wait_for_selector(", ".join(f"paper-hosted[data-state={state}]" for state in states))
    return page.locator("paper-hosted").get_attribute("data-state")


def contacts(page: Page, url: str) -> list[str]:
    """Collects the addresses of the host at `url` that the page asks for, from now on."""
    found: list[str] = []
    page.context.on("request", lambda request: found.append(request.url) if request.url.startswith(url) else None)
    return found
