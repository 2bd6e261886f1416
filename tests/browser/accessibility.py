"""What axe finds on a page. axe-core comes from npm through Deno, so that no Node is needed."""

import subprocess
from functools import cache

from deno import find_deno_bin
from playwright.sync_api import Page

AXE = "npm:axe-core@4.10.3"


@cache
def _axe_source() -> str:
    command = [find_deno_bin(), "eval", f'import axe from "{AXE}"; console.log(axe.source)']
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


def axe_findings(page: Page, selector: str) -> list[str]:
    """What axe objects to inside the elements, as `rule: markup`. Frames of other origins are not entered."""
    page.evaluate(_axe_source())
    found = page.evaluate("selector => axe.run(selector, {iframes: false})", selector)
    return [f"{rule['id']}: {node['html']}" for rule in found["violations"] for node in rule["nodes"]]
