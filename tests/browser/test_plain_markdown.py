"""The Markdown that hosted interfaces answer holds no page up, whatever it is."""

import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from deno import find_deno_bin

MODULE = Path(__file__).parents[2] / "mkdocs-plugin/paper_companion/web/plain-markdown.mjs"
SPACES = " " * 400_000
SCRIPT = f"""
import {{ lexer }} from "{MODULE.as_uri()}";
console.log(lexer(await new Response(Deno.stdin.readable).text()).length);
"""


@pytest.mark.parametrize(
    "text",
    [
        "**a " * 50_000,
        "_a " * 50_000,
        '[a](b "' * 20_000,
        "* " * 20_000 + "x",
        "> " * 20_000 + "x",
        " ".join("`" * length for length in range(1, 400)),
        "a|b\n" + SPACES + "-" + SPACES + "x",
        "#" + SPACES + "b\u2028c",
        "# a" + SPACES + "b",
        "a" + SPACES + "b",
        "- " + SPACES + "b\u2028c",
        "`" * 400_000 + "x`",
    ],
    ids=[
        *("strong", "emphasis", "title", "lists", "quotes", "ticks"),
        *("dashes", "separated heading", "heading", "spaces", "separated item", "fence"),
    ],
)
def test_no_answer_holds_the_page_up(text):
    command = [find_deno_bin(), "run", f"--allow-read={MODULE}", f"data:text/javascript,{quote(SCRIPT)}"]

    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=20)

    assert done.stdout == "1\n", done.stderr
