"""What readers do before everything is there, and what comes after they have gone on: theirs is what counts."""

import json
import threading

import pytest
from playwright.sync_api import expect
from reader import open_demo, wait_for_state
from web_server import serving

PENDING_CAMERA = """
    window.streams = [];
    const get = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await get(wanted);
        streams.push(stream);
        await new Promise((allow) => (window.allow = allow));
        return stream;
    };
"""
LIVE = "streams.flatMap((stream) => stream.getTracks()).filter((track) => track.readyState === 'live').length"


@pytest.fixture
def held():
    """Holds a file back until it is set."""
    return threading.Event()


def got(page) -> dict:
    """What the function of all inputs got."""
    assert wait_for_state(page, "done", "failed") == "done"
    return json.loads(page.locator("paper-demo .pc-json").inner_text())


def test_a_file_that_comes_late_leaves_alone_what_the_reader_has_entered(page, types_site, held):
    with serving(types_site, held={"red.png": held}) as web:
        open_demo(page, web.url + "inputs/")
        page.get_by_text("More settings").click()
        page.get_by_label("Folded away").fill("mine")
        with page.expect_response("**/red.png"):
            held.set()
        page.get_by_role("button", name="Run").click()

        answer = got(page)

    assert (answer["folded"], answer["picture"]["size"]) == ("mine", [6, 4])


def test_another_example_can_be_run_while_a_file_of_the_first_one_does_not_come(page, types_site, held):
    with serving(types_site, held={"red.png": held}) as web:
        open_demo(page, web.url + "inputs/")
        page.get_by_role("button", name="Words").click()
        page.get_by_role("button", name="Run").click()

        answer = got(page)

    assert (answer["line"], answer["picture"]) == ("two", None)


def test_run_that_waits_for_a_file_can_be_stopped(page, types_site, held):
    with serving(types_site, held={"red.png": held}) as web:
        open_demo(page, web.url + "inputs/")
        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "downloading") == "downloading"

        page.get_by_role("button", name="Stop").click()

        assert wait_for_state(page, "stopped", "done") == "stopped"
        assert not web.requested("session.mjs")


def test_an_examples_file_that_is_missing_is_named_at_its_field(page, types_site):
    with serving(types_site, changes={"red.png": lambda _: None}) as web:
        demo = open_demo(page, web.url + "inputs/")

        field = demo.locator(".pc-field", has=page.get_by_text("A picture", exact=True))
        expect(field.get_by_role("alert").last).to_have_text("red.png: HTTP 404")
        page.get_by_role("button", name="Words").click()
        expect(field).not_to_contain_text("red.png")


def test_a_link_is_not_filled_in_over_what_the_reader_has_entered_meanwhile(page, demo, held):
    element = open_demo(page, demo.url + "obedience/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Order").fill("linked")
    element.get_by_role("button", name="Copy link").click()
    expect(element).to_contain_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    demo.held["share.mjs"] = held

    with page.context.browser.new_context() as context:
        other = context.new_page()
        open_demo(other, link)
        other.get_by_label("Order").fill("mine")
        with other.expect_response("**/share.mjs"):
            held.set()
        other.get_by_role("button", name="Run").click()

        assert wait_for_state(other, "done", "failed") == "done"
        expect(other.get_by_label("Order")).to_have_value("mine")
        expect(other.locator(".pc-answer")).to_contain_text("mine")


@pytest.mark.parametrize("press", ["Stop", None], ids=["stopped", "left"])
def test_nothing_is_started_for_a_reader_who_has_stopped_or_left(page, demo, held, press):
    demo.held["session.mjs"] = held
    element = open_demo(page, demo.url + "obedience/")
    with page.expect_request("**/session.mjs"):
        page.get_by_role("button", name="Run").click()
    if press:
        page.get_by_role("button", name=press).click()
        assert wait_for_state(page, "stopped", "done") == "stopped"
    else:
        element.evaluate("(demo) => demo.remove()")
    with page.expect_response("**/session.mjs"):
        held.set()
    page.wait_for_load_state("networkidle")

    assert not demo.requested("worker.mjs")


def test_a_check_that_is_stopped_between_two_examples_does_not_go_on(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "done", "failed") == "done"
        fetched = []
        page.route("**/red.png", lambda route: fetched.append(route))
        with page.expect_request("**/red.png"):
            page.get_by_role("button", name="Check on my device").click()

        page.get_by_role("button", name="Stop").click()
        assert wait_for_state(page, "stopped", "done") == "stopped"
        with page.expect_response("**/red.png"):
            fetched[0].continue_()

        expect(demo.locator(".pc-check")).to_be_empty()
        assert wait_for_state(page, "stopped", "running", "done") == "stopped"


def test_an_answer_to_inputs_that_have_changed_meanwhile_says_so(page, demo, held):
    demo.held["worker.mjs"] = held
    element = open_demo(page, demo.url + "obedience/")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("Order").fill("another")
    held.set()

    assert wait_for_state(page, "done", "failed") == "done"
    expect(element.locator(".pc-note")).to_have_text("The answer is of earlier inputs.")
    page.get_by_role("button", name="Run").click()
    expect(element.locator(".pc-answer")).to_contain_text("another")
    expect(element.locator(".pc-note")).to_have_text("")


def test_run_takes_the_picture_that_was_chosen_just_before(page, types_site):
    large = """async () => {
        const canvas = new OffscreenCanvas(4000, 3000);
        canvas.getContext("2d").fillRect(0, 0, 4000, 3000);
        const data = new DataTransfer();
        data.items.add(new File([await canvas.convertToBlob()], "large.png", { type: "image/png" }));
        const demo = document.querySelector("paper-demo");
        const chooser = demo.querySelector(".pc-picture-field input[type=file]");
        chooser.files = data.files;
        chooser.dispatchEvent(new Event("change", { bubbles: true }));
        demo.querySelector("form").requestSubmit();
    }"""
    with serving(types_site) as web:
        open_demo(page, web.url + "inputs/")
        page.evaluate(large)

        assert got(page)["picture"]["size"] == [4000, 3000]


def test_what_is_wrong_with_a_folded_field_is_unfolded(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        folded = page.get_by_label("Folded away")
        folded.evaluate("(box) => (box.required = true, box.value = '')")
        expect(folded).to_be_hidden()

        page.get_by_role("button", name="Run").click()

        expect(folded).to_be_focused()
        expect(demo).to_have_attribute("data-state", "idle")


def test_a_double_click_on_stop_does_not_run_again(page, demo):
    element = open_demo(page, demo.url + "obedience/")
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done") == "done"
    page.get_by_label("Order").fill("loop")
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "running") == "running"

    page.get_by_role("button", name="Stop").dblclick(position={"x": 2, "y": 10})

    expect(element.locator(".pc-button-primary")).to_contain_text("downloads up to")
    assert wait_for_state(page, "stopped", "downloading", "running", "done") == "stopped"


@pytest.mark.parametrize("leaving", ["left", "taken twice"])
def test_a_camera_that_was_asked_for_is_off_when_nobody_wants_it_any_more(page, types_site, leaving):
    page.add_init_script(PENDING_CAMERA)
    page.context.grant_permissions(["camera"])
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        button = demo.get_by_role("button", name="Use the camera")
        button.click()
        page.wait_for_function("Boolean(window.allow)")
        if leaving == "left":
            demo.evaluate("(element) => element.remove()")
            page.evaluate("allow()")
        else:
            button.click()
            page.evaluate("allow()")
            demo.get_by_role("button", name="Take the picture").click()

        page.wait_for_function(f"{LIVE} === 0")
        assert page.evaluate("streams.length") == 1
