"""A page: Markdown with raw HTML blocks, rendered from a companion through one template a section."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from paper_companion.page import words
from paper_companion.page.badge_files import badge_name, endpoint, svg
from paper_companion.page.badges import badges
from paper_companion.page.companion import Companion
from paper_companion.page.escaping import escape, escape_heading
from paper_companion.page.header import claim
from paper_companion.page.metadata import head
from paper_companion.page.paper_json import paper_json
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.page.sections import SECTIONS, section_views
from paper_companion.paper.model import Figure
from paper_companion.paper.reader import PaperError
from paper_companion.site_file import SiteFile, web_files

_PACKAGE = Path(__file__).parent.parent
# In the wheel the templates lie in the package; in a checkout at its top, where authors look for them.
TEMPLATES = next(folder for folder in (_PACKAGE / "templates", _PACKAGE.parents[1] / "templates") if folder.is_dir())
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")
_VIDEOS = (".mp4", ".webm")


@dataclass(frozen=True)
class Page:
    """A page for any generator that reads Markdown. `title` and `description` are plain text."""

    markdown: str
    title: str
    description: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    """What the author adds to the page's front matter."""
    head: str = ""
    """Elements for the HTML's head."""
    files: tuple[SiteFile, ...] = ()
    """What has to be copied into the site for this page."""


def render(
    companion: Companion,
    place: Place,
    overrides: Sequence[Path] = (),
    prose: Prose | None = None,
    blocks: list[str] | None = None,
) -> Page:
    """The whole page. Raises PaperError for a section that does not exist, and Jinja2's errors for a broken template.

    `overrides` are folders whose templates take the place of ours; `blocks` as in `render_sections`.
    """
    order = section_order(companion)
    parts = render_sections(companion, place, order, overrides, prose, blocks)
    title = companion.file.paper.paper.title
    about = description(companion)
    own = dict(companion.own_sections)
    texts = [f"# {escape_heading(title)}"]
    texts += [own[name] if name in own else parts[name] for name in order if name in own or name in parts]
    return Page(
        "\n\n".join(texts) + "\n",
        title,
        about,
        companion.file.paper.page.meta,
        head(companion, place, about),
        page_files(companion),
    )


def page_files(companion: Companion) -> tuple[SiteFile, ...]:
    """Everything that a page with any part of the companion needs in the site."""
    found = badges(companion)
    beside = [SiteFile(companion.json_path, data=paper_json(companion, found))]
    for badge in found:
        name = f"{companion.folder}badges/{badge_name(badge)}"
        beside += [SiteFile(f"{name}.svg", data=svg(badge)), SiteFile(f"{name}.json", data=endpoint(badge))]
    return (*web_files()[1], *companion.site_files, *beside)


def placeholder(number: int) -> str:
    """What stands in the Markdown for a block that was set aside."""
    return f'<div id="pc-block-{number}"></div>'


def with_blocks(html: str, blocks: Sequence[str]) -> str:
    """The page with the blocks that were set aside in their places."""
    for number, block in enumerate(blocks):
        html = html.replace(placeholder(number), block, 1)
    return html


def section_order(companion: Companion) -> tuple[str, ...]:
    """The names of the sections in the author's order, or else in ours. Raises PaperError for an unknown one."""
    chosen = companion.file.paper.page.sections
    unknown = [
        companion.file.problem(
            f"there is no section {name!r} (there are {', '.join(SECTIONS)}, and paths that end in .md)",
            "page", "sections", number,
        )
        for number, name in enumerate(chosen)
        if name not in SECTIONS and not name.endswith(".md")
    ]  # fmt: skip
    if unknown:
        raise PaperError(unknown)
    return chosen or SECTIONS


def description(companion: Companion) -> str:
    """The page in a sentence or two, for search engines."""
    text = " ".join((claim(companion.file.paper) or companion.file.paper.paper.abstract or "").split())
    return text if len(text) <= 200 else text[:199].rsplit(" ", 1)[0] + "…"


