"""Every type of input, with a real function behind it that says what it got."""

import base64
import io
import json
import threading
import wave

import pytest
from playwright.sync_api import Page, expect
from reader import FLAGS, chromium_path, open_demo, wait_for_state
from types_project import red_picture
from web_server import serving

DROP = """([kind, text, mime]) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "red.png", { type: mime }));
    const options = { bubbles: true, cancelable: true };
    return kind === "drop"
        ? new DragEvent("drop", { ...options, dataTransfer: data })
        : new ClipboardEvent("paste", { ...options, clipboardData: data });
}"""
PASTE_TEXT = """(cell, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    cell.dispatchEvent(new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: data }));
}"""


class Reader:
    """Somebody at the page of all inputs, with Python started."""

    def __init__(self, page: Page, demo):
        self.page = page
        self.demo = demo
        self.count = 0

    def field(self, label: str):
        return self.demo.locator(".pc-field", has=self.page.get_by_text(label, exact=True))

    def got(self, name: str):
        """What the function gets now."""
        self.page.get_by_role("button", name="Run").click()
        self.count += 1
        expect(self.demo.locator(".pc-json")).to_contain_text(f'"count": {self.count},', timeout=60_000)
        assert wait_for_state(self.page, "done", "failed") == "done"
        return json.loads(self.demo.locator(".pc-json").inner_text())[name]

    def give(self, label: str, kind: str, data: bytes, mime: str) -> None:
        """Drop or paste a file."""
        event = self.page.evaluate_handle(DROP, [kind, base64.b64encode(data).decode(), mime])
        self.field(label).locator(".pc-picture-field").evaluate(
            "(element, event) => element.dispatchEvent(event)", event
        )


@pytest.fixture(scope="module")
def reader(browser, types_site):
    """One page for all of these tests, so that Python starts once."""
    errors: list[str] = []
    with serving(types_site) as web, browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        reader = Reader(page, open_demo(page, web.url + "inputs/"))
        expect(reader.demo.locator("[aria-busy=true]")).to_have_count(0)
        expect(reader.demo.locator(".pc-answer-heading")).to_contain_text("Recorded answer")
        yield reader
    assert errors == []


@pytest.fixture(scope="module")
def refusing_browser(browser):
    """A browser whose reader answers no to the question for the camera or the microphone."""
    flags = [flag for flag in FLAGS if "fake-ui" not in flag]
    refusing = browser.browser_type.launch(executable_path=chromium_path(), args=[*flags, "--deny-permission-prompts"])
    yield refusing
    refusing.close()


def test_text_of_one_line(reader):
    reader.page.get_by_label("A line").fill("one ‰ <b>")
    assert reader.got("line") == "one ‰ <b>"


def test_text_of_several_lines(reader):
    reader.page.get_by_label("Several lines").fill("first\nsecond")
    assert reader.got("lines") == "first\nsecond"


@pytest.mark.parametrize(("typed", "number"), [("2.5", 2.5), ("-3", -3), ("", None)])
def test_a_number(reader, typed, number):
    reader.page.get_by_label("A number").fill(typed)
    assert reader.got("number") == number


def test_a_number_out_of_its_range_is_not_sent(reader):
    box = reader.page.get_by_label("A number")
    box.fill("7")
    reader.page.get_by_role("button", name="Run").click()

    assert box.evaluate("(box) => box.validity.rangeOverflow")
    box.fill("1")
    assert reader.got("number") == 1


def test_a_slider_by_keys_shows_its_value(reader):
    slider = reader.page.get_by_label("A slider")
    slider.fill("2.5")
    slider.press("ArrowRight")

    expect(reader.field("A slider").locator("output")).to_have_text("3")
    assert reader.got("slider") == 3


def test_a_checkbox(reader):
    assert reader.got("checkbox") is False
    reader.page.get_by_label("A box").check()
    assert reader.got("checkbox") is True


def test_radio_buttons(reader):
    assert reader.got("radio") == "red"
    reader.page.get_by_label("green").check()
    assert reader.got("radio") == "green"


def test_a_dropdown_of_one_and_of_several(reader):
    reader.page.get_by_label("One of a list").select_option("c")
    reader.page.get_by_label("Several of a list").select_option(["a", "c"])
    assert reader.got("dropdown") == "c"
    assert reader.got("several") == ["a", "c"]


