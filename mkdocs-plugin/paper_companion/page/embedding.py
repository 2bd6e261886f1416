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


class NotShown(Exception):
    """Why a line of a page cannot be carried out, in a phrase."""


class Finder(Protocol):
    """What a generator's plugin knows: where paper files are, and which page is being rendered."""

    def find(self, md: Markdown, path: str, prefix: str, blocks: list[str]) -> tuple[Companion, Rendering]:
        """The companion of a path as written in the page, and how to render it there.

        Raises NotShown when there is none, and PaperError when it cannot be used.
        """

    def broken(self, md: Markdown, error: PaperError) -> str:
        """HTML to stand where parts cannot be shown, or it raises."""

    def place(self, md: Markdown) -> tuple[Path, str]:
        """The page's own file, as its author knows it, and its text."""

    def whole(self, md: Markdown, companion: Companion, rendering: Rendering) -> str:
        """HTML that goes with all parts of a companion; what belongs into the page's head is noted elsewhere."""


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
        from paper_companion.page.templating import placeholder
        from paper_companion.paper.problems import PaperError

        line = _LINE(blocks.pop(0).strip())
        assert line is not None, "tested before"
        self._count += 1
        html: list[str] = []
        try:
            text = self._rendered(line["path"], re.findall(r"[\w-]+", line["parts"]), html)
        except NotShown as error:
            path, page = self._finder.place(self._md)
            problem = problem_with_line(path, page, line[0], str(error))
            text = self._md.htmlStash.store(self._finder.broken(self._md, PaperError([problem])))
        except PaperError as error:
            text = self._md.htmlStash.store(self._finder.broken(self._md, error))
        for number, block in enumerate(html):
            text = text.replace(placeholder(number), self._md.htmlStash.store(block), 1)
        self.parser.parseChunk(SubElement(parent, "div", {"class": "pc-part"}), text)

    def _rendered(self, path: str, parts: Sequence[str], html: list[str]) -> str:
        """The parts as Markdown, with placeholders for blocks of HTML. Raises NotShown and PaperError."""
        from dataclasses import replace

        from paper_companion.page.render import render_parts, section_order
        from paper_companion.page.sections import PARTS
        from paper_companion.page.templating import placeholder

        if unknown := [part for part in parts if part not in PARTS]:
            raise NotShown(f"there is no part {unknown[0]!r} (there are {', '.join(PARTS)})")
        companion, rendering = self._finder.find(self._md, path, f"pc{self._count}", html)
        if parts:
            return render_parts(companion, replace(rendering, headings=False), parts)
        text = render_parts(companion, rendering, section_order(companion, rendering.overrides))
        if more := self._finder.whole(self._md, companion, rendering):
            html.append(more)
            text += f"\n{placeholder(len(html) - 1)}\n"
        return text


def problem_html(error: PaperError) -> str:
    """What is wrong, for the place where something could not be shown; themes know admonitions."""
    from paper_companion.page.escaping import escape

    return f'<div class="admonition failure"><pre>{escape(error)}</pre></div>'


def problem_with_line(path: Path, text: str, line: str, message: str) -> Problem:
    """A problem with a line of a page, where it first stands in its text."""
    from paper_companion.paper.problems import Problem

    return Problem(path, text[: max(text.find(line), 0)].count("\n") + 1, 1, "", message)


def resolved(path: str, page: str) -> str:
    """A path written in a page (relative to the docs folder, both with slashes), relative to the docs folder."""
    inside = path.lstrip("/") if path.startswith("/") else posixpath.join(posixpath.dirname(page), path)
    return posixpath.normpath(inside)
