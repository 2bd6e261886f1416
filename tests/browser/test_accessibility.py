"""Everybody can use it: what axe finds, the keyboard alone, narrow and enlarged, without motion, from right to left."""

import re
import shutil

import pytest
from accessibility import axe_findings
from building import mkdocs_build
from official_wheels import fill_cache_for
from playwright.sync_api import expect
from reader import REPOSITORY, open_demo, wait_for_state
from web_server import serving

OURS = ".pc-part, paper-demo, paper-hosted"
CONTROLS = "paper-demo form :is(input, select, textarea, button, canvas[tabindex], audio[controls], summary)"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 640}
# What sticks out of the window to either side; what scrolls in itself may be wider.
TOO_WIDE = """() => {
    const width = document.documentElement.clientWidth;
    const scrolls = (element) =>
        element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
    return Array.from(document.querySelectorAll("paper-demo *"))
        .filter((element) => element.getBoundingClientRect().right > width + 1 && !scrolls(element.parentElement))
        .map((element) => element.outerHTML.slice(0, 80));
}"""


UNFOLD = "document.querySelectorAll('details').forEach((one) => (one.open = true))"


@pytest.fixture(scope="module")
def example_sites(tmp_path_factory):
    """The examples as they are in the repository, built; by name."""
    sites = {}
    for name in ("digits", "tabular", "hosted", "lab"):
        folder = tmp_path_factory.mktemp("examples") / name
        ignored = shutil.ignore_patterns("site", "out", "__pycache__", ".venv")
        shutil.copytree(REPOSITORY / "examples" / name, folder, ignore=ignored)
        if name == "tabular":
            fill_cache_for(folder / "docs/paper.yml")
        built = mkdocs_build(folder)
        assert built.code == 0, built.output
        sites[name] = built.site
    return sites


def pages_of(site) -> list[str]:
    """The pages that have something of ours on them."""
    found = [path for path in site.rglob("index.html") if "pc-assets" in path.read_text(encoding="utf-8")]
    assert found
    return ["" if path.parent == site else f"{path.parent.relative_to(site).as_posix()}/" for path in found]


@pytest.fixture
def look(browser):
    """Opens an address as a reader of that scheme and window does."""
    contexts = []

    def open_page(url: str, scheme: str = "light", window=DESKTOP, **options):
        contexts.append(browser.new_context(viewport=window, color_scheme=scheme, **options))
        page = contexts[-1].new_page()
        page.goto(url)
        # Themes that do not follow the device are told here what their switch would tell them.
        slate = "slate" if scheme == "dark" else "default"
        page.evaluate("scheme => document.body.setAttribute('data-md-color-scheme', scheme)", slate)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("scheme", "window"), [("light", DESKTOP), ("dark", PHONE)], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["digits", "tabular", "hosted", "lab"])
def test_axe_finds_nothing_on_any_page_of_the_examples(look, example_sites, name, scheme, window):
    findings = {}
    with serving(example_sites[name]) as web:
        for path in pages_of(example_sites[name]):
            page = look(web.url + path, scheme, window)
            page.wait_for_load_state("networkidle")
            page.evaluate(UNFOLD)
            if found := axe_findings(page, OURS):
                findings[path] = found
            page.close()
    assert findings == {}


@pytest.mark.parametrize(("theme", "scheme"), [("mkdocs", "light"), ("mkdocs", "dark"), ("readthedocs", "light")])
def test_axe_finds_nothing_in_the_other_themes(look, tmp_path, theme, scheme):
    ignored = shutil.ignore_patterns("site", "out", "__pycache__")
    shutil.copytree(REPOSITORY / "examples/digits", tmp_path / "digits", ignore=ignored)
    options = "color_mode: auto" if theme == "mkdocs" else "highlightjs: true"
    config = f"site_name: Digits\ntheme: {{name: {theme}, {options}}}\nplugins: [paper-companion]\n"
    (tmp_path / "digits/mkdocs.yml").write_text(config)
    built = mkdocs_build(tmp_path / "digits")
    assert built.code == 0, built.output
    with serving(built.site) as web:
        page = look(web.url + "paper/", scheme, PHONE)
        page.wait_for_load_state("networkidle")
        page.evaluate(UNFOLD)

        assert axe_findings(page, OURS) == []


@pytest.mark.parametrize(("scheme", "window"), [("light", DESKTOP), ("dark", PHONE)], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["inputs/", "outputs/"])
def test_axe_finds_nothing_in_any_field_or_answer(look, types_site, path, scheme, window):
    with serving(types_site) as web:
        page = look(web.url + path, scheme, window)
        page.locator("paper-demo form").wait_for()
        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "done", "failed") == "done"
        expect(page.locator("paper-demo [aria-busy=true]")).to_have_count(0)
        for fold in page.locator("paper-demo summary").all():
            fold.click()

        assert axe_findings(page, "paper-demo") == []


