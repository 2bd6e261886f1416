"""Where a page is in a site."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin


@dataclass(frozen=True)
class Place:
    """`relative` makes a path in the site a URL as seen from the page. `url` is the page's, relative to the site.

    `site_url` ends in a slash; without it no absolute address can be given.
    """

    relative: Callable[[str], str]
    url: str = ""
    site_url: str | None = None

    @property
    def page_url(self) -> str | None:
        """The page's absolute address."""
        return urljoin(self.site_url, self.url) if self.site_url else None

    @property
    def folder(self) -> str:
        """The folder of the page's URL: empty at the top, else ending in a slash."""
        folder = self.url.rpartition("/")[0]
        return f"{folder}/" if folder not in ("", ".") else ""
