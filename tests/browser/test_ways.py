"""The ways of trying one demo: chosen by what the device can do, told, and switchable."""

import re

import pytest
from accessibility import axe_findings
from demo_project import PAPER, demo_project
from hosted_site import CONFIG, contacts, soon
from interfaces import failing_hosts
from playwright.sync_api import BrowserContext, Page, expect
from web_server import serving

ABLE = "Object.defineProperty(navigator, 'deviceMemory', {value: 8});"
DEVICES = {
    "able": ABLE,
    "without WebAssembly": f"{ABLE} delete globalThis.WebAssembly;",
    "with little memory": "Object.defineProperty(navigator, 'deviceMemory', {value: 1});",
    "saving data": f"{ABLE} Object.defineProperty(navigator, 'connection', {{value: {{saveData: true}}}});",
    "that does not tell": "Object.defineProperty(navigator, 'deviceMemory', {value: undefined});",
}


@pytest.fixture(scope="module")
def hosts():
    with failing_hosts() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def site(tmp_path_factory, hosts):
    paper = f"{PAPER}  fallback: {{kind: iframe, url: '{hosts.url}plain', title: Obedience elsewhere}}\n"
    return demo_project(tmp_path_factory.mktemp("ways"), paper=paper, config=CONFIG)


@pytest.fixture
def web(site):
    with serving(site, changes=soon(300)) as web:
        yield web


def open_on(context: BrowserContext, url: str, device: str) -> Page:
    context.add_init_script(DEVICES[device])
    page = context.new_page()
    page.goto(url + "obedience/")
    page.wait_for_selector("paper-ways[data-chosen]")
    return page


@pytest.mark.parametrize(
    ("device", "way", "why"),
    [
        ("able", "browser", ""),
        ("that does not tell", "browser", ""),
        ("without WebAssembly", "hosted", "no WebAssembly"),
        ("with little memory", "hosted", "little memory (1 GB)"),
        ("saving data", "recorded", "told to save data"),
    ],
)
def test_the_first_way_is_one_that_the_device_can_take_and_says_why(browser, web, device, way, why):
    with browser.new_context() as context:
        page = open_on(context, web.url, device)

        assert page.locator("paper-ways").get_attribute("data-chosen") == way
        labels = {"recorded": "Recorded answers", "browser": "In this browser", "hosted": "On 127.0.0.1"}
        expect(page.get_by_role("group", name="Ways to try it").get_by_role("radio", name=labels[way])).to_be_checked()
        expect(page.locator("paper-ways > [role=status]")).to_have_text(re.compile(re.escape(why) or "^$"))
        expect(page.locator("paper-demo")).to_be_visible(visible=way != "hosted")
        expect(page.locator("paper-hosted")).to_be_visible(visible=way == "hosted")


def test_what_the_device_cannot_do_cannot_be_chosen_and_the_rest_can(browser, web):
    with browser.new_context() as context:
        page = open_on(context, web.url, "without WebAssembly")

        expect(page.get_by_role("radio", name="In this browser")).to_be_disabled()
        page.get_by_role("radio", name="Recorded answers").check()
        expect(page.locator("paper-demo .pc-label li").first).to_have_text(re.compile("b.*75.0 %"))


def test_recorded_answers_can_be_looked_at_and_not_run(browser, web):
    with browser.new_context() as context:
        page = open_on(context, web.url, "saving data")

        expect(page.get_by_label("Order")).to_be_disabled()
        expect(page.get_by_role("button", name="Run")).to_be_hidden()
        page.get_by_role("button", name="The second").click()
        expect(page.locator("paper-demo .pc-label li").first).to_have_text(re.compile("second"))
        page.wait_for_load_state("networkidle")
        assert not [path for path in web.requests if "pyodide" in path]

        page.get_by_role("radio", name="In this browser").check()
        expect(page.get_by_label("Order")).to_be_enabled()
        page.get_by_role("button", name="Run").click()
        page.wait_for_selector("paper-demo:is([data-state=done], [data-state=failed])")
        assert page.locator("paper-demo").get_attribute("data-state") == "done"


def test_no_way_contacts_the_host_until_it_is_chosen_and_its_button_pressed(browser, web, hosts):
    with browser.new_context() as context:
        page = open_on(context, web.url, "with little memory")
        asked = contacts(page, hosts.url)
        page.reload()
        page.wait_for_selector("paper-ways[data-chosen=hosted]")
        page.wait_for_load_state("networkidle")
        assert asked == []

        page.get_by_role("button", name=re.compile("Load it from")).click()
        page.wait_for_selector("paper-hosted[data-state=silent]")
        assert asked


def test_where_the_host_is_silent_the_other_ways_are_one_press_away(browser, web):
    with browser.new_context() as context:
        page = open_on(context, web.url, "with little memory")
        page.get_by_role("button", name=re.compile("Load it from")).click()
        page.wait_for_selector("paper-hosted[data-state=silent]")

        page.locator(".pc-notice").get_by_role("button", name="Recorded answers").press("Enter")

        expect(page.locator("paper-demo")).to_be_visible()
        expect(page.locator("paper-hosted")).to_be_hidden()
        expect(page.get_by_role("radio", name="Recorded answers")).to_be_focused()


def test_the_keyboard_alone_takes_another_way(browser, web):
    with browser.new_context() as context:
        page = open_on(context, web.url, "able")
        page.get_by_role("radio", name="In this browser").focus()
        page.keyboard.press("ArrowDown")

        expect(page.get_by_role("radio", name="On 127.0.0.1")).to_be_focused()
        expect(page.locator("paper-hosted")).to_be_visible()
        page.keyboard.press("Tab")
        assert "Load it from" in page.evaluate("document.activeElement.textContent")


@pytest.mark.parametrize("device", ["able", "with little memory"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(browser, web, device, width):
    with browser.new_context(viewport={"width": width, "height": 800}) as context:
        page = open_on(context, web.url, device)
        found = axe_findings(page, "paper-ways")
        page.get_by_title("Dark", exact=True).click()
        found += axe_findings(page, "paper-ways")

        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_both_ways_are_there(browser, web, hosts):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(web.url + "obedience/")

        expect(page.locator("paper-demo .pc-label li").first).to_be_visible()
        expect(page.locator("paper-hosted").get_by_role("link")).to_have_attribute("href", hosts.url + "plain")
