"""The demo as a reader meets it: run, run again, stop, fail, leave and come back."""

import re

import pytest
from building import SITE_URL
from playwright.sync_api import Page, expect
from reader import open_demo, wait_for_state
from web_server import serving


def order(page: Page, text: str) -> None:
    page.get_by_label("Order").fill(text)
    page.get_by_role("button", name="Run").click()


def demo_workers(page: Page) -> list[str]:
    """The workers of the demo (Material's search has one, too)."""
    return [worker.url for worker in page.workers if "search" not in worker.url]


def run_once(page: Page, url: str):
    element = open_demo(page, url)
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"
    return element


def test_before_the_click_a_recorded_answer_is_there_and_no_byte_of_the_runtime(page, demo):
    element = open_demo(page, demo.url + "obedience/")

    expect(element.locator(".pc-label li").first).to_have_text(re.compile("b.*75.0 %"))
    expect(element).to_contain_text("Recorded answer")
    expect(page.get_by_role("button", name="Run")).to_have_text(re.compile(r"downloads up to \d+ MB"))
    page.wait_for_load_state("networkidle")
    assert not [path for path in demo.requests if "pyodide" in path or path.endswith((".py", "worker.mjs"))]


def test_without_script_the_recorded_answer_is_on_the_page(browser, demo):
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(demo.url + "obedience/")

        expect(page.locator("paper-demo .pc-label li").first).to_have_text(re.compile("b.*75"))
        expect(page.locator("paper-demo")).to_contain_text("this page needs JavaScript and a web server")


def test_opened_from_a_file_the_page_says_what_it_needs(page, demo_site):
    page.goto((demo_site / "obedience/index.html").as_uri())

    expect(page.locator("paper-demo")).to_contain_text("browsers start no Python from files")


def test_a_run_goes_through_its_states_and_a_second_run_takes_milliseconds(page, demo):
    element = open_demo(page, demo.url + "obedience/")
    page.evaluate(
        """() => {
            window.states = [];
            const demo = document.querySelector("paper-demo");
            new MutationObserver(() => window.states.push([demo.dataset.state, demo.textContent])).observe(
                demo, { attributes: true, attributeFilter: ["data-state"], subtree: true, childList: true });
        }"""
    )
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"

    seen = page.evaluate("window.states")
    assert list(dict.fromkeys(state for state, _ in seen)) == ["downloading", "starting", "running", "done"]
    progress = [text for state, text in seen if state == "downloading"]
    assert any(re.search(r"Downloading\S+, [\d.]+ [kM]B of \d+ MB", text) for text in progress)

    page.evaluate("window.states.length = 0")
    order(page, "another")
    expect(element.locator(".pc-label-name")).to_have_text(["another"])
    assert "downloading" not in dict(page.evaluate("window.states"))
    assert re.search(r"Answer, \d+ ms", element.inner_text())


def test_a_demo_is_served_from_its_own_site_alone(page, demo):
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))

    run_once(page, demo.url + "obedience/")

    foreign = [url for url in asked if not url.startswith((demo.url, "data:", "blob:"))]
    assert foreign == []
    assert demo.requested("pyodide.asm.wasm")


def test_no_file_is_downloaded_twice_in_a_visit(page, demo):
    run_once(page, demo.url + "obedience/")

    fetched = [path for path in demo.requests if "/pyodide-" in path or "/files/" in path]
    assert sorted(fetched) == sorted(set(fetched))


@pytest.mark.parametrize("cors", [True, False])
def test_it_runs_whether_or_not_the_server_lets_other_origins_read(page, demo_site, cors):
    with serving(demo_site, cors=cors) as web:
        run_once(page, web.url + "obedience/")
        workers = demo_workers(page)

    assert [url.partition(":")[0] for url in workers] == ["data" if cors else "blob"]


@pytest.mark.parametrize("cors", [True, False])
def test_what_a_reader_types_cannot_be_sent_anywhere(page, demo_site, cors):
    """The worker's policy holds for whatever Python does, on servers of both kinds."""
    with serving(demo_site, cors=cors) as web, serving(demo_site) as elsewhere:
        element = run_once(page, web.url + "obedience/")
        order(page, f"send to {elsewhere.url}secret")
        ways = element.locator(".pc-answer .pc-label li")
        expect(ways).to_have_count(6)

        assert [way for way in ways.all_text_contents() if "0.0 %" not in way] == []
        assert elsewhere.requests == []
        assert page.context.cookies() == []


def test_an_exception_is_shown_with_its_traceback_and_the_demo_stays_usable(page, demo):
    element = run_once(page, demo.url + "obedience/")

    order(page, "fail")
    wait_for_state(page, "failed")

    expect(element.locator(".pc-problem:visible")).to_have_text("asked to fail")
    expect(element.locator(".pc-traceback")).to_contain_text(re.compile(r'demo/app\.py", line \d+, in predict'))
    expect(element.locator(".pc-traceback")).not_to_contain_text("bridge")
    order(page, "again")
    expect(element.locator(".pc-label-name")).to_have_text(["again"])


