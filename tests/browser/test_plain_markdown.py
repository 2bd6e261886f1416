"""The Markdown that hosted interfaces answer: what becomes of it, and that no answer holds the page up."""

import json
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest
from deno import find_deno_bin

MODULE = Path(__file__).parents[2] / "mkdocs-plugin/paper_companion/web/plain-markdown.mjs"
# Each token as [type, what is in it].
SCRIPT = """
import { lexer } from "%s";
const inside = (token) =>
  token.items?.map(short) ?? (token.header ? [token.header, ...token.rows].map((row) => row.map(inside)) : null) ??
  token.tokens?.map(short) ?? token.text ?? "";
const short = (token) => (token.type === "text" && !token.tokens ? token.text : [token.type, inside(token)]);
const texts = JSON.parse(new TextDecoder().decode(await new Response(Deno.stdin.readable).arrayBuffer()));
console.log(JSON.stringify(texts.map((text) => lexer(text).map(short))));
"""


def tokens(*texts: str) -> list:
    script = quote(SCRIPT % MODULE.as_uri())
    command = [find_deno_bin(), "run", f"--allow-read={MODULE}", f"data:text/javascript,{script}"]
    done = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_markdown_of_answers_becomes_tokens():
    text = (
        "# A *maple*\n\nIt is `a | b`, **sure**, ~~no~~ [see](https://example.org/x) and\nhttps://example.org/y.\n\n"
        "- one\n  - two\n- **three**\n\n3. c\n\n> said\n\n```py\nx = '**'\n```\n\n"
        "| a | b |\n|---|--:|\n| 1 | 2 |\n\n---\n<b>5 * 6 * 7</b> snake_case_name\n"
    )

    assert tokens(text) == [
        [
            ["heading", ["A ", ["em", ["maple"]]]],
            [
                "paragraph",
                [
                    "It is ",
                    ["codespan", "a | b"],
                    ", ",
                    ["strong", ["sure"]],
                    ", ",
                    ["del", ["no"]],
                    " ",
                    ["link", ["see"]],
                    " and\n",
                    ["link", ["https://example.org/y"]],
                    ".",
                ],
            ],
            [
                "list",
                [
                    ["list_item", [["text", ["one"]], ["list", [["list_item", [["text", ["two"]]]]]]]],
                    ["list_item", [["text", [["strong", ["three"]]]]]],
                ],
            ],
            ["list", [["list_item", [["text", ["c"]]]]]],
            ["blockquote", [["paragraph", ["said"]]]],
            ["code", "x = '**'"],
            ["table", [[["a"], ["b"]], [["1"], ["2"]]]],
            ["hr", ""],
            ["paragraph", ["<b>5 * 6 * 7</b> snake_case_name"]],
        ]
    ]


@pytest.mark.parametrize(
    "text",
    [
        "**a " * 50_000,
        "_a " * 50_000,
        '[a](b "' * 20_000,
        "* " * 20_000 + "x",
        "> " * 20_000 + "x",
        " ".join("`" * length for length in range(1, 400)),
    ],
    ids=["strong", "emphasis", "title", "lists", "quotes", "ticks"],
)
def test_no_answer_holds_the_page_up(text):
    (found,) = tokens(text)

    assert len(found) == 1
