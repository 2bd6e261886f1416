"""Every type of output, with a real function behind it; what must not run or be loaded, and what is too large."""

import csv
import io
import json
import wave
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from reader import open_demo, wait_for_state
from web_server import serving

LIBRARIES = ("marked.esm.js", "vega.min.js", "vega-lite.min.js", "vega-embed.min.js")
BYTES = (
    """async (element) => Array.from(new Uint8Array(await (await fetch(element.src || element.href)).arrayBuffer()))"""
)


@pytest.fixture(scope="module")
def web(types_site):
    with serving(types_site) as web:
        yield web


@pytest.fixture(scope="module")
def answered(browser, web):
    """The page after a run, in the dark, and all that it asked for."""
    errors: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark") as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.asked = []
        context.on("request", lambda request: page.asked.append(request))
        demo = open_demo(page, web.url + "outputs/")
        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "done", "failed") == "done"
        expect(demo.locator(".pc-answer [aria-busy]")).to_have_count(0)
        yield demo
    assert errors == []


def output(demo, label: str):
    return demo.locator(".pc-answer > .pc-output", has=demo.page.locator(".pc-output-name", has_text=label)).first


def content(element) -> bytes:
    return bytes(element.evaluate(BYTES))


def run(page, what: str) -> str:
    page.get_by_label("What", exact=True).select_option(what)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("paper-demo")).not_to_have_attribute("data-state", "idle")
    return wait_for_state(page, "done", "failed")


def test_text_is_text_and_a_number_has_its_unit(answered):
    expect(output(answered, "Words").locator(".pc-text")).to_have_text("Just words, and <b>no markup</b>.")
    expect(output(answered, "Measured").locator(".pc-text")).to_have_text("12.5 mm")
    expect(output(answered, "Measured").locator(".pc-help")).to_have_text("With a unit.")


def test_markdown_is_rendered_and_markup_in_it_is_not(answered):
    report = output(answered, "Report")
    expect(report.get_by_role("heading")).to_have_text("Findings")
    expect(report.locator("li")).to_have_text(["one", "two"])
    expect(report.locator("td")).to_have_text(["<b>x</b>", "1"])
    expect(report.locator("strong")).to_have_text("this")
    links = report.locator("a")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://example.org/docs")
    expect(report).to_contain_text("not this")
    expect(report.locator("img, script")).to_have_count(0)


ANSWERS = (
    "# One #\n\nTwo words\nof *one* paragraph.\n## Three\nFour",
    "- a\n- b\n  - c\n    more\n  - d\n\n1. x\n2. y **z**\n\nAfter.",
    "3) three\n4) four\n\n* star\n  * inside\n\nEnd",
    "```python\ndef f(x):\n    return x * 2\n\n# no heading\n```\n\n~~~\nplain\n~~~",
    "> quoted *words*\n> - and\n> - a list\n\n---\n***\n_ _ _",
    "| a | b |\n|:--|--:|\n| `x` | **1** |\n| [l](https://example.org/) | 2 |\n\nAfter",
    "**bold** __bold__ *em* _em_ ***both*** ~~gone~~ snake_case_name 2 * 3 * 4 5*6*7 `a*b*c` ``a ` b``",
    "[link](https://example.org 'title') ![picture](https://example.org/a.png) <https://example.org/b>",
    "See https://example.org/c. Or (https://example.org/d)!  \nA line, \\*not em\\* and &amp; <b>no markup</b>",
    "[no](javascript:alert(1)) [mail](mailto:a@example.org) **open *and ` not closed",
    "First\n\n\nSecond\n- listed\n- too",
    "Model A | Model B\n---\nThe first wins.",
    "P(a|b) is high\n-\nx",
    "|x| - 1\n--",
    "a | b\n-|-|-\n\n| one |\n|--|\n| 1 |",
    "Title\nof two lines\n===\nText",
    "#\n# #\n## Two ##\n### C#",
    "```x``` is the token\n\n````\n```\n````",
)


