"""A page in another language: every word of ours has another one, and none of English is left.

Not so what a machine proposes for checklists: these are sentences made of the paper file's own words.
"""

import json
import re

import pytest
from demo_project import demo_project
from paper_companion.page.texts import texts
from paper_companion.paper.demo_rules import demo_texts
from playwright.sync_api import expect
from reader import open_demo, wait_for_state
from web_server import serving

PAPER = """
paper:
  title: Ξ
  authors: [{family: Ω, orcid: 0000-0002-1825-0097}]
  abstract: ξ
  limitations: ξ
  venue: ξ
  keywords: [ξ]
  date: "2025-03-14"
code:
  repo: https://github.com/a/b
  commit: 4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92
  install: "1"
  train: "2"
  access: gated
  because: ip
  reason: ξ
weights:
  - id: one
    name: ξ
    license: MIT
    path: model/leaf grade.bin
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    inputs:
      - id: x
        axes: {batch: 1, channel: [ξ, ψ]}
        dtype: float32
        range: [0, 1]
        unit: ξ
        preprocess: [{scale_linear: {gain: 2}}]
  - {id: two, name: ψ, access: withheld, because: privacy, reason: ξ}
data: [{id: some, name: δ, license: MIT, splits: {ξ: 10}, access: withdrawn, date: "2025-01-01", reason: ξ}]
results:
  - id: main
    claim: ξ
    metric: ξ
    value: 0.9
    data: some
    weights: one
    verified: {by: ξ, date: "2025-04-02", value: 0.8}
environment: {python: "3.11", hardware: ξ, train_time: ξ}
checklists: {code-completeness: auto, neurips-2025: auto}
demo:
  run: demo/app.py:predict
  inputs: [{id: order, type: text, label: ξ, default: rank}]
  outputs: [{id: answer, type: label, top: 1}]
  examples: [{inputs: {order: rank}}, {inputs: {order: second}}]
"""
NAMES = {
    *(
        "arXiv",
        "APA",
        "BibTeX",
        "CITATION",
        "cff",
        "iD",
        "sha256",
        "MIT",
        "DOI",
        "Pyodide",
        "Python",
        "MB",
        "kB",
        "bytes",
        "ms",
    ),
    *("batch", "channel", "leaf", "grade", "bin", "github", "com", "second", "answer"),
}
"""Names that are the same in every language, and what the author wrote."""
WORDS = """() => {
  const found = [];
  for (const part of document.querySelectorAll(".pc-part, .pc-anchor + h2")) {
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.nodeType === 3 ? node.parentElement : node;
      if (element.closest("pre, code, script, .pc-answers .pc-muted")) continue;
      if (node.nodeType === 3) found.push(node.data);
      else for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(node.getAttribute(name) ?? "");
    }
  }
  return found;
}"""


def said_otherwise(text: str) -> str:
    """The text in letters that are not English ones; what is filled in keeps its place."""
    return re.sub(r"\{\w+\}|[A-Za-z]", lambda found: found[0] if found[0][0] == "{" else "ж", text)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    page = {"strings": {text: said_otherwise(text) for text in texts()}}
    demo = {name: said_otherwise(text) or "ж" for name, text in demo_texts().items()}
    paper = f"{PAPER}  strings: {json.dumps(demo)}\npage: {json.dumps(page)}\n"
    return demo_project(tmp_path_factory.mktemp("otherwise"), paper=paper)


def english(page) -> set[str]:
    """The words of English that a reader meets in what is ours."""
    return {word for text in page.evaluate(WORDS) for word in re.findall(r"[A-Za-z]{2,}\d*", text)} - NAMES


def test_no_word_of_english_is_left_on_a_page_in_another_language(page, site):
    with serving(site) as web:
        demo = open_demo(page, web.url + "obedience/")
        assert english(page) == set()

        demo.locator("form button[type=submit]").click()
        assert wait_for_state(page, "done", "failed") == "done"
        assert english(page) == set()

        demo.locator("input").first.fill("fail")
        demo.locator("form button[type=submit]").click()
        assert wait_for_state(page, "failed") == "failed"
        expect(demo.locator(".pc-problem")).to_have_text("asked to fail")
        assert english(page) - {"asked", "to", "fail"} == set()
