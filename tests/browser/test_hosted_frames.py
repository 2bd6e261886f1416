"""Hosted interfaces in frames: real Gradio, real Streamlit, and hosts that fail in every way in which frames fail."""

import re

import pytest
from accessibility import axe_findings
from hosted_site import contacts, hosted_site, open_page, soon, wait_for
from interfaces import EDGES, failing_hosts, free_port, gradio_app, streamlit_app
from playwright.sync_api import Page, expect
from web_server import serving

LONG_MS, SHORT_MS = 60_000, 300


@pytest.fixture(scope="module")
def gradio():
    with gradio_app(EDGES / "app_gradio.py", free_port()) as url:
        yield url


@pytest.fixture(scope="module")
def streamlit():
    with streamlit_app(EDGES / "app_streamlit.py", free_port()) as url:
        yield url


@pytest.fixture(scope="module")
def hosts():
    with failing_hosts() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def site(tmp_path_factory, gradio, streamlit, hosts):
    names = ("forbids-framing", "forbids-ancestors", "missing", "busy", "plain", "held", "elsewhere")
    demos = {name: f"{{kind: iframe, url: {hosts.url}{name}}}" for name in names}
    demos |= {
        "gradio": f"{{kind: iframe, url: {gradio}, title: Edges, height: 400}}",
        "streamlit": f"{{kind: iframe, url: {streamlit}}}",
        "camera": f"{{kind: iframe, url: {hosts.url}plain, allow: [camera, microphone]}}",
        "sizer": f"{{kind: iframe, url: '{hosts.url}sizer?777,NaN,-5,1'}}",
        "large": f"{{kind: iframe, url: '{hosts.url}sizer?999999999'}}",
        "secure": "{kind: iframe, url: 'https://example.com/'}",
    }
    return hosted_site(tmp_path_factory.mktemp("frames"), demos)


@pytest.fixture
def web(site):
    """A site where hosts have all the time that a busy machine can need."""
    with serving(site, changes=soon(LONG_MS)) as web:
        yield web


@pytest.fixture
def hasty(site):
    """A site where hosts have no time."""
    with serving(site, changes=soon(SHORT_MS)) as web:
        yield web


