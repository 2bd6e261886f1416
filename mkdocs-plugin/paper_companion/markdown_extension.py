"""The Markdown extension for generators without plugins, such as Zensical: it shows parts of companions in pages."""

from __future__ import annotations

import posixpath
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdown import Markdown

from paper_companion.page.embedding import NotShown, PaperLines, problem_html, resolved

if TYPE_CHECKING:
    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.page.companion import Companion
    from paper_companion.page.place import Place
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError
    from paper_companion.paper.reader import PaperFile


HEAD = "paper_companion_head"
"""Where a page's front matter gets what belongs into its head, for a template of the theme's to print."""


class PaperCompanionExtension(PaperLines):
    """Adds the line to Markdown, and finds paper files without a plugin's help."""

    def __init__(self, **options: Any) -> None:
        self.config = {
            "docs_dir": ["docs", "The docs folder, where the generator does not tell."],
            "base": ["/", "The address of the site's top, where the generator does not tell which page it renders."],
            "templates": ["", "A folder of templates that take the place of ours."],
        }
        self.setConfigs(options)
        super().__init__(_Standalone(self.getConfigs()))


class _Standalone:
    """Finds paper files without a plugin, as in Zensical, which tells extensions which page it renders."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        from paper_companion.demo.bundle import bundle_demo
        from paper_companion.demo.cache import Cache
        from paper_companion.page.place import Place
        from paper_companion.page.prose import Prose
        from paper_companion.page.reading import read_companion
        from paper_companion.page.templating import Rendering

        page, config = _zensical_page(md)
        docs = self._docs(config)
        uri = resolved(path, page.path if page is not None else "")
        if not (docs / uri).is_file():
            raise NotShown(f"there is no paper file {docs / uri}")
        overrides = (Path(self._options["templates"]),) if self._options["templates"] else ()
        site_url = config.get("site_url")

        def bundle(paper_file: PaperFile) -> DemoBundle:
            return bundle_demo(paper_file, Cache(), say=lambda _: None)

        if page is None:
            place = Place(lambda target: self._options["base"] + quote(target))
        else:
            # In the text, links are as seen from the page's file: Zensical turns them to where the page will be.
            place = _seen_from(page.path, page, site_url)
        companion = read_companion(docs / uri, uri, site_url, bundle, overrides)
        return companion, Rendering(place, overrides, Prose(highlight=True), blocks, prefix)

    def place(self, md: Markdown) -> tuple[Path, str]:
        page, config = _zensical_page(md)
        if page is None:
            return Path("Markdown"), ""
        path = self._docs(config) / page.path
        return path, path.read_text(encoding="utf-8")

    def broken(self, md: Markdown, error: PaperError) -> str:
        page, _ = _zensical_page(md)
        if page is None:
            raise error
        print(error, file=sys.stderr, flush=True)
        if "serve" not in sys.argv:
            # Zensical ends with whatever traceback it gets, and its own below it, after the lines above.
            sys.tracebacklimit = 0
            raise SystemExit(1)
        return problem_html(error)

    def whole(self, md: Markdown, companion: Companion, rendering: Rendering) -> str:
        from paper_companion.page.metadata import json_ld_script, tags
        from paper_companion.page.render import description

        page, config = _zensical_page(md)
        about = description(companion, rendering.prose)
        place = rendering.place
        if page is not None:
            place = _seen_from(page.url.lstrip("/"), page, place.site_url)
            # `paper-companion build --card` puts it there.
            card = companion.card_path if (self._docs(config) / companion.card_path).is_file() else None
            page.meta.setdefault("description", about)
            page.meta[HEAD] = tags(companion, place, about, card)
        return json_ld_script(companion, place, about)

    def _docs(self, config: dict[str, Any]) -> Path:
        return Path(config.get("docs_dir") or self._options["docs_dir"])


def _seen_from(path: str, page: Any, site_url: str | None) -> Place:
    """The place of a page whose links begin in the folder of this path."""
    from paper_companion.page.place import Place

    folder = posixpath.dirname(path) or "."
    return Place(lambda target: quote(posixpath.relpath(target, folder)), page.url.lstrip("/"), site_url)


def _zensical_page(md: Markdown) -> tuple[Any, dict[str, Any]]:
    """The page that Zensical is rendering and its configuration, or None and nothing."""
    for processor in md.preprocessors:
        if type(processor).__name__ == "ContextPreprocessor":
            return processor.page, processor.config
    return None, {}


def makeExtension(**options: Any) -> PaperCompanionExtension:
    """The name by which Python-Markdown finds an extension in a module."""
    return PaperCompanionExtension(**options)
