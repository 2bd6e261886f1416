"""The Markdown extension for generators without plugins, such as Zensical: it shows parts of companions in pages."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown import Markdown

from paper_companion.page.embedding import PaperLines, problem_with_line, resolved

if TYPE_CHECKING:
    from paper_companion.demo.bundle import DemoBundle
    from paper_companion.page.companion import Companion
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError
    from paper_companion.paper.reader import PaperFile


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
        docs = Path(config.get("docs_dir") or self._options["docs_dir"])
        uri = resolved(path, page.path if page is not None else "")
        if not (docs / uri).is_file():
            raise LookupError(f"there is no paper file {docs / uri}")
        overrides = (Path(self._options["templates"]),) if self._options["templates"] else ()
        site_url = config.get("site_url")

        def bundle(paper_file: PaperFile) -> DemoBundle:
            return bundle_demo(paper_file, Cache(), say=lambda _: None)

        companion = read_companion(docs / uri, uri, site_url, bundle, overrides)
        if page is None:
            place = Place(lambda target: self._options["base"] + target)
        else:
            url = page.url.lstrip("/")
            place = Place(lambda target: posixpath.relpath(target, posixpath.dirname(url) or "."), url, site_url)
        return companion, Rendering(place, overrides, Prose(highlight=True), blocks, prefix)

    def failure(self, md: Markdown, line: str, message: str) -> Exception:
        from paper_companion.paper.problems import PaperError

        page, config = _zensical_page(md)
        if page is None:
            return PaperError([problem_with_line(Path("Markdown"), "", line, message)])
        path = Path(config.get("docs_dir") or self._options["docs_dir"]) / page.path
        return PaperError([problem_with_line(path, path.read_text(encoding="utf-8"), line, message)])

    def broken(self, error: PaperError) -> str:
        raise error


def _zensical_page(md: Markdown) -> tuple[Any, dict[str, Any]]:
    """The page that Zensical is rendering and its configuration, or None and nothing."""
    for processor in md.preprocessors:
        if type(processor).__name__ == "ContextPreprocessor":
            return processor.page, processor.config
    return None, {}


def makeExtension(**options: Any) -> PaperCompanionExtension:
    """The name by which Python-Markdown finds an extension in a module."""
    return PaperCompanionExtension(**options)
