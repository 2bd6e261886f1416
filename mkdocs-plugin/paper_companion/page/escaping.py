"""Author's text made safe for a place that is first read as Markdown and then as HTML."""

import re

from markupsafe import Markup

# Inside a raw HTML block only these still mean something to Markdown or to extensions that look at raw lines: fences,
# placeholders of template plugins, and line ends. In a heading every mark may.
_RAW_BLOCK = {"`": "&#96;", "~": "&#126;", "{": "&#123;", "}": "&#125;", "\n": "&#10;", "\r": ""}
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"}
_BOTH = str.maketrans(_HTML | _RAW_BLOCK)
_RAW_BLOCK_ONLY = str.maketrans(_RAW_BLOCK)
_MARKS = re.compile(r"[^\w\s,;.?%/()]|_", re.ASCII)


def escape(value: object) -> Markup:
    """The value as text inside a raw HTML block, on one line; what is already markup stays as it is."""
    if hasattr(value, "__html__"):
        return Markup(value)
    return Markup(str(value).translate(_BOTH))


def on_one_line(html: str) -> Markup:
    """HTML that is known to be safe, as part of a raw HTML block."""
    return Markup(html.translate(_RAW_BLOCK_ONLY))


def escape_heading(text: str) -> Markup:
    """The text on one line of Markdown, every mark of ASCII as an entity, so that none has a meaning."""
    line = " ".join(text.split())
    return Markup(_MARKS.sub(lambda mark: f"&#{ord(mark[0])};" if ord(mark[0]) < 128 else mark[0], line))
