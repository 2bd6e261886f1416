"""What the browser tests share: a real Chromium, and sites that the real mkdocs built."""

from pathlib import Path

import pytest
from demo_project import demo_project
from playwright.sync_api import Browser, expect, sync_playwright
from reader import FLAGS, chromium_path
from types_project import types_project
from web_server import serving

# For a loaded machine: what holds is seen at once, and only what fails waits so long.
PATIENCE_MS = 60_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser):
    """A page with an empty cache. What goes wrong in its script fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory) -> Path:
    """A site with one demo of a few lines, whose function does as its text says."""
    return demo_project(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def types_site(browser: Browser, tmp_path_factory) -> Path:
    """A site with every type of input and output."""
    return types_project(tmp_path_factory.mktemp("types") / "project", browser)


@pytest.fixture
def demo(demo_site: Path):
    with serving(demo_site) as web:
        yield web
