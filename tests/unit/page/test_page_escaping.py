"""Author's text never becomes markup, neither for Markdown nor for HTML."""

import html
import re

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from making import PLACE, companion
from paper_companion.page.escaping import escape, escape_heading
from paper_companion.page.prose import Prose
from paper_companion.page.render import render
from paper_companion.page.templating import Rendering

HOSTILE = '<script>alert(1)</script> </div> `code` *b* {{ x }} ~~~ ```\n```\n# no\n--8<-- "/etc/passwd" & "q" \'q\''
PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=60)


CONVERTER = markdown.Markdown(
    extensions=["toc", "tables", "pymdownx.superfences", "pymdownx.snippets", "footnotes", "abbr"]
)


def converted(text: str) -> str:
    return CONVERTER.reset().convert(text)


@settings(deadline=None)
@given(PRINTABLE)
def test_any_text_in_a_raw_block_is_read_back_as_it_was(text):
    page = converted(f'<div class="pc-x">\n<p title="{escape(text)}">{escape(text)}</p>\n</div>')

    found = re.fullmatch(r'<div class="pc-x">\n<p title="(.*?)">(.*)</p>\n</div>', page, re.DOTALL)

    assert found is not None
    assert html.unescape(found[1]) == html.unescape(found[2]) == text


@settings(deadline=None)
@given(PRINTABLE)
def test_any_text_in_a_heading_is_read_back_on_one_line(text):
    page = converted(f"# x{escape_heading(text)}x")

    found = re.fullmatch(r'<h1 id="[^"]*">(.*)</h1>', page, re.DOTALL)

    assert found is not None
    assert "<" not in found[1]
    assert html.unescape(found[1]) == f"x{' '.join(text.split())}x"


def test_hostile_text_in_every_place_adds_no_element(tmp_path):
    quoted = HOSTILE.replace("'", "''")
    paper = f"""
paper:
  title: '{quoted}'
  authors: [{{family: '{quoted}', affiliation: '{quoted}'}}]
  abstract: '{quoted}'
  venue: '{quoted}'
  limitations: '{quoted}'
  doi: 10.1000/<script>alert(1)</script>
code: {{install: '{quoted}', access: withheld, reason: '{quoted}'}}
data:
  - {{id: d, name: '{quoted}', access: withheld, reason: '{quoted}'}}
  - {{id: e, doi: 10.1000/<script>alert(1)</script>}}
results: [{{id: r, claim: '{quoted}', metric: '{quoted}', command: '{quoted}'}}]
page: {{strings: {{Results: '{quoted}'}}}}
"""
    page = converted(render(companion(tmp_path, paper), Rendering(PLACE, prose=Prose(converted))).markdown)

    assert "alert(1)" in page
    assert not re.search(r"<script>|root:|\{\{", page)
    assert page.count("<div") == page.count("</div>")


@pytest.mark.parametrize(
    "prose",
    [
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "<svg onload=alert(1)>",
        "<iframe src=x>",
        "<style>*{}</style>",
    ],
)
def test_prose_is_made_harmless_after_the_sites_markdown(prose):
    made = Prose(converted).block(prose)

    assert not re.search(r"onerror|onload|javascript:|<iframe|<style", made)


def test_prose_keeps_what_the_sites_markdown_makes_of_it():
    made = Prose(converted).block("A *fine* `thing` with a [link](https://example.org/).")

    assert made == ('<p>A <em>fine</em> <code>thing</code> with a <a href="https://example.org/">link</a>.</p>')


def test_a_docstring_keeps_its_lines_without_markdown_and_has_lists_with_it():
    text = "Prepares.\n\n1. Cuts <out>.\n2. Scales."

    assert Prose().docstring(text) == (
        '<pre class="pc-docstring">Prepares.&#10;&#10;1. Cuts &lt;out&gt;.&#10;2. Scales.</pre>'
    )
    assert "<li>Scales.</li>" in Prose(converted).docstring(text)
