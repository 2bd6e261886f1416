"""Our own form for a hosted Gradio: a real one answers, and one that fails at every step is told."""

import json
import re
import wave
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from accessibility import axe_findings
from gradio_failures import failing_gradio
from hosted_site import contacts, hosted_site, open_page, soon, wait_for
from interfaces import EDGES, free_port, gradio_app
from playwright.sync_api import Page, expect
from web_server import serving

LONG_MS, SHORT_MS = 60_000, 300
ENDPOINTS = ("describe", "files", "others", "count", "letters", "refuse", "crash")
STEPS = ("late", "broken", "other", "closed", "full", "cut", "lost", "elsewhere", "drawn")


@pytest.fixture(scope="module")
def gradio():
    with gradio_app(Path(__file__).with_name("gradio_everything.py"), free_port()) as url:
        yield url


@pytest.fixture(scope="module")
def failures():
    with failing_gradio() as failures:
        yield failures


@pytest.fixture(scope="module")
def site(tmp_path_factory, gradio, failures):
    demos = {name: f"{{kind: gradio-api, url: {gradio}, endpoint: {name}}}" for name in ENDPOINTS}
    demos |= {name: f"{{kind: gradio-api, url: {failures.url}{name}/}}" for name in STEPS}
    demos["wrong"] = f"{{kind: gradio-api, url: {gradio}, endpoint: descrbe}}"
    return hosted_site(tmp_path_factory.mktemp("forms"), demos)


@pytest.fixture
def web(site):
    """A site where hosts have all the time that a busy machine can need."""
    with serving(site, changes=soon(LONG_MS)) as web:
        yield web


@pytest.fixture
def held(gradio):
    """The app's slow functions wait until they are told."""
    tell(gradio, "hold")
    yield lambda: tell(gradio, "release")
    tell(gradio, "release")


