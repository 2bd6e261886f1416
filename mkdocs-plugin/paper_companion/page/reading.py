"""Reading a companion for a site, with everything checked before a page is made of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from paper_companion.page.companion import Companion, load_companion
from paper_companion.page.hosted_view import check_hosts
from paper_companion.page.render import section_order

if TYPE_CHECKING:
    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.paper.reader import PaperFile


def read_companion(
    path: Path,
    uri: str,
    site_url: str | None = None,
    bundle: Callable[[PaperFile], DemoBundle] | None = None,
    overrides: tuple[Path, ...] = (),
) -> Companion:
    """The companion of the paper file at `path`, which is `uri` relative to the docs, with slashes.

    `bundle` makes the bundle of a demo that runs in the browser; `overrides` are the folders of the author's templates.
    Raises PaperError with every problem found.
    """
    folder = posixpath.dirname(uri)
    companion = load_companion(path, f"{folder}/" if folder else "", bundle)
    section_order(companion, overrides)
    check_hosts(companion, site_url)
    return companion