def test_a_field_that_is_folded_away_has_its_default_until_it_is_opened(reader):
    assert reader.got("folded") == "y"
    reader.page.get_by_text("More settings").click()
    reader.page.get_by_label("Folded away").fill("z")
    assert reader.got("folded") == "z"


RED = {"size": [6, 4], "first": [255, 0, 0], "dark": 0}


def test_a_picture_that_is_chosen_dropped_or_pasted(reader):
    chooser = reader.field("A picture").locator("input[type=file]")
    chooser.set_input_files({"name": "red.png", "mimeType": "image/png", "buffer": red_picture()})
    expect(reader.demo.locator(".pc-note")).to_have_text("The answer is of earlier inputs.")
    assert reader.got("picture") == RED
    for label, name, kind in (("A picture file", "drawn_file", "drop"), ("A photo", "photo", "paste")):
        canvas = reader.field(label).locator("canvas")
        reader.give(label, kind, red_picture(), "image/png")
        expect(canvas).to_have_attribute("width", "6")
        got = reader.got(name)
        assert got == RED if name == "photo" else got["text"].startswith("\x89PNG")


def test_a_picture_that_cannot_be_read_is_named(reader):
    field = reader.field("A picture")
    field.locator("input[type=file]").set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no"})

    expect(field.get_by_role("alert")).to_contain_text("no.png cannot be read here")


def test_a_picture_from_the_camera_which_is_off_again_afterwards(reader):
    field = reader.field("A photo")
    field.get_by_role("button", name="Use the camera").click()
    field.get_by_role("button", name="Take the picture").click()
    expect(field.get_by_role("button", name="Use the camera")).to_be_visible()

    width, height = reader.got("photo")["size"]
    assert width >= 320 and height >= 240
    tracks = "(video) => video.srcObject.getTracks().map((track) => track.readyState)"
    assert field.locator("video").evaluate(tracks) == ["ended"]


def test_a_drawing_by_pointer_keys_and_undo(reader):
    field = reader.field("A sketch")
    canvas = field.locator("canvas")
    field.get_by_role("button", name="Clear").click()
    assert reader.got("sketch") == {"size": [64, 48], "first": 255, "dark": 0}

    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    reader.page.mouse.move(box["x"] + 10, box["y"] + 20)
    reader.page.mouse.down()
    reader.page.mouse.move(box["x"] + 50, box["y"] + 20, steps=4)
    reader.page.mouse.up()
    by_pointer = reader.got("sketch")["dark"]
    assert 100 < by_pointer < 300

    canvas.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", " ", "ArrowLeft", "ArrowLeft", "ArrowLeft", " "):
        reader.page.keyboard.press(key)
    expect(field.get_by_role("status")).to_have_text("The pen is up.")
    assert reader.got("sketch")["dark"] > by_pointer
    field.get_by_role("button", name="Undo").click()
    assert reader.got("sketch")["dark"] == by_pointer


SHARE_STROKES = """async ([module, strokes]) => {
    const { makeField } = await import(module);
    const input = { id: "sketch", type: "image", sources: ["sketch"], width: 64, height: 48, image_mode: "L" };
    const [first, second] = [1, 2].map(() => makeField(input, (key) => key, () => {}));
    await first.show({ strokes });
    const shared = JSON.parse(JSON.stringify(await first.share()));
    await second.show(shared);
    const [drawn, again] = await Promise.all([first.read(), second.read()]);
    await first.show({ strokes: [[0, 0, ...Array(2000).fill(1)]] });
    const long = await first.share();
    const dark = drawn.data.filter((value) => value < 128).length;
    return { shared, dark, same: drawn.data.join() === again.data.join(), long: long === undefined };
}"""


def test_a_drawing_is_shared_as_strokes_and_replayed_pixel_by_pixel(reader):
    module = reader.page.locator("script[src*='paper-demo.mjs']").evaluate("(script) => script.src")
    strokes = [[5, 6, 3, 4, 20, -1], [40, 40]]

    shared = reader.page.evaluate(SHARE_STROKES, [module.replace("paper-demo", "inputs"), strokes])

    assert shared.pop("dark") > 50
    assert shared == {"shared": {"strokes": strokes}, "same": True, "long": True}