def render_sections(
    companion: Companion,
    place: Place,
    names: Sequence[str],
    overrides: Sequence[Path] = (),
    prose: Prose | None = None,
    blocks: list[str] | None = None,
) -> Mapping[str, str]:
    """Each named section that has something to say, as Markdown. Raises Jinja2's errors for a broken template.

    Raw HTML blocks are appended to `blocks`, if given, and have a placeholder in the Markdown: HTML is read several
    times faster when Markdown does not read it.
    """
    views = section_views(companion, place.site_url, frozenset(names))
    context = _Context(companion, place, prose or Prose(), blocks).names()
    environment = _environment(tuple(overrides))
    return {
        name: environment.get_template(f"{name}.md.j2").render(context | views[name]).strip()
        for name in names
        if name in views
    }


class _Context:
    """What every template can use."""

    def __init__(self, companion: Companion, place: Place, prose: Prose, blocks: list[str] | None) -> None:
        self.blocks = blocks
        self._companion = companion
        self._place = place
        self._prose = prose
        self._strings = companion.file.paper.page.strings
        self._numbers = count(1)

    def names(self) -> dict[str, Any]:
        paper = self._companion.file.paper
        return {
            "paper": paper,
            "key": self._companion.key,
            "prose": self._prose,
            "t": self.translated,
            "size": words.size,
            "heading": self.heading,
            "html": self.html,
            "link": self.link,
            "asset": self.asset,
            "figure": self.figure,
            "coded": self.coded,
            "next_id": self.next_id,
            "teaser": paper.page.teaser,
        }

    def translated(self, text: str) -> str:
        return self._strings.get(text, text)

    def heading(self, title: str, name: str) -> Markup:
        """A heading of the page in Markdown, so that the theme's table of contents and search know it.

        Its id is the theme's affair, so links of our own lead to a mark before it.
        """
        text = escape_heading(self.translated(title))
        return Markup(f'<div class="pc-anchor" id="pc-{name}"></div>\n\n## {text}')

    def html(self, caller: Callable[[], Markup]) -> Markup:
        """What stands inside `call html()` is a raw HTML block: on few lines, and set aside when asked for."""
        block = _BETWEEN_TAGS.sub("><", caller().strip())
        if self.blocks is None:
            return Markup(block)
        self.blocks.append(block)
        return Markup(placeholder(len(self.blocks) - 1))

    def link(self, url: str, local: bool = False) -> str:
        return self._place.relative(url) if local and not url.startswith("#") else url

    def asset(self, name: str) -> str:
        """The URL of one of our own files."""
        return self._place.relative(f"{web_files()[0]}/{name}")

    def figure(self, figure: Figure, eager: bool = False) -> Markup:
        published = dict(self._companion.published)[figure.file]
        url, alt = escape(self._place.relative(published.file.path)), escape(figure.alt)
        if figure.file.lower().endswith(_VIDEOS):
            picture = f'<video controls preload="metadata" src="{url}" aria-label="{alt}"></video>'
        else:
            picture = f'<img src="{url}" alt="{alt}"{"" if eager else " loading=lazy"}>'
        caption = f"<figcaption>{self._prose.inline(figure.caption)}</figcaption>" if figure.caption else ""
        return Markup(f'<figure class="pc-figure">{picture}{caption}</figure>')

    def coded(self, commands: Sequence[tuple[str, str, str]]) -> list[tuple[str, Markup]]:
        """Labels and blocks of code, for tabs."""
        return [(label, self._prose.code(code, language)) for label, language, code in commands]

    def next_id(self, word: str) -> str:
        """An id that is unique on a page, whatever other companions are shown there."""
        return f"pc-{self._companion.key}-{word}{next(self._numbers)}"


@lru_cache(maxsize=8)
def _environment(overrides: tuple[Path, ...]) -> Environment:
    ours = FileSystemLoader(TEMPLATES)
    # An override can build on what it replaces: {% include "paper-companion/results.md.j2" %}.
    loader = ChoiceLoader([*map(FileSystemLoader, overrides), ours, PrefixLoader({"paper-companion": ours})])
    return Environment(
        loader=loader,
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )


def template_sources(overrides: Sequence[Path]) -> Iterator[Path]:
    """The folders that templates are read from."""
    yield from overrides
    yield TEMPLATES
