"""Templates: where they come from, and what each of them can use."""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.loaders import split_template_path
from markupsafe import Markup

from paper_companion.page import words
from paper_companion.page.companion import Companion
from paper_companion.page.escaping import escape, escape_heading
from paper_companion.page.place import Place
from paper_companion.page.prose import Prose
from paper_companion.paper.model import Figure
from paper_companion.paper.problems import Problem
from paper_companion.paper.reader import PaperError
from paper_companion.site_file import web_files

_PACKAGE = Path(__file__).parent.parent
# In the wheel the templates lie in the package; in a checkout at its top, where authors look for them.
TEMPLATES = next(folder for folder in (_PACKAGE / "templates", _PACKAGE.parents[1] / "templates") if folder.is_dir())
_VIDEOS = (".mp4", ".webm")
_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


@dataclass(frozen=True)
class Rendering:
    """How, and for where, something is rendered."""

    place: Place
    overrides: tuple[Path, ...] = ()
    """Folders whose templates take the place of ours."""
    prose: Prose = field(default_factory=Prose)
    blocks: list[str] | None = None
    """Where raw HTML blocks are set aside, leaving a placeholder in the Markdown: a page is made several times faster
    when Markdown does not read HTML that it would only copy."""
    prefix: str = "pc"
    """What ids begin with; another one for each part of a page that has several."""
    headings: bool = True
    """Whether sections have their headings."""
    strings: Mapping[str, str] = field(default_factory=dict)
    """The site's words for the page's own texts; a paper file's own come before them."""
    card: bool = False
    """Whether a picture for link previews is drawn, which takes Pillow and 20 ms."""
    card_fonts: tuple[Path, ...] = ()
    """Font files for that picture, to be used before those of Pillow and of this machine."""


def placeholder(number: int) -> str:
    """What stands in the Markdown for a block that was set aside."""
    return f'<div id="pc-block-{number}"></div>'


def with_blocks(html: str, blocks: Sequence[str]) -> str:
    """The page with the blocks that were set aside in their places."""
    for number, block in enumerate(blocks):
        html = html.replace(placeholder(number), block, 1)
    return html


def render_template(name: str, companion: Companion, rendering: Rendering, view: Mapping[str, Any]) -> str:
    """One section's template with its view. Raises PaperError for a broken template."""
    return rendered(name, rendering.overrides, _Names(companion, rendering).all() | view)


def rendered(name: str, overrides: tuple[Path, ...], names: Mapping[str, Any]) -> str:
    """A template with the names that it can use. Raises PaperError, at the place in the template, when it is broken."""
    file_name = f"{name}.md.j2"
    try:
        return _environment(overrides).get_template(file_name).render(names).strip()
    except Exception as error:  # a template is the author's code: it can raise anything
        raise PaperError([_problem(error, file_name, overrides)]) from error


def _problem(error: Exception, file_name: str, overrides: tuple[Path, ...]) -> Problem:
    """What went wrong, at the line of a template that was being read or carried out."""
    message = " ".join(str(getattr(error, "message", None) or error).split())
    if isinstance(error, TemplateNotFound):
        message = f"there is no template {message!r}"
    elif not isinstance(error, TemplateError):
        message = f"{type(error).__name__}: {message}"
    path, line = Path(getattr(error, "filename", None) or file_name), 1
    if isinstance(error, TemplateSyntaxError):
        return Problem(path, error.lineno, 1, "", message)
    for frame, frame_line in traceback.walk_tb(error.__traceback__):
        code = Path(frame.f_code.co_filename)
        # Jinja2 itself can lie below the author's folder, in a virtual environment.
        if code.suffix != ".py" and any(code.is_relative_to(folder) for folder in template_folders(overrides)):
            path, line = code, frame_line
    return Problem(path, line, 1, "", message)


def template_folders(overrides: Sequence[Path]) -> Iterator[Path]:
    """The folders that templates are read from."""
    yield from overrides
    yield TEMPLATES