def tell(url: str, what: str) -> None:
    """Calls an endpoint without arguments, and waits until it has answered."""
    request = Request(f"{url}gradio_api/call/{what}", b'{"data": []}', {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    with urlopen(f"{url}gradio_api/call/{what}/{event}", timeout=60) as stream:
        assert b"event: complete" in stream.read()


def open_form(page: Page, url: str):
    element = open_page(page, url)
    page.get_by_role("button", name=re.compile("Load the form from")).click()
    assert wait_for(page, "ready", "failed") == "ready", element.inner_text()
    return element


def run(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Run on")).click()


def wait_for_answer(page: Page) -> str:
    """Waits until the form has an answer or an error, and says which."""
    page.wait_for_selector("paper-hosted :is([data-state=done], [data-state=failed])")
    return page.locator("paper-hosted .pc-live > [data-state]").get_attribute("data-state")


def test_the_host_is_asked_for_its_form_at_the_click_and_for_nothing_else(page, web, gradio):
    asked = contacts(page, gradio)
    element = open_page(page, web.url + "describe/")
    page.wait_for_load_state("networkidle")

    expect(element).to_contain_text("sent to 127.0.0.1")
    assert asked == []
    page.get_by_role("button", name=re.compile("Load the form from")).click()
    wait_for(page, "ready")
    assert asked == [f"{gradio}gradio_api/info"]


def test_fields_are_what_gradio_describes_and_values_arrive_as_they_were_entered(page, web, gradio):
    element = open_form(page, web.url + "describe/")
    expect(page.get_by_label("Text")).to_have_value("leaf")
    expect(page.get_by_label("Number")).to_have_value("3")
    expect(page.get_by_role("checkbox", name="Flag")).to_be_checked()
    expect(page.get_by_role("radio", name="b", exact=True)).to_be_checked()
    slider = page.get_by_role("slider", name="Part")
    assert (slider.get_attribute("min"), slider.get_attribute("max")) == ("0", "10")

    page.get_by_label("Text").fill("oak")
    page.get_by_label("Number").fill("-1.5")
    slider.fill("7")
    page.get_by_role("checkbox", name="Flag").uncheck()
    page.get_by_role("radio", name="a", exact=True).check()
    page.get_by_label("Digit").select_option("1")
    page.get_by_label("Several").select_option(["x", "z"])
    page.get_by_label("Note").fill('{"a": [1, null]}')
    page.locator("input[type=file]").first.set_input_files(EDGES / "rings.png")
    page.wait_for_function("document.querySelector('paper-hosted canvas').width === 320")
    run(page)

    assert wait_for_answer(page) == "done", element.inner_text()
    told = json.loads(element.locator(".pc-output-json code").inner_text())
    shape = told.pop("picture")
    assert told == {
        "text": "oak",
        "number": -1.5,
        "part": 7,
        "flag": False,
        "letter": "a",
        "digit": 1,
        "several": ["x", "z"],
        "note": {"a": [1, None]},
    }
    assert shape[:3] == [240, 320, 3]
    expect(element.locator(".pc-label li").first).to_have_text(re.compile("cat.*75.0 %"))
    expect(element).to_contain_text("3.5")
    marked = element.locator(".pc-markdown")
    expect(marked.locator("strong")).to_have_text("bold")
    expect(marked.locator("p")).to_contain_text("<img src=x>")
    expect(marked.locator("li a")).to_have_attribute("href", "https://example.org/spy.png")
    expect(marked.locator("img")).to_have_count(0)
    for picture in (".pc-output-image img", ".pc-output-gallery img"):
        assert element.locator(picture).evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


def test_sounds_files_and_tables_arrive_whole_and_come_back(page, web, tmp_path):
    with wave.open(str(tmp_path / "tone.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        sound.writeframes(bytes(1600))
    for name in ("oak", "elm"):
        (tmp_path / name).write_text(f"{name} & co")
    element = open_form(page, web.url + "files/")
    chooser = element.locator("input[type=file]")
    expect(chooser).to_have_count(3)
    chooser.nth(0).set_input_files(tmp_path / "tone.wav")
    expect(element.locator(".pc-field-audio audio")).to_be_visible()
    chooser.nth(1).set_input_files(tmp_path / "oak")
    chooser.nth(2).set_input_files([tmp_path / "oak", tmp_path / "elm"])
    element.locator(".pc-grid input").nth(0).fill("2.5")
    element.locator(".pc-grid input").nth(1).fill("ash")
    run(page)

    assert wait_for_answer(page) == "done", element.inner_text()
    assert json.loads(element.locator(".pc-output-json code").inner_text()) == {
        "sound": "RIFF",
        "file": "oak & co",
        "several": ["oak & co", "elm & co"],
        "table": {"columns": ["n", "s"], "data": [[2.5, "ash"]]},
    }
    sound = element.locator(".pc-output-audio audio")
    sound.evaluate("sound => sound.duration || new Promise((resolve) => (sound.ondurationchange = resolve))")
    assert sound.evaluate("sound => sound.duration") == pytest.approx(0.1)
    with page.expect_download() as download:
        element.get_by_role("link", name=re.compile("Download oak")).click()
    assert download.value.path().read_text() == "oak & co"
    expect(element).to_contain_text("A plot made with altair can only be seen on 127.0.0.1")


def test_a_plot_that_is_a_picture_is_shown(page, web):
    element = open_form(page, web.url + "drawn/")
    run(page)

    assert wait_for_answer(page) == "done"
    picture = element.locator(".pc-output-plot img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 320


def test_html_is_inert_and_tables_are_tables(page, web):
    element = open_form(page, web.url + "others/")
    run(page)

    assert wait_for_answer(page) == "done"
    expect(page.frame_locator(".pc-html").locator("b")).to_have_text("oak")
    assert page.title() != "stolen"
    expect(element.locator("td")).to_have_text(["1", "a"])
    expect(element.locator("th")).to_have_text(["n", "s"])


def test_progress_is_shown_as_it_comes(page, web, held):
    element = open_form(page, web.url + "count/")
    run(page)

    expect(element.locator(".pc-detail")).to_have_text(re.compile("Counting: 0 / 3"))
    expect(element.get_by_role("progressbar")).to_be_visible()
    held()
    assert wait_for_answer(page) == "done"
    expect(element).to_contain_text("counted to 3")
    expect(element.get_by_role("progressbar")).to_be_hidden()


def test_a_second_reader_waits_in_the_queue(page, browser, web, held):
    open_form(page, web.url + "count/")
    run(page)
    expect(page.locator("paper-hosted .pc-detail")).to_have_text(re.compile("Counting"))
    with browser.new_context() as context:
        other = context.new_page()
        open_form(other, web.url + "count/")
        run(other)
        expect(other.locator("paper-hosted .pc-form [role=status]")).to_have_text("Next in the queue")
        held()
        assert wait_for_answer(other) == "done"


def test_an_answer_that_grows_is_shown_while_it_grows_and_stopped_at_once(page, web, held):
    element = open_form(page, web.url + "letters/")
    run(page)
    expect(element.locator(".pc-answer")).to_have_text("Answero")

    page.evaluate(
        """() => {
            const form = document.querySelector("paper-hosted [data-state=running]");
            new MutationObserver(() => (window.stopped ??= performance.now())).observe(form, { attributes: true });
            addEventListener("click", () => (window.clicked = performance.now()), { capture: true, once: true });
        }"""
    )
    page.get_by_role("button", name="Stop").click()
    page.wait_for_selector("paper-hosted [data-state=stopped]")
    assert page.evaluate("stopped - clicked") < 300
    expect(element).to_contain_text("may go on computing")
    assert "Run on" in page.evaluate("document.activeElement.textContent")

    held()
    run(page)
    assert wait_for_answer(page) == "done"
    expect(element.locator(".pc-answer")).to_have_text("Answeroak")


@pytest.mark.parametrize(
    ("endpoint", "words"), [("refuse", "says: oak is not a leaf"), ("crash", "says that it failed, and not why")]
)
def test_an_error_of_the_hosts_function_is_readable_and_the_form_stays_usable(page, web, endpoint, words):
    element = open_form(page, f"{web.url}{endpoint}/")
    for _ in range(2):
        run(page)
        assert wait_for_answer(page) == "failed"
        expect(element.locator(".pc-problem")).to_have_text(re.compile(words))
        page.get_by_label("Word").fill("oak")


def test_text_that_is_not_json_is_told_and_nothing_is_sent(page, web, gradio):
    element = open_form(page, web.url + "describe/")
    page.get_by_label("Note").fill("{")
    asked = contacts(page, gradio)
    run(page)

    assert wait_for_answer(page) == "failed"
    expect(element.locator(".pc-answer .pc-problem")).to_have_text("Note: this is not JSON.")
    assert asked == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("broken", "answers with an error (HTTP 500)"),
        ("other", "answers, but not as Gradio does"),
        ("closed", "cannot be reached, or does not let other sites ask it"),
        ("wrong", "has no endpoint descrbe. It has: describe, others, files"),
    ],
)
def test_a_host_without_a_form_is_told_with_a_way_out(page, web, name, words):
    element = open_page(page, f"{web.url}{name}/")
    page.get_by_role("button", name=re.compile("Load the form from")).click()

    assert wait_for(page, "ready", "failed") == "failed"
    expect(element.locator(".pc-problem")).to_contain_text(words)
    expect(element.locator(".pc-notice").get_by_role("link", name=re.compile("in a new tab"))).to_be_visible()
    expect(element.get_by_role("button", name="Load again")).to_be_focused()
    expect(element.locator(".pc-live")).to_be_hidden()


def test_a_host_that_does_not_answer_is_given_up(page, site, failures):
    with serving(site, changes=soon(SHORT_MS)) as web:
        element = open_page(page, web.url + "late/")
        page.get_by_role("button", name=re.compile("Load the form from")).click()

        assert wait_for(page, "ready", "failed") == "failed"
        expect(element.locator(".pc-problem")).to_contain_text("has not answered within 0.3 s")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("full", "says: Queue is full. (HTTP 503)"),
        ("cut", "stopped answering before its answer was complete"),
        ("lost", "says: Server stopped unexpectedly."),
    ],
)
def test_a_call_that_fails_on_its_way_is_told(page, web, name, words):
    element = open_form(page, f"{web.url}{name}/")
    run(page)

    assert wait_for_answer(page) == "failed"
    expect(element.locator(".pc-problem")).to_contain_text(words)


def test_files_of_an_answer_come_from_the_host_and_from_nowhere_else(page, web, failures):
    spy = contacts(page, failures.url.replace("127.0.0.1", "localhost"))
    element = open_form(page, web.url + "elsewhere/")
    run(page)

    assert wait_for_answer(page) == "failed"
    expect(element.locator(".pc-problem")).to_contain_text("HTTP 404")
    assert spy == []
    assert "/elsewhere/gradio_api/file=/tmp/spy.png" in failures.requests


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(page, web, scheme, width):
    page.set_viewport_size({"width": width, "height": 800})
    element = open_form(page, web.url + "describe/")
    if scheme == "slate":
        page.get_by_title("Dark", exact=True).click()
    page.locator("input[type=file]").first.set_input_files(EDGES / "rings.png")
    run(page)
    assert wait_for_answer(page) == "done"

    assert axe_findings(page, "paper-hosted") == []
    assert element.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