def wav(bits: int, rate: int = 16000) -> bytes:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(bits // 8)
        sound.setframerate(rate)
        sound.writeframes(bytes(rate // 10 * bits // 8))
    return stream.getvalue()


def test_a_sound_of_16_bits_passes_untouched_and_others_become_one(reader):
    field = reader.field("A sound")
    chooser = field.locator("input[type=file]")
    assert reader.got("sound") == ["tone.wav", [8000, 2, 800]], "the example's"
    expect(field.locator("audio")).to_be_visible()

    chooser.set_input_files({"name": "deep.wav", "mimeType": "audio/wav", "buffer": wav(24)})
    expect(reader.demo.locator(".pc-note")).to_have_text("The answer is of earlier inputs.")
    assert reader.got("sound") == ["deep.wav", [16000, 2, 1600]]
    field.get_by_role("button", name="Clear").click()
    expect(field.locator("audio")).to_be_hidden()
    assert reader.got("sound") is None


def test_a_sound_that_cannot_be_read_is_named(reader):
    field = reader.field("A sound")
    field.locator("input[type=file]").set_input_files({"name": "no.mp3", "mimeType": "audio/mpeg", "buffer": b"no"})

    expect(field.get_by_role("alert")).to_contain_text("no.mp3 cannot be read here")


def test_a_sound_from_the_microphone_as_rate_and_samples(reader):
    field = reader.field("Samples")
    field.get_by_role("button", name="Record").click()
    stop = field.get_by_role("button", name="Stop recording")
    stop.wait_for()
    # Chromium's fake microphone beeps once a second.
    started = reader.page.evaluate("performance.now()")
    reader.page.wait_for_function("started => performance.now() - started > 1200", arg=started)
    stop.click()
    expect(field.locator("audio")).to_be_visible()

    samples = reader.got("samples")
    assert samples["rate"] == 48000 and samples["frames"] > 24000 and samples["loudest"] > 500


def test_one_file_and_several(reader):
    assert reader.got("file") == {"name": "words.txt", "text": "some words"}, "the example's"
    assert [file["name"] for file in reader.got("files")] == ["words.txt", "tone.wav"], "the example's"
    reader.field("A file").locator("input").set_input_files(
        {"name": "ä b.txt", "mimeType": "text/plain", "buffer": b"new"}
    )
    reader.field("Several files").locator("input").set_input_files([])

    assert reader.got("file") == {"name": "ä b.txt", "text": "new"}
    assert reader.got("files") == []
    assert reader.field("A file").locator("input").get_attribute("accept") == ".txt,.csv"


def test_a_table_by_keys_alone(reader):
    field = reader.field("A table")
    assert reader.got("table") == {"headers": ["name", "value"], "rows": [["z", 3]]}, "the example's"

    field.get_by_label("value, row 1").fill("4.5e1")
    reader.page.keyboard.press("Enter")
    expect(field.get_by_label("value, row 2")).to_be_focused()
    reader.page.keyboard.type("7")
    reader.page.keyboard.press("Shift+Tab")
    reader.page.keyboard.type("é")
    reader.page.keyboard.press("ArrowUp")
    expect(field.get_by_label("name, row 1")).to_be_focused()
    assert reader.got("table")["rows"] == [["z", 45], ["é", 7]]

    field.get_by_role("button", name="Add a row").press("Enter")
    expect(field.get_by_label("name, row 3")).to_be_focused()
    field.get_by_role("button", name="Remove the last row").press("Enter")
    field.get_by_role("button", name="Remove the last row").press("Enter")
    assert reader.got("table")["rows"] == [["z", 45]]


def test_a_table_takes_what_a_spreadsheet_puts_on_the_clipboard(reader):
    cell = reader.field("A table").get_by_label("value, row 1")
    cell.evaluate(PASTE_TEXT, "1\tbeyond\r\n2.5\r\nwords\r\n")
    assert reader.got("table")["rows"] == [["z", 1], [None, 2.5], [None, "words"]]

    reader.field("Rows").get_by_label("a, row 1").evaluate(PASTE_TEXT, "1\n2\n")
    assert reader.got("rows") == [[1], [2]]
    reader.field("Rows").get_by_label("a, row 1").evaluate(PASTE_TEXT, "1\n" * 1200)
    expect(reader.field("Rows").get_by_role("alert")).to_have_text("No more than 1000 rows can be entered here.")
    assert len(reader.got("rows")) == 1000


def copied(page: Page, demo) -> tuple[str, str]:
    """What Copy link says, and the link."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    demo.get_by_role("button", name="Copy link").click()
    told = demo.locator(".pc-tools > span[role=status]")
    expect(told).to_contain_text("The link is copied")
    return told.inner_text(), page.evaluate("navigator.clipboard.readText()")


def test_a_link_leaves_out_what_is_too_large_and_says_so(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        demo.get_by_role("button", name="Words").click()
        expect(page.get_by_label("A line")).to_have_value("two")
        page.get_by_label("A line").fill("kept")
        large = {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * 9000}
        page.get_by_role("group", name="A file").locator("input[type=file]").set_input_files(large)

        told, link = copied(page, demo)

        assert told == "The link is copied, without A file: too large for a link."
        page.goto("about:blank")
        demo = open_demo(page, link)
        expect(demo.locator(".pc-answer-heading")).to_contain_text("Filled in from a link")
        expect(page.get_by_label("A line")).to_have_value("kept")


def test_a_link_without_room_for_anything_is_the_pages_own(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inputs/")
        expect(demo.locator(".pc-answer-heading")).to_contain_text("Recorded answer")
        for label in ("A line", "Several lines", "Folded away"):
            page.get_by_label(label).evaluate("(box) => (box.value = 'x'.repeat(1900))")

        told, link = copied(page, demo)

        assert told.startswith("The link is copied, without A line, Several lines, A number, ")
        assert link == page.url


@pytest.mark.parametrize(
    ("field", "button", "words"),
    [
        ("A photo", "Use the camera", "The camera cannot be used: "),
        ("Samples", "Record", "The microphone cannot be used: "),
    ],
)
def test_a_camera_or_microphone_that_is_refused_says_so_and_can_be_asked_again(
    refusing_browser, types_site, field, button, words
):
    with serving(types_site) as web, refusing_browser.new_context() as context:
        page = context.new_page()
        demo = open_demo(page, web.url + "inputs/")
        place = demo.locator(".pc-field", has=page.get_by_text(field, exact=True))

        place.get_by_role("button", name=button).click()

        expect(place.get_by_role("alert")).to_contain_text(words)
        expect(place.get_by_role("button", name=button)).to_be_enabled()


def test_an_example_fills_every_field_and_defaults_the_rest(reader):
    reader.demo.get_by_role("button", name="Words").click()
    expect(reader.page.get_by_label("A line")).to_have_value("two")
    recorded = json.loads(reader.demo.locator(".pc-json").inner_text())

    reader.got("line")
    answered = json.loads(reader.demo.locator(".pc-json").inner_text())
    assert {**answered, "count": 0} == {**recorded, "count": 0}


def test_a_form_that_is_inferred_from_annotations_and_defaults(page, types_site):
    with serving(types_site) as web:
        demo = open_demo(page, web.url + "inferred/")
        page.get_by_label("word").fill("hello")
        expect(page.get_by_label("count")).to_have_value("3")
        expect(page.get_by_label("share")).to_have_value("0.5")
        expect(page.get_by_label("sure")).to_be_checked()
        expect(page.get_by_label("b", exact=True)).to_be_checked()
        expect(page.get_by_role("group", name="place").locator("input[type=file]")).to_be_visible()

        page.get_by_role("button", name="Run").click()
        assert wait_for_state(page, "done", "failed") == "done"

        expect(demo.locator(".pc-text")).to_have_text("hello 4 0.25 True b None")
        expect(demo.locator(".pc-label-name")).to_have_text(["yes", "no"])


@pytest.mark.parametrize("late", ["sound.mjs", "camera.mjs", "red.png"])
def test_the_form_comes_when_nothing_in_it_will_move_and_a_file_takes_no_second(page, types_site, late):
    """A button that moves while it is pressed is not pressed."""
    held = threading.Event()
    with serving(types_site, held={late: held}) as web:
        page.clock.install(time=0)
        page.clock.pause_at(1000)
        page.goto(web.url + "inputs/")
        page.wait_for_function("Boolean(customElements.get('paper-demo'))")
        with page.expect_request(f"**/{late}"):
            page.clock.run_for(100)
        expect(page.locator(".pc-demo-static")).to_have_count(1)

        if late == "red.png":
            page.clock.run_for(1000)
        else:
            held.set()

        expect(page.locator(".pc-demo-static")).to_have_count(0)
        expect(page.get_by_role("button", name="Run")).to_be_visible()
