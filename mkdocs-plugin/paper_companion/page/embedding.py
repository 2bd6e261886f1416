"""Companions inside other pages: `!paper[demo, weights](paper.yml)` puts parts of one where the line stands.

The brackets name the parts, in order; when they are empty, all parts of the page come with their headings. The path is
relative to the page's own file, or to the docs folder when it starts with a slash. Where nothing reads the line, it is
a link to the paper file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension

if TYPE_CHECKING:
    from paper_companion.page.companion import Companion
    from paper_companion.page.templating import Rendering
    from paper_companion.paper.problems import PaperError, Problem


class Finder(Protocol):
    """What a generator's plugin knows: where paper files are, and which page is being rendered."""

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        """The companion of a path as written in the page, and how to render it there.

        Raises LookupError when there is none, and PaperError when it cannot be used.
        """

    def failure(self, md: Markdown, line: str, message: str) -> Exception:
        """What to raise when a line of the page cannot be carried out."""

    def broken(self, error: PaperError) -> str:
        """Markdown to stand where parts were to stand that could not be rendered, or it raises."""


_LINE = re.compile(r"!paper\[(?P<parts>[\w\s,-]*)\]\((?P<path>[^()\s]+)\)").fullmatch


class PaperLines(Extension):
    """Adds the line to Markdown. The finder says how paper files are found."""

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self._finder = finder

    def extendMarkdown(self, md: Markdown) -> None:
        """Registers the line before paragraphs, and after code, in which it has no meaning."""
        md.parser.blockprocessors.register(_PaperLine(md, self._finder), "paper-companion", 75)


class _PaperLine(BlockProcessor):
    def __init__(self, md: Markdown, finder: Finder) -> None:
        super().__init__(md.parser)
        self._md = md
        self._finder = finder
        self._count = 0

    def test(self, parent: Element, block: str) -> bool:
        return _LINE(block.strip()) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        from paper_companion.page.sections import PARTS
        from paper_companion.page.templating import placeholder
        from paper_companion.paper.problems import PaperError

        line = _LINE(blocks.pop(0).strip())
        assert line is not None, "tested before"
        self._count += 1
        parts = re.findall(r"[\w-]+", line["parts"])
        if unknown := [part for part in parts if part not in PARTS]:
            message = f"there is no part {unknown[0]!r} (there are {', '.join(PARTS)})"
            raise self._finder.failure(self._md, line[0], message)
        html: list[str] = []
        try:
            companion, rendering = self._finder.find(self._md, line["path"], f"pc{self._count}", html)
        except LookupError as error:
            raise self._finder.failure(self._md, line[0], str(error.args[0])) from None
        try:
            text = self._rendered(companion, rendering, parts)
        except PaperError as error:
            text = self._finder.broken(error)
        for number, block in enumerate(html):
            text = text.replace(placeholder(number), self._md.htmlStash.store(block), 1)
        self.parser.parseChunk(SubElement(parent, "div", {"class": "pc-part"}), text)

    def _rendered(self, companion: Companion, rendering: Rendering, parts: Sequence[str]) -> str:
        from dataclasses import replace

        from paper_companion.page.render import render_parts, section_order

        if not parts:
            return render_parts(companion, rendering, section_order(companion, rendering.overrides))
        return render_parts(companion, replace(rendering, headings=False), parts)


def problem_with_line(path: Path, text: str, line: str, message: str) -> Problem:
    """A problem with a line of a page, where it first stands in its text."""
    from paper_companion.paper.problems import Problem

    return Problem(path, text[: max(text.find(line), 0)].count("\n") + 1, 1, "", message)


def resolved(path: str, page: str) -> str:
    """A path written in a page (relative to the docs folder, both with slashes), relative to the docs folder."""
    inside = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page), path)
    return posixpath.normpath(inside)
