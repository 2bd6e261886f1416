"""The digits example: digits drawn with the mouse are recognised, and its recorded answers come out on the page."""

import json
import re
import shutil
from pathlib import Path

import pytest
from building import mkdocs_build
from playwright.sync_api import expect
from reader import REPOSITORY, open_demo, wait_for_state
from web_server import serving

STROKES = json.loads(Path(__file__).with_name("strokes.json").read_text(encoding="utf-8"))

DARK_VALUES = """() => document.querySelector("canvas.pc-canvas").getContext("2d").getImageData(0, 0, 256, 256)
    .data.filter((value) => value < 128).length"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The example as it is in the repository, built with --strict: its lock and its recorded answers must fit."""
    folder = tmp_path_factory.mktemp("digits") / "digits"
    shutil.copytree(REPOSITORY / "examples/digits", folder, ignore=shutil.ignore_patterns("site", "out", "__pycache__"))
    built = mkdocs_build(folder, "--strict")
    assert built.code == 0, built.output
    return built.site


def clear(page) -> None:
    page.locator("paper-demo").get_by_role("button", name="Clear").click()


def draw(page, strokes) -> None:
    clear(page)
    box = page.locator("canvas.pc-canvas").bounding_box()
    for stroke in strokes:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for x, y in points[1:]:
            page.mouse.move(x, y)
        page.mouse.up()


def test_digits_drawn_with_the_mouse_are_recognised(page, site):
    read = {}
    with serving(site) as web:
        demo = open_demo(page, web.url + "paper/")
        for digit, variants in STROKES.items():
            for variant in variants[:2]:
                draw(page, variant["strokes"])
                expect(demo.locator(".pc-note")).to_have_text("The answer is of earlier inputs.")
                page.get_by_role("button", name="Run").click()
                expect(demo.locator(".pc-note")).to_be_empty(timeout=30_000)
                read[digit, variant["hand"]] = demo.locator(".pc-label-name").first.inner_text()

    wrong = {key: value for key, value in read.items() if key[0] != value}
    recognised = {digit for (digit, _), value in read.items() if digit == value}
    assert len(recognised) >= 9, wrong
    assert len(wrong) <= len(read) / 10, wrong


def test_an_example_can_be_run_again_with_the_recorded_answer(page, site):
    with serving(site) as web:
        demo = open_demo(page, web.url + "paper/")
        expect(demo.locator(".pc-answer-heading")).to_contain_text("Recorded answer")
        recorded = demo.locator(".pc-answer .pc-label").first.inner_text()

        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "done", "failed") == "done"

        expect(demo.locator(".pc-answer-heading")).to_contain_text(re.compile(r"Answer, \d+ ms"))
        assert demo.locator(".pc-answer .pc-label").first.inner_text() == recorded


def test_an_empty_drawing_is_answered_with_what_to_do(page, site):
    with serving(site) as web:
        demo = open_demo(page, web.url + "paper/")
        clear(page)
        page.get_by_role("button", name="Run").click()
        wait_for_state(page, "failed")

        expect(demo.locator(".pc-answer .pc-problem")).to_contain_text("Draw a digit first")


def test_a_digit_can_be_drawn_with_the_keyboard_alone(page, site):
    with serving(site) as web:
        demo = open_demo(page, web.url + "paper/")
        clear(page)
        page.get_by_role("application").focus()
        for key in ["ArrowUp"] * 8 + [" "] + ["ArrowDown"] * 16 + [" "]:
            page.keyboard.press(key)
        page.get_by_role("button", name="Run").focus()
        page.keyboard.press("Enter")
        assert wait_for_state(page, "done", "failed") == "done"

        assert demo.locator(".pc-label-name").first.inner_text() == "1"


def test_undo_takes_the_last_stroke_back(page, site):
    with serving(site) as web:
        open_demo(page, web.url + "paper/")
        clear(page)
        draw(page, [[(0.2, 0.2), (0.8, 0.2)]])
        one = page.evaluate(DARK_VALUES)
        box = page.locator("canvas.pc-canvas").bounding_box()
        page.mouse.move(box["x"] + 50, box["y"] + 150)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 150)
        page.mouse.up()
        assert page.evaluate(DARK_VALUES) > one > 0

        page.get_by_role("button", name="Undo").click()

        assert page.evaluate(DARK_VALUES) == one


def test_before_run_the_demo_costs_at_most_60_kilobytes(browser, site):
    """Uncompressed, against the same page without its demo section."""

    def transferred(change) -> int:
        with serving(site) as web, browser.new_context() as context:
            web.changes["/paper/"] = change
            page = context.new_page()
            page.goto(web.url + "paper/")
            page.wait_for_load_state("networkidle")
            return web.sent_bytes

    def without_demo(data: bytes) -> bytes:
        start, end = data.index(b"<paper-demo"), data.index(b"</paper-demo>")
        script = data.index(b"</script>", end) + len(b"</script>")
        return data[:start] + data[script:]

    assert transferred(lambda data: data) - transferred(without_demo) <= 60_000
