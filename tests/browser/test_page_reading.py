"""The page as readers meet it: on screens of all sizes, in light and dark, with and without script."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from accessibility import axe_findings
from paper_companion.evidence.model import Evidence, Observation, Outcome, Rung, evidence_path, write_evidence
from paper_companion.evidence.subjects import subjects
from paper_companion.paper.reader import read_paper
from web_server import serving

LAB = Path(__file__).parents[2] / "examples/lab"
PAPER = "docs/papers/leafgrade/paper.yml"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The lab's site, with one look at one paper's code on a day in November 2026."""
    project = tmp_path_factory.mktemp("lab")
    shutil.copytree(LAB, project, dirs_exist_ok=True, ignore=shutil.ignore_patterns("site"))
    paper_file = read_paper(project / PAPER)
    (code,) = [subject for subject in subjects(paper_file.paper) if subject.name == "code.repo"]
    look = Observation(code.name, code.kind, Rung.LINKED, Outcome.OK, code.target, date(2026, 11, 1))
    write_evidence(evidence_path(project / PAPER), Evidence((look,)))
    command = [sys.executable, "-m", "mkdocs", "build", "-q", "--strict"]
    subprocess.run(command, cwd=project, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, check=True, timeout=120)
    with serving(project / "site") as web:
        # Material navigates instantly to what the sitemap lists, which holds the site's address, not this server's.
        web.changes["sitemap.xml"] = lambda data: data.replace(b"https://example.org/lab/", web.url.encode())
        yield web.url


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", ["papers/", "papers/leafgrade/", "papers/orchard-count/"])
def test_axe_objects_to_nothing_of_ours_and_nothing_sticks_out(page, lab, path, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(lab + path)
    page.wait_for_function("Boolean(customElements.get('pc-badges'))")

    assert axe_findings(page, "[class^='pc-']") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(
    ("today", "state"), [("2026-11-30", "linked"), ("2026-12-01", "linked"), ("2026-12-02", "stale")]
)
def test_a_badge_turns_stale_on_the_readers_screen_when_nobody_looks_any_more(page, lab, today, state):
    page.clock.set_fixed_time(f"{today}T12:00:00Z")
    page.goto(lab + "papers/leafgrade/")

    page.wait_for_selector(f".pc-badge[data-fresh-until='2026-12-01'][data-state='{state}']")

    assert page.inner_text(".pc-badge[data-fresh-until] b") == state


@pytest.mark.parametrize("instant", [False, True], ids=["loaded", "without a reload"])
def test_the_list_is_filtered_for_the_badges_that_the_reader_sees(page, lab, instant):
    page.clock.set_fixed_time("2027-01-01T12:00:00Z")
    if instant:
        with page.expect_response("**/sitemap.xml"):
            page.goto(lab)
        page.click("article >> text=See the papers")
        page.locator("[name=badge]").select_option("stale")
    else:
        page.goto(lab + "papers/?badge=stale")
    page.wait_for_selector(".pc-papers > li[hidden]", state="attached")

    assert titles(page) == ["LeafGrade: compact leaf-shape grading from silhouettes"]
    page.locator("[name=badge]").select_option("linked")
    assert titles(page) == []


def test_a_hash_is_copied_whole_with_one_press(page, lab):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(lab + "papers/leafgrade/")

    page.click("pc-copy button")
    page.wait_for_function("document.querySelector('pc-copy button').textContent === 'Copied'")

    assert page.evaluate("navigator.clipboard.readText()") == page.get_attribute("pc-copy", "data-text")


def test_a_tab_shows_its_own_command(page, lab):
    page.goto(lab + "papers/leafgrade/")

    page.click(".pc-weights label:has-text('Hugging Face CLI')")

    assert page.is_visible(".pc-weights code:has-text('hf download')")
    assert not page.is_visible(".pc-weights code:has-text('curl')")


def titles(page):
    return page.locator(".pc-papers li:visible .pc-paper-title").all_inner_texts()


def test_search_filters_and_sorting_narrow_the_list_of_papers(page, lab):
    page.goto(lab + "papers/")
    page.wait_for_selector(".pc-filters")
    assert len(titles(page)) == 6

    page.fill(".pc-filters [type=search]", "root drillings")
    assert titles(page) == ["Root maps from two drillings"]

    page.fill(".pc-filters [type=search]", "")
    page.select_option("[name=access]", "withheld")
    assert titles(page) == ["Counting apples before they fall"]
    assert page.inner_text(".pc-count span") == "1"

    page.select_option("[name=access]", "")
    page.select_option("[name=sort]", "oldest")
    assert titles(page)[0] == "Root maps from two drillings"


def test_without_script_the_list_is_whole_and_every_link_is_there(browser, lab):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(lab + "papers/")

    assert len(titles(page)) == 6
    page.click("text=Root maps from two drillings")
    assert page.inner_text("h1") == "Root maps from two drillings"
    context.close()


def test_going_from_page_to_page_without_a_reload_keeps_everything_working(page, lab):
    page.clock.set_fixed_time("2027-01-01T12:00:00Z")
    with page.expect_response("**/sitemap.xml"):
        page.goto(lab)
    page.evaluate("window.stayed = true")

    page.click("article >> text=See the papers")
    page.wait_for_selector(".pc-filters")
    page.click("article >> text=LeafGrade: compact")
    page.wait_for_selector(".pc-header .pc-badge[data-state='stale']")

    assert page.evaluate("window.stayed") is True