def load(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Load it from")).click()


@pytest.mark.parametrize("name", ["gradio", "streamlit"])
def test_the_host_is_named_and_not_contacted_before_the_click(page, web, request, name):
    url = request.getfixturevalue(name)
    asked = contacts(page, url)
    element = open_page(page, f"{web.url}{name}/")
    page.wait_for_load_state("networkidle")

    expect(element).to_contain_text(f"served by {url.split('/')[2]}, not by this site")
    expect(element).to_contain_text("is not contacted before you press the button")
    assert asked == []

    load(page)
    assert wait_for(page, "ready", "silent", "failed") == "ready"
    assert asked


def test_a_real_gradio_answers_in_a_frame_as_high_as_it_asks_to_be(page, web):
    element = open_page(page, web.url + "gradio/")
    load(page)
    assert wait_for(page, "ready", "silent") == "ready"

    expect(element.get_by_role("status")).to_have_text(re.compile("has answered"))
    frame = page.frame_locator("paper-hosted iframe")
    expect(frame.get_by_role("button", name="Submit")).to_be_visible()
    page.wait_for_function("parseFloat(document.querySelector('.pc-frame').style.blockSize) > 400")
    frame.get_by_role("button", name="Submit").click()
    expect(frame.get_by_text("Choose a picture first.")).to_be_visible()


def test_a_real_streamlit_answers_in_a_frame_as_high_as_it_asks_to_be(page, web):
    open_page(page, web.url + "streamlit/")
    load(page)
    assert wait_for(page, "ready", "silent") == "ready"

    frame = page.frame_locator("paper-hosted iframe")
    expect(frame.get_by_text("of the pixels are edges")).to_be_visible()
    # All of it can be seen without scrolling inside.
    page.wait_for_function("parseFloat(document.querySelector('.pc-frame').style.blockSize) !== 600")


def test_the_frame_is_sandboxed_and_says_what_it_is(page, web):
    element = open_page(page, web.url + "gradio/")
    load(page)

    frame = element.locator("iframe")
    sandbox = "scripts same-origin forms popups popups-to-escape-sandbox downloads modals"
    assert set(frame.get_attribute("sandbox").split()) == {f"allow-{word}" for word in sandbox.split()}
    expect(frame).to_have_attribute("referrerpolicy", "strict-origin-when-cross-origin")
    expect(frame).to_have_attribute("title", "Edges")
    expect(frame).to_have_attribute("allow", "fullscreen; clipboard-write")


def test_camera_and_microphone_only_where_they_are_declared(page, web):
    element = open_page(page, web.url + "camera/")
    load(page)

    expect(element.locator("iframe")).to_have_attribute("allow", "fullscreen; clipboard-write; camera; microphone")


def test_gradio_and_streamlit_take_the_scheme_that_the_site_has_when_they_load(page, web):
    for name, is_dark in {
        "gradio": "document.body.classList.contains('dark')",
        "streamlit": "getComputedStyle(document.querySelector('.stApp')).backgroundColor !== 'rgb(255, 255, 255)'",
    }.items():
        page.goto(web.url)
        page.evaluate("localStorage.clear()")
        element = open_page(page, f"{web.url}{name}/")
        load(page)
        wait_for(page, "ready")
        frame = element.locator("iframe").element_handle().content_frame()
        frame.wait_for_selector("button")
        assert frame.evaluate(is_dark) is False

        page.get_by_title("Dark", exact=True).click()
        page.get_by_role("button", name="Load again").click()
        wait_for(page, "ready")
        frame = element.locator("iframe").element_handle().content_frame()
        frame.wait_for_selector("button")
        frame.wait_for_function(is_dark)


@pytest.mark.parametrize("name", ["forbids-framing", "forbids-ancestors", "missing", "busy", "plain"])
def test_a_frame_that_shows_nothing_of_use_is_told_from_an_answer(page, hasty, name):
    element = open_page(page, f"{hasty.url}{name}/")
    load(page)
    assert wait_for(page, "ready", "silent", "failed") == "silent"

    expect(element.get_by_role("status")).to_have_text(re.compile("No answer from .* within 0.3 s"))
    expect(element.locator(".pc-notice")).to_contain_text("may not allow other pages to show it")
    link = element.locator(".pc-notice").get_by_role("link", name=re.compile("in a new tab"))
    expect(link).to_have_attribute("href", re.compile(name))
    expect(link).to_have_attribute("rel", "noopener")


def test_a_host_that_wakes_up_late_is_still_welcome(page, hasty, hosts):
    hosts.release.clear()
    element = open_page(page, hasty.url + "held/")
    load(page)
    assert wait_for(page, "ready", "silent") == "silent"
    expect(element.locator(".pc-notice")).to_contain_text("It may be asleep or busy")

    hosts.release.set()

    assert wait_for(page, "ready", "failed") == "ready"
    expect(element.locator(".pc-notice")).to_be_empty()


def test_a_frame_that_was_led_to_another_origin_is_not_believed(page, hasty):
    element = open_page(page, hasty.url + "elsewhere/")
    load(page)

    assert wait_for(page, "ready", "silent") == "silent"
    expect(element.locator("iframe")).to_have_attribute("style", re.compile("block-size: 600px"))


def test_other_windows_cannot_speak_for_the_frame(page, hasty, hosts):
    element = open_page(page, hasty.url + "plain/")
    load(page)
    page.evaluate(
        """url => {
            const frame = document.createElement("iframe");
            frame.src = url + "sizer?2000";
            document.body.append(frame);
            window.postMessage("[iFrameResizerChild]Ready", "*");
        }""",
        hosts.url,
    )

    assert wait_for(page, "ready", "silent") == "silent"
    expect(element.locator("iframe")).to_have_attribute("style", re.compile("block-size: 600px"))


def test_a_height_that_is_none_is_ignored_and_a_large_one_is_cut(page, web):
    open_page(page, web.url + "large/")
    load(page)
    wait_for(page, "ready")
    page.wait_for_selector("iframe[style*='3000px']")

    open_page(page, web.url + "sizer/")
    page.evaluate("window.heard = 0; addEventListener('message', ({data}) => (heard += data.includes?.(':300:size')))")
    load(page)
    page.wait_for_function("heard >= 4")
    expect(page.locator("paper-hosted iframe")).to_have_attribute("style", re.compile("777px"))


def test_what_the_author_wrote_into_the_address_stays(page, web, hosts):
    hosts.requests.clear()
    open_page(page, web.url + "sizer/")
    load(page)
    wait_for(page, "ready")

    assert "/sizer?777,NaN,-5,1&__theme=light&embed=true&embed_options=light_theme" in hosts.requests


def test_a_policy_that_forbids_the_frame_is_named_at_once(page, site):
    policy = b"<head><meta http-equiv=Content-Security-Policy content=\"frame-src 'self'\">"
    changes = {"/": lambda html: soon(LONG_MS)["/"](html).replace(b"<head>", policy)}
    with serving(site, changes=changes) as web:
        element = open_page(page, web.url + "plain/")
        load(page)

        assert wait_for(page, "ready", "silent", "failed") == "failed"
        expect(element.get_by_role("status")).to_have_text(re.compile("policy does not allow frames from 127"))


@pytest.mark.parametrize(
    ("address", "words"), [("/repo/", "its address is on this site"), ("http://example.com/", "is not secure")]
)
def test_an_address_of_the_site_itself_or_without_https_is_refused(page, site, address, words):
    with serving(site) as web:
        unwanted = web.url if address == "/repo/" else address
        web.changes["/"] = lambda html: html.replace(b"https://example.com/&#34;", unwanted.encode() + b"&#34;")
        element = open_page(page, web.url + "secure/")

        assert element.get_attribute("data-state") == "refused"
        expect(element.get_by_role("status")).to_contain_text(words)
        expect(element.get_by_role("button")).to_have_count(0)
        assert element.get_by_role("link").get_attribute("href") == unwanted


def test_the_keyboard_alone_loads_uses_and_closes_a_frame(page, web):
    element = open_page(page, web.url + "gradio/")
    page.get_by_role("button", name=re.compile("Load it from")).focus()
    page.keyboard.press("Enter")
    wait_for(page, "ready")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Edges"

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "IFRAME"

    element.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    expect(element.locator("iframe")).to_have_count(0)
    assert "Load it from" in page.evaluate("document.activeElement.textContent")


def test_a_host_has_fifteen_seconds(page, site):
    page.clock.install()
    with serving(site) as web:
        element = open_page(page, web.url + "plain/")
        load(page)
        page.clock.run_for(10_000)
        assert element.get_attribute("data-state") == "loading"

        page.clock.run_for(5_000)

        assert wait_for(page, "ready", "silent") == "silent"
        expect(element.get_by_role("status")).to_have_text(re.compile("within 15 s"))


def test_leaving_the_page_leaves_no_timer_and_no_frame(page, hasty):
    page.clock.install()
    open_page(page, hasty.url + "plain/")
    load(page)
    page.evaluate("window.gone = document.querySelector('paper-hosted'); gone.remove()")

    page.wait_for_function("gone.querySelector('iframe') === null")
    page.clock.run_for(2 * SHORT_MS)
    assert page.evaluate("gone.dataset.state") == "loading"


@pytest.mark.parametrize("scheme", ["default", "slate"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(page, hasty, scheme, width):
    page.set_viewport_size({"width": width, "height": 800})
    element = open_page(page, hasty.url + "plain/")
    if scheme == "slate":
        page.get_by_title("Dark", exact=True).click()
    found = axe_findings(page, "paper-hosted")
    load(page)
    wait_for(page, "silent")
    found += axe_findings(page, "paper-hosted")

    assert found == []
    assert element.evaluate("element => element.scrollWidth <= element.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_there_is_a_link(browser, web, gradio):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(web.url + "gradio/")

        expect(page.locator("paper-hosted").get_by_role("link")).to_have_attribute("href", gradio)
