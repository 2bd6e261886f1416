"""Author's prose and code as HTML: through the site's own Markdown where there is one, and always made harmless."""

import re
from collections.abc import Callable
from functools import cache
from html import escape as escape_html

from markupsafe import Markup

from paper_companion.page.escaping import escape, on_one_line

_PLAIN = re.compile(r"[^\\`*_{}\[\]<>#|~^=$&:@+]*").fullmatch
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>|</p>).)*)</p>\s*", re.DOTALL).fullmatch
_PARAGRAPHS = re.compile(r"\n\s*\n")
_SVG = {"svg": {"viewBox", "xmlns"}, "path": {"d"}}


class Prose:
    """Turns prose and code into HTML for a raw HTML block."""

    def __init__(self, to_html: Callable[[str], str] | None = None, highlight: bool = False) -> None:
        """`to_html` converts Markdown; without it prose is plain paragraphs. `highlight`: the site styles Pygments."""
        self._to_html = to_html
        self._highlight = highlight

    def block(self, text: str | None) -> Markup:
        """Paragraphs and whatever else the Markdown says."""
        if not text:
            return Markup("")
        text = text.strip()
        if self._to_html is None or _PLAIN(text):
            return Markup("").join(Markup("<p>%s</p>") % escape(part) for part in _PARAGRAPHS.split(text))
        return on_one_line(_harmless(self._to_html(text)))

    def inline(self, text: str | None) -> Markup:
        """The same without a paragraph around it, where there is just one."""
        html = self.block(text)
        one = _ONE_PARAGRAPH(html)
        return Markup(one[1]) if one else html

    def docstring(self, text: str) -> Markup:
        """A function's docstring: lists and paragraphs where there is Markdown for them, else line by line."""
        if self._to_html is None:
            return Markup('<pre class="pc-docstring">%s</pre>') % escape(text)
        return Markup('<div class="pc-docstring">%s</div>') % self.block(text)

    def code(self, text: str, language: str) -> Markup:
        """A block of code as the theme styles it."""
        text = text.rstrip("\n")
        inner = _highlighted(text, language) if self._highlight else escape_html(text)
        name = f"language-{language}"
        return on_one_line(f'<div class="{name} highlight"><pre><code class="{name}">{inner}\n</code></pre></div>')


def _harmless(html: str) -> str:
    import nh3

    attributes = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()} | _SVG
    attributes["*"] = {"class", "id", "title", "lang", "dir"}
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"section", "details", "summary", "input", *_SVG},
        attributes=attributes,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )


@cache
def _lexer(language: str):
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        return get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return get_lexer_by_name("text")


@cache
def _formatter():
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(nowrap=True)


def _highlighted(text: str, language: str) -> str:
    from pygments import highlight

    return highlight(text, _lexer(language), _formatter()).rstrip("\n")