@pytest.mark.parametrize("window", [NARROW, {"width": 640, "height": 450}], ids=["320 pixels", "200 %"])
@pytest.mark.parametrize("path", ["inputs/", "outputs/"])
def test_nothing_is_cut_off_on_a_narrow_screen_or_enlarged_to_twice_its_size(look, types_site, path, window):
    with serving(types_site) as web:
        # A browser that enlarges twofold has half as many pixels of style to a line.
        page = look(web.url + path, window=window, device_scale_factor=1 if window == NARROW else 2)
        page.locator("paper-demo form").wait_for()
        expect(page.locator("paper-demo [aria-busy=true]")).to_have_count(0)

        assert page.evaluate(TOO_WIDE) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]


def test_everything_is_right_from_right_to_left(look, types_site):
    with serving(types_site) as web:
        page = look(web.url + "inputs/", window=PHONE)
        page.evaluate("document.documentElement.dir = 'rtl'")
        expect(page.locator("paper-demo [aria-busy=true]")).to_have_count(0)

        assert page.evaluate(TOO_WIDE) == []
        canvas = page.get_by_role("application")
        canvas.focus()
        page.keyboard.press("ArrowLeft")
        canvas_box, dot = canvas.bounding_box(), page.locator(".pc-pen").first.bounding_box()
        middle = canvas_box["x"] + canvas_box["width"] / 2
        assert dot["x"] + dot["width"] / 2 < middle, "the pen went to the left, as its key says"


def test_motion_is_left_out_for_those_who_ask_for_that(look, types_site):
    moves = """() => Array.from(document.querySelectorAll("paper-demo *"))
        .filter((element) => ["", "::before", "::after"].some((pseudo) => {
            const style = getComputedStyle(element, pseudo || null);
            return parseFloat(style.transitionDuration) > 0 || style.animationName !== "none";
        })).map((element) => element.outerHTML.slice(0, 80))"""
    with serving(types_site) as web:
        page = look(web.url + "outputs/", reduced_motion="reduce")
        page.locator("paper-demo form").wait_for()
        expect(page.locator("paper-demo .pc-label").first).to_be_visible()

        assert page.evaluate(moves) == []


def test_the_keyboard_alone_reaches_every_control_in_the_order_of_the_page(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        expect(demo.locator("[aria-busy=true]")).to_have_count(0)
        demo.locator("summary").first.evaluate("(summary) => (summary.parentElement.open = true)")
        controls = page.locator(CONTROLS)
        page.get_by_label("A line").focus()
        reached = set()
        for _ in range(120):
            place = page.evaluate(
                "(all) => Array.from(document.querySelectorAll(all)).indexOf(document.activeElement)", CONTROLS
            )
            if place < 0:
                break
            assert not reached or place >= max(reached), "the focus went back"
            reached.add(place)
            page.keyboard.press("Tab")
        expected = {
            number
            for number, control in enumerate(controls.all())
            if control.is_visible() and control.is_enabled() and control.get_attribute("type") != "radio"
        }
        missed = [controls.nth(number).evaluate("(one) => one.outerHTML") for number in expected - reached]
        assert missed == []


def test_states_and_errors_are_announced_and_the_focus_stays(page, demo):
    element = open_demo(page, demo.url + "obedience/")
    expect(element.locator("form").get_by_role("status")).to_have_count(1)
    expect(element.locator(".pc-answer-heading")).to_have_text(re.compile("Recorded answer"))
    expect(element.locator("form").get_by_role("status")).to_have_text("")

    page.get_by_label("Order").fill("fail")
    page.keyboard.press("Enter")
    assert wait_for_state(page, "done", "failed") == "failed"

    expect(element.locator("form").get_by_role("status")).to_have_text("It did not work")
    expect(element.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Order")).to_be_focused()

    page.get_by_role("button", name="The second").click()
    expect(element.locator("form").get_by_role("status")).to_have_text(re.compile("Recorded answer"))
    expect(element.locator(".pc-answer-heading")).to_have_text(re.compile("Recorded answer"))


def test_an_answer_is_found_by_its_heading_and_not_read_out_whole(page, demo):
    element = open_demo(page, demo.url + "obedience/")

    answer = page.get_by_role("region", name="Recorded answer")

    expect(answer).to_contain_text("75.0 %")
    assert answer.evaluate("(region) => region.closest('[aria-live]') || region.querySelector('[aria-live]')") is None
    element.get_by_role("button", name="Run").click()
    expect(element.locator("form").get_by_role("status")).to_have_text("Done")
    expect(page.get_by_role("region", name="Answer, ")).to_contain_text("75.0 %")