class _Names:
    """What every template can use."""

    def __init__(self, companion: Companion, rendering: Rendering) -> None:
        self._companion = companion
        self._rendering = rendering
        self._strings = {**rendering.strings, **companion.file.paper.page.strings}

    def all(self) -> dict[str, Any]:
        paper = self._companion.file.paper
        return {
            "paper": paper,
            "prefix": self._rendering.prefix,
            "prose": self._rendering.prose,
            "t": self.translated,
            "size": words.size,
            "heading": self.heading,
            "html": self.html,
            "link": self.link,
            "asset": self.asset,
            "figure": self.figure,
            "coded": self.coded,
            "numbers": count(1),
            "teaser": paper.page.teaser,
        }

    def translated(self, text: str) -> str:
        return self._strings.get(text, text)

    def heading(self, title: str, name: str) -> Markup:
        """A heading of the page in Markdown, so that the theme's table of contents and search know it.

        Its id is the theme's affair, so links of our own lead to a mark before it.
        """
        if not self._rendering.headings:
            return Markup("")
        mark = self._aside(f'<div class="pc-anchor" id="{self._rendering.prefix}-{name}"></div>')
        return Markup(f"{mark}\n\n## {escape_heading(self.translated(title))}\n\n")

    def html(self, caller: Callable[[], Markup]) -> Markup:
        """What stands inside `call html()` is a raw HTML block, on few lines."""
        return Markup(self._aside(_BETWEEN_TAGS.sub("><", caller().strip())))

    def _aside(self, block: str) -> str:
        blocks = self._rendering.blocks
        if blocks is None:
            return block
        blocks.append(block)
        return placeholder(len(blocks) - 1)

    def link(self, url: str, local: bool = False) -> str:
        """A URL for the page: `local` ones are relative to the site, or lead to a section."""
        if not local:
            return url
        return f"#{self._rendering.prefix}-{url[1:]}" if url.startswith("#") else self._rendering.place.relative(url)

    def asset(self, name: str) -> str:
        """The URL of one of our own files."""
        return self._rendering.place.relative(f"{web_files()[0]}/{name}")

    def figure(self, figure: Figure, eager: bool = False) -> Markup:
        published = dict(self._companion.published)[figure.file]
        url, alt = escape(self._rendering.place.relative(published.file.path)), escape(figure.alt)
        if figure.file.lower().endswith(_VIDEOS):
            picture = f'<video controls preload="metadata" src="{url}" aria-label="{alt}"></video>'
        else:
            picture = f'<img src="{url}" alt="{alt}"{"" if eager else " loading=lazy"}>'
        prose = self._rendering.prose
        caption = f"<figcaption>{prose.inline(figure.caption)}</figcaption>" if figure.caption else ""
        return Markup(f'<figure class="pc-figure">{picture}{caption}</figure>')

    def coded(self, commands: Sequence[tuple[str, str, str]]) -> list[tuple[str, Markup]]:
        """Labels and blocks of code that can be copied, for tabs."""
        say, code = self.translated, self._rendering.prose.code
        copy = Markup('<pc-copy data-label="%s" data-done="%s"></pc-copy>') % (say("Copy"), say("Copied"))
        block = Markup('<div class="pc-code">%s%s</div>')
        return [(say(label), block % (code(text, language), copy)) for label, language, text in commands]


class _Folder(FileSystemLoader):
    """A folder of templates. One that is not UTF-8 is an error at its place, like any other mistake in a template."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            path = Path(self.searchpath[0], *split_template_path(template))
            raise TemplateSyntaxError("is not UTF-8 (save it as UTF-8)", line, template, str(path)) from None


@lru_cache(maxsize=8)
def _environment(overrides: tuple[Path, ...]) -> Environment:
    """Jinja2 with these folders of overrides before our templates: made once, so that templates are compiled once."""
    ours = _Folder(TEMPLATES)
    # An override can build on what it replaces: {% include "paper-companion/results.md.j2" %}.
    loader = ChoiceLoader([*map(_Folder, overrides), ours, PrefixLoader({"paper-companion": ours})])
    return Environment(
        loader=loader,
        autoescape=True,
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
