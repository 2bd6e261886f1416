"""What the browser tests share: a real Chromium, and sites that the real mkdocs built."""

import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))

from demo_project import demo_project
from web_server import serving

REPOSITORY = Path(__file__).parents[2]
FLAGS = (
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


def chromium_path() -> str | None:
    """The system's Chromium; None lets Playwright use its own."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory) -> Path:
    """A site with one demo of a few lines, whose function does as its text says."""
    return demo_project(tmp_path_factory.mktemp("demo"))


@pytest.fixture
def demo(demo_site: Path):
    with serving(demo_site) as web:
        yield web


def open_demo(page: Page, url: str):
    """The page's demo, when its script has made a form of it."""
    page.goto(url)
    element = page.locator("paper-demo")
    element.locator("form").wait_for()
    return element


def wait_for_state(page: Page, *states: str) -> str:
    """Waits until the demo is in one of these states, and says in which."""
    page.wait_for_selector(", ".join(f"paper-demo[data-state={state}]" for state in states))
    return page.locator("paper-demo").get_attribute("data-state")