@pytest.mark.parametrize("text", ANSWERS)
def test_markdown_without_the_library_is_what_it_is_with_the_library(answered, text):
    both = """async ([module, library, text]) => {
        const { markdown } = await import(module);
        const texts = [];
        for (const scripts of [[], [{ url: library }]]) texts.push((await markdown(text, scripts)).innerHTML);
        return texts;
    }"""
    module = answered.page.locator("script[src*='paper-demo.mjs']").evaluate("(script) => script.src")
    library = next(request.url for request in answered.page.asked if request.url.endswith("marked.esm.js"))

    plain, with_library = answered.page.evaluate(both, [module.replace("paper-demo", "markdown"), library, text])

    assert plain == with_library


def test_markdown_that_cannot_be_drawn_is_there_as_plain_words(page, web):
    page.route("**/markdown.mjs", lambda route: route.abort())
    demo = open_demo(page, web.url + "outputs/")
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"

    expect(output(demo, "Report").locator(".pc-text")).to_contain_text("# Findings")


def test_labels_are_ranked_with_the_first_ones_open(answered):
    classes = output(answered, "Classes")
    expect(classes.locator("li:visible .pc-label-name")).to_have_text(["class 0", "class 1", "class 2"])
    expect(classes.locator("li").first).to_contain_text("30.0 %")
    classes.get_by_text("5 more").click()
    expect(classes.locator("li:visible")).to_have_count(8)
    expect(output(answered, "Name").locator("li")).to_have_text("one name")


def test_a_picture_and_a_gallery_with_captions(answered):
    expect(output(answered, "Picture").get_by_role("img", name="Picture")).to_have_js_property("naturalWidth", 40)
    pictures = output(answered, "Pictures")
    expect(pictures.locator("img")).to_have_count(2)
    expect(pictures.get_by_role("img", name="first")).to_have_js_property("naturalHeight", 30)
    expect(pictures.locator("figcaption")).to_have_text(["first"])


def test_a_sound_can_be_played(answered):
    player = output(answered, "Sound").locator("audio")
    with wave.open(io.BytesIO(content(player))) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 4000)
    expect(player).to_have_attribute("aria-label", "Sound")
    expect(player).to_have_js_property("duration", 0.5)


def test_a_film_can_be_played(answered):
    player = output(answered, "Film").locator("video")
    expect(player).to_have_js_property("videoWidth", 300)
    expect(player).to_have_attribute("aria-label", "Film")


def test_a_table_has_its_numbers_to_the_right(answered):
    table = output(answered, "Table")
    expect(table.get_by_role("columnheader")).to_have_text(["name", "value"])
    expect(table.get_by_role("cell")).to_have_text(["x", "1.5", "<i>y</i>", "20"])
    sides = [cell.evaluate("(cell) => getComputedStyle(cell).textAlign") for cell in table.get_by_role("cell").all()]
    assert sides == ["start", "end", "start", "end"]


def test_json_keeps_null(answered):
    assert json.loads(output(answered, "Data").locator("code").inner_text()) == {"a": [1, 2.5, None, True]}


def test_a_drawing_in_svg_runs_no_script(answered):
    drawing = output(answered, "Drawing").get_by_role("img", name="Drawing")
    expect(drawing).to_have_js_property("naturalWidth", 80)
    assert answered.page.evaluate("window.reached") is None


def test_a_vega_lite_plot_is_drawn_with_the_pages_ink_and_interpreted_expressions(answered):
    plot = output(answered, "Plot")
    expect(plot.locator(".mark-rect path")).to_have_count(2)
    expect(plot.get_by_role("img", name="Plot")).to_be_visible()
    expect(plot.locator("svg text", has_text="4.0")).to_have_count(1)


def test_a_file_can_be_downloaded_under_its_name(answered):
    link = output(answered, "Notes").get_by_role("link", name="Download notes.csv (8 bytes)")
    with answered.page.expect_download() as download:
        link.click()
    assert download.value.suggested_filename == "notes.csv"
    assert list(csv.reader(Path(download.value.path()).read_text().splitlines())) == [["a", "b"], ["1", "2"]]


