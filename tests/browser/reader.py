"""What a reader does: opens a page in a real Chromium, and waits for the demo."""

import shutil
from pathlib import Path

from playwright.sync_api import Page

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
