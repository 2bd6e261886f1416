"""Hosted demos as the build leaves them: shared, withheld, withdrawn, and on the site's own origin."""

import json
from html.parser import HTMLParser

import pytest
from building import Built, mkdocs_build, text_of, write_project

PAPER = "paper: {title: A hosted demo}\n"
HOSTED = "demo: {kind: iframe, url: \"https://lab.example.com/app?a=1&b='2'\", title: The app, allow: [camera]}\n"


def build(folder, demo: str) -> Built:
    return mkdocs_build(write_project(folder, paper=PAPER + demo), "--strict")


def elements(html: str, name: str) -> list[dict[str, str | None]]:
    """The attributes of each element of this name."""
    found = []

    class Elements(HTMLParser):
        def handle_starttag(self, tag, attributes):
            if tag == name:
                found.append(dict(attributes))

    Elements().feed(html)
    return found


def test_a_hosted_interface_is_a_facade_with_a_link_and_no_frame(tmp_path):
    built = build(tmp_path, HOSTED)

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    (element,) = elements(html, "paper-hosted")
    hosted = json.loads(element["data-hosted"])
    assert hosted["url"] == "https://lab.example.com/app?a=1&b='2'"
    assert hosted["allow"] == ["camera"]
    assert hosted["title"] == "The app"
    assert elements(html, "iframe") == []
    assert hosted["url"] in [link.get("href") for link in elements(html, "a")]
    assert [script["src"] for script in elements(html, "script") if "hosted.mjs" in (script.get("src") or "")]
    assert elements(html, "paper-ways") == []


def test_a_form_is_given_the_authors_fields_words_and_examples(tmp_path):
    (tmp_path / "leaf.png").write_bytes(b"a picture")
    demo = """
demo:
  kind: gradio-api
  url: https://lab.example.com/
  endpoint: grade
  inputs: [{id: image, type: image, label: Leaf}]
  outputs: [{id: grade, type: label, top: 3}]
  examples: [{label: An oak, inputs: {image: leaf.png}}]
  strings: {hostedRun: Grade it}
"""
    built = build(tmp_path, demo)

    assert built.code == 0, built.output
    (element,) = elements(built.html("leaf/index.html"), "paper-hosted")
    hosted = json.loads(element["data-hosted"])
    assert hosted["endpoint"] == "grade"
    assert hosted["inputs"] == [{"id": "image", "type": "image", "label": "Leaf"}]
    assert hosted["outputs"] == [{"id": "grade", "type": "label", "top": 3}]
    assert hosted["strings"] == {"hostedRun": "Grade it"}
    (example,) = hosted["examples"]
    assert (built.site / example["inputs"]["image"]["url"]).read_bytes() == b"a picture"


def test_a_hosted_demo_with_a_fallback_is_a_choice_of_two(tmp_path):
    built = build(tmp_path, HOSTED[:-2] + ", fallback: {url: 'https://mirror.example.com/'}}\n")

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    assert len(elements(html, "paper-ways")) == 1
    assert [json.loads(one["data-hosted"])["url"][:20] for one in elements(html, "paper-hosted")] == [
        "https://lab.example.",
        "https://mirror.examp",
    ]


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ("access: withheld, because: safety, reason: It grades people.", "Withheld (safety). It grades people."),
        (
            'access: withdrawn, because: liability, reason: Its host closed., date: "2025-01-31"',
            "Withdrawn 2025-01-31 (liability). Its host closed.",
        ),
    ],
)
def test_a_demo_that_is_not_shared_says_why_and_has_no_frame(tmp_path, access, words):
    built = build(tmp_path, f"demo: {{{access}}}\n")

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    assert words in text_of(html)
    assert "Try it" not in text_of(html)
    for name in ("iframe", "paper-hosted", "paper-demo", "paper-ways"):
        assert elements(html, name) == []


def test_a_gated_demo_says_so_and_can_be_opened(tmp_path):
    built = build(tmp_path, HOSTED.replace("kind:", "access: gated, because: licence, reason: Ask for a login., kind:"))

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    assert "Gated (licence). Ask for a login." in text_of(html)
    assert len(elements(html, "paper-hosted")) == 1


@pytest.mark.parametrize("key", ["demo.url", "demo.fallback.url"])
def test_an_interface_on_the_site_itself_is_an_error_at_its_place(tmp_path, key):
    own = "https://example.org/app/"
    demo = f"demo:\n  kind: iframe\n  url: {own if key == 'demo.url' else 'https://lab.example.com/'}\n"
    if key != "demo.url":
        demo += f"  fallback:\n    url: {own}\n"

    built = build(tmp_path, demo)

    assert built.code == 1
    (line,) = [line for line in built.output.splitlines() if "paper.yml:" in line]
    assert key in line
    assert "on this site itself" in line
    assert "Traceback" not in built.output
