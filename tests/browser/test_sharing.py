"""Sharing: a link that holds the inputs, and a problem report that the reader sends."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from demo_project import PAPER, demo_project
from playwright.sync_api import expect
from reader import open_demo
from web_server import serving


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    paper = f"{PAPER}code: {{repo: https://github.com/example-lab/obedience}}\n"
    return demo_project(tmp_path_factory.mktemp("shared"), paper=paper)


@pytest.fixture
def web(site):
    with serving(site) as web:
        yield web


@pytest.fixture
def without_instant(page):
    """As in a theme that does not follow links by itself."""
    page.route("**/javascripts/bundle.*", lambda route: route.abort())


def copied_link(page, web) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    element = open_demo(page, web.url + "obedience/")
    page.get_by_label("Order").fill("ünïcode & <order>")
    element.get_by_role("button", name="Copy link").click()
    expect(element).to_contain_text("The link is copied. It holds what you entered.")
    return page.evaluate("navigator.clipboard.readText()")


def test_a_link_fills_in_the_form_of_who_opens_it(page, web):
    link = copied_link(page, web)
    page.goto("about:blank")

    element = open_demo(page, link)

    expect(page.get_by_label("Order")).to_have_value("ünïcode & <order>")
    expect(element.locator(".pc-answer-heading")).to_have_text("Filled in from a link: press Run.")
    assert not web.requested("pyodide.asm.wasm")


def test_a_link_that_is_opened_on_its_own_page_fills_in_the_form_there(page, web, without_instant):
    link = copied_link(page, web)
    page.get_by_label("Order").fill("something else")

    page.evaluate("(hash) => (location.hash = hash)", urlsplit(link).fragment)

    expect(page.get_by_label("Order")).to_have_value("ünïcode & <order>")


def test_a_link_is_for_one_of_several_demos_on_a_page(page, web, without_instant):
    link = copied_link(page, web)
    page.evaluate("""() => {
        const first = document.querySelector("paper-demo"), second = document.createElement("paper-demo");
        second.dataset.demo = JSON.stringify({ ...JSON.parse(first.dataset.demo), lock: "another" });
        second.innerHTML = '<div class="pc-demo-static"></div>';
        first.after(second);
    }""")
    orders = page.get_by_label("Order")
    expect(orders).to_have_count(2)
    expect(orders.last).to_have_value("rank")
    orders.first.fill("something else")

    page.evaluate("(hash) => (location.hash = hash)", urlsplit(link).fragment)

    expect(orders.first).to_have_value("ünïcode & <order>")
    expect(orders.last).to_have_value("rank")


def test_a_link_from_before_a_change_says_so(page, web):
    link = copied_link(page, web)
    web.changes["obedience/"] = lambda data: re.sub(rb"(&#34;lock&#34;: &#34;).{4}", rb"\g<1>0000", data)
    page.context.clear_cookies()
    page.goto("about:blank")

    element = open_demo(page, link.replace("/obedience/", "/obedience/?again"))

    expect(element.locator(".pc-answer-heading")).to_contain_text("The demo has changed since the link was made")
    expect(page.get_by_label("Order")).to_have_value("ünïcode & <order>")


@pytest.mark.parametrize(
    "fragment",
    [
        "#pc-demo=",
        "#pc-demo=%%%",
        "#pc-demo=bm9uc2Vuc2U",
        "#pc-demo=e30",
        "#pc-demo=eyJsb2NrIjoieCIsInZhbHVlcyI6bnVsbH0",
    ],
    ids=["empty", "no base64", "no JSON", "no values", "null for values"],
)
def test_a_link_that_makes_no_sense_is_passed_over(page, web, fragment):
    open_demo(page, f"{web.url}obedience/{fragment}")

    expect(page.get_by_label("Order")).to_have_value("rank")
    page.get_by_role("button", name="The second").click()
    expect(page.get_by_label("Order")).to_have_value("second")


def test_a_report_is_filled_in_and_sent_by_nobody_but_the_reader(page, web):
    asked = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.context.route("https://github.com/**", lambda route: route.fulfill(body="a form"))
    element = open_demo(page, web.url + "obedience/")
    assert not [url for url in asked if "github.com" in url]

    with page.context.expect_page() as opened:
        element.get_by_role("button", name="Report a problem").click()

    address = urlsplit(opened.value.url)
    assert (address.netloc, address.path) == ("github.com", "/example-lab/obedience/issues/new")
    query = parse_qs(address.query)
    assert query["title"] == ["Demo: Obedience in small functions"]
    body = query["body"][0]
    assert "#pc-demo=" in body
    assert "75.0 %" in body
    assert "lock " in body
    assert "Chrome" in body


def test_a_report_with_inputs_too_large_for_a_link_is_whole_all_the_same(page, web):
    page.context.route("https://github.com/**", lambda route: route.fulfill(body="a form"))
    element = open_demo(page, web.url + "obedience/")
    page.get_by_label("Order").fill("x" * 1900 * 3)

    with page.context.expect_page() as opened:
        element.get_by_role("button", name="Report a problem").click()

    body = parse_qs(urlsplit(opened.value.url).query)["body"][0]
    assert "lock " in body
    assert "Chrome" in body
    assert "75.0 %" in body
    assert body.endswith("The inputs are too large for a link: please describe them.") or "#pc-demo=" in body
    assert len(opened.value.url) < 8000