def test_an_endless_loop_is_stopped_at_once_and_the_next_run_works(page, demo):
    element = run_once(page, demo.url + "obedience/")
    order(page, "loop")
    wait_for_state(page, "running")

    with page.workers[-1].expect_event("close"):
        page.get_by_role("button", name="Stop").click()

    assert element.get_attribute("data-state") == "stopped"
    assert demo_workers(page) == []
    order(page, "after")
    expect(element.locator(".pc-label-name")).to_have_text(["after"])


@pytest.mark.parametrize("end", ["pyodide.asm.wasm", "worker.mjs", "app.py"])
def test_stop_works_while_files_are_on_their_way(page, demo, end):
    import threading

    element = open_demo(page, demo.url + "obedience/")
    demo.held[end] = threading.Event()
    page.get_by_role("button", name="Run").click()
    wait_for_state(page, "downloading")

    page.get_by_role("button", name="Stop").click()

    assert element.get_attribute("data-state") == "stopped"
    demo.held.pop(end).set()
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"


def shortened(data: bytes) -> bytes:
    return data[: len(data) // 2]


def altered(data: bytes) -> bytes:
    return data[:-10] + bytes([data[-10] ^ 1]) + data[-9:]


def lengthened(data: bytes) -> bytes:
    return data + b" "


FILES = (
    "pyodide.mjs",
    "pyodide.asm.mjs",
    "pyodide.asm.wasm",
    "python_stdlib.zip",
    "pyodide-lock.json",
    "function.py",
    "app.py",
)
MISSING = (lambda _: None, "is missing on this site (HTTP 404)")
ALTERED = (altered, "its sha256 is not the locked one")


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        *((file, *MISSING) for file in ("pyodide.asm.mjs", "python_stdlib.zip", "app.py")),
        *((file, *ALTERED) for file in FILES),
        *((file, shortened, "is cut short") for file in ("pyodide.asm.wasm", "app.py")),
        *((file, lengthened, "it is longer than the locked file") for file in ("pyodide.asm.wasm", "app.py")),
    ],
)
def test_a_file_that_is_not_what_was_locked_is_named_within_seconds(page, demo, file, change, words):
    demo.changes[file] = change
    element = open_demo(page, demo.url + "obedience/")
    page.set_default_timeout(30_000)

    page.get_by_role("button", name="Run").click()
    wait_for_state(page, "failed")

    expect(element.locator(".pc-problem:visible")).to_have_text(re.compile(f"{re.escape(file)}.*{re.escape(words)}"))


@pytest.mark.parametrize("file", ["pyodide.asm.mjs", "pyodide.asm.wasm", "app.py"])
@pytest.mark.parametrize("change", [lambda _: None, altered], ids=["missing", "altered"])
def test_after_a_broken_file_has_been_put_right_the_next_run_works(page, demo, file, change):
    """Even where the browser has kept the broken one: a file that failed is asked for anew."""
    demo.changes[file] = change
    open_demo(page, demo.url + "obedience/")
    page.get_by_role("button", name="Run").click()
    wait_for_state(page, "failed")

    demo.changes.clear()
    page.get_by_role("button", name="Run").click()

    wait_for_state(page, "downloading", "starting", "running", "done")
    assert wait_for_state(page, "done", "failed") == "done"


def test_instant_navigation_ends_the_worker_and_coming_back_works(page, demo):
    # Material navigates instantly to what the sitemap lists, which holds the site's address, not this server's.
    demo.changes["sitemap.xml"] = lambda data: data.replace(SITE_URL.encode(), demo.url.encode())
    run_once(page, demo.url + "obedience/")
    assert len(demo_workers(page)) == 1
    page.evaluate("window.stayed = true")

    with page.workers[-1].expect_event("close"):
        page.locator("nav a", has_text="Lab").first.click()
    page.wait_for_url(demo.url)
    page.locator("paper-demo").wait_for(state="detached")

    assert page.evaluate("window.stayed"), "the page was loaded anew: this was no instant navigation"
    assert demo_workers(page) == []
    page.go_back()
    page.locator("paper-demo form").wait_for()
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit", "the function called sys.exit(3)"),
        ("object", "output answer (label): expected a dict of label to confidence"),
        ("allocate", "MemoryError"),
    ],
)
def test_what_a_function_may_do_wrong_ends_in_a_message_and_a_usable_demo(page, demo, text, words):
    element = run_once(page, demo.url + "obedience/")

    order(page, text)
    wait_for_state(page, "failed")

    expect(element.locator(".pc-problem:visible")).to_contain_text(words)
    order(page, "fine")
    expect(element.locator(".pc-label-name")).to_have_text(["fine"])


def test_a_hundred_megabytes_of_print_are_cut(page, demo):
    element = run_once(page, demo.url + "obedience/")

    order(page, "print")
    expect(element.locator(".pc-label-name")).to_have_text(["printed"])

    assert len(element.locator(".pc-printed").text_content()) < 100_000


def test_an_example_fills_the_form_and_shows_its_recorded_answer(page, demo):
    element = open_demo(page, demo.url + "obedience/")

    page.get_by_role("button", name="The second").click()

    expect(page.get_by_label("Order")).to_have_value("second")
    expect(element.locator(".pc-label-name")).to_have_text(["second"])
    expect(element).to_contain_text("Recorded answer")