def test_html_is_inert_and_looks_like_the_page(answered):
    page = answered.page
    element = output(answered, "Page").locator("iframe")
    frame = element.content_frame
    expect(frame.get_by_role("heading")).to_have_text("A heading")
    assert page.evaluate("window.reached") is None
    assert "allow-scripts" not in element.get_attribute("sandbox")
    assert element.get_attribute("title") == "Page"
    ink = "(element) => getComputedStyle(element).color"
    assert frame.locator("p").evaluate(ink) == output(answered, "Page").evaluate(ink)
    assert element.bounding_box()["height"] >= 100


def test_nothing_that_an_answer_names_is_fetched(answered):
    page = answered.page
    own = urlsplit(page.url).netloc
    named = [
        request for request in page.asked if urlsplit(request.url).netloc not in ("", own) or request.url.endswith("/x")
    ]
    assert {request.url.rpartition("/")[2] for request in named} == {"x", "spy.png"}
    assert {request.failure for request in named} == {"csp"}


def test_libraries_are_loaded_when_they_are_asked_for_and_not_before(page, web):
    web.requests.clear()
    demo = open_demo(page, web.url + "outputs/")
    expect(demo.locator(".pc-answer-heading")).to_contain_text("Recorded answer")
    expect(output(demo, "Report")).to_contain_text("# Findings")
    page.wait_for_load_state("networkidle")
    assert not [name for name in LIBRARIES if web.requested(name)]

    output(demo, "Plot").get_by_role("button", name="Draw it · downloads 0.8 MB").click()
    expect(output(demo, "Plot").locator(".mark-rect path")).to_have_count(2)
    output(demo, "Report").get_by_role("button", name="Draw it").click()
    expect(output(demo, "Report").get_by_role("heading")).to_have_text("Findings")


def test_a_library_that_is_not_the_locked_one_does_not_run(page, types_site):
    with serving(types_site) as web:
        web.changes["vega-embed.min.js"] = lambda data: data + b" "
        demo = open_demo(page, web.url + "outputs/")
        output(demo, "Plot").get_by_role("button", name="Draw it").click()

        expect(output(demo, "Plot")).to_contain_text("vega-embed.min.js is missing on this site, or has changed")
        assert page.evaluate("typeof vegaEmbed") == "undefined"


def test_answers_that_are_too_large_are_cut_and_ten_thousand_rows_do_not_freeze_the_page(page, web):
    demo = open_demo(page, web.url + "outputs/")
    page.evaluate(
        """() => {
            window.longest = 0;
            new PerformanceObserver((list) => list.getEntries().forEach(
                (entry) => (window.longest = Math.max(window.longest, entry.duration)))).observe({ type: "longtask" });
        }"""
    )
    assert run(page, "long") == "done"
    expect(output(demo, "Words")).to_contain_text("cut after 200,000 of 110,000,000 characters")
    table = output(demo, "Table")
    expect(table.locator("tbody tr")).to_have_count(100)
    assert page.evaluate("window.longest") < 2000, "milliseconds, on a machine that may be busy"

    table.get_by_role("button", name="Show 1000 of 9900 more rows").click()
    expect(table.locator("tbody tr")).to_have_count(1100)
    assert page.evaluate("document.documentElement.scrollHeight") < 20_000, "the table scrolls in itself"

    assert run(page, "large") == "failed"
    expect(demo.locator(".pc-answer .pc-problem")).to_contain_text(
        "100 MB of JSON are more than the 5 MB that a page shows"
    )

    assert run(page, "no library") == "failed"
    expect(demo.locator(".pc-answer .pc-problem")).to_contain_text("library: vega-lite beside this output's type")

    assert run(page, "fetching") == "done"
    expect(output(demo, "Plot")).not_to_contain_text("error")
