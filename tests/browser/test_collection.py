"""The list of a group's papers: an address that says what was chosen, the keyboard, other languages, thousands."""

import re
import shutil
import statistics
import threading
from contextlib import contextmanager

import pytest
from accessibility import axe_findings
from building import mkdocs_build
from paper_companion.page.badges import Badge
from paper_companion.page.collection import Entry, collection_html
from paper_companion.page.place import Place
from paper_companion.site_file import web_files
from playwright.sync_api import expect
from reader import REPOSITORY
from web_server import serving

MANY = 5000
TYPED_MS = 100
"""From a key to its effect on the screen: what people do not feel as waiting."""
TYPE = """async (text) => {
  const search = document.querySelector("[name=find]"), waits = [];
  const ends = [...text].map((_, end) => end + 1);
  for (const end of [...ends, ...ends.toReversed().slice(1), 0]) {
    const start = performance.now();
    search.value = text.slice(0, end);
    search.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    waits.push(performance.now() - start);
  }
  return waits;
}"""

IN_ENGLISH = """(list) => {
  const texts = [...list.querySelectorAll("*")].flatMap((element) => [
    ...[...element.childNodes].filter((node) => node instanceof Text).map((node) => node.data),
    ...["aria-label", "placeholder", "title"].map((name) => element.getAttribute(name) ?? ""),
  ]);
  return texts.filter((text) => /[a-z]/i.test(text) && !text.includes("«"));
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab") / "lab"
    shutil.copytree(REPOSITORY / "examples/lab", folder, ignore=shutil.ignore_patterns("site"))
    built = mkdocs_build(folder, "--strict")
    assert built.code == 0, built.output
    return built.site


@pytest.fixture
def lab(site):
    with serving(site) as web:
        # Material navigates instantly to what the sitemap lists, which holds the site's address, not this server's.
        web.changes["sitemap.xml"] = lambda data: data.replace(b"https://example.org/lab/", web.url.encode())
        yield web.url


def shown(page):
    return page.locator(".pc-papers > li:visible .pc-paper-title")


def open_list(page, url):
    page.goto(url)
    page.wait_for_selector("pc-papers:defined")


def search_for(page, words):
    page.fill("[name=find]", words)
    page.locator("[name=find]").blur()


class _Other(dict):
    """Every text in the language of a country that does not exist."""

    def get(self, text, default=None):
        return f"«{text}»"


def one_of_many(number):
    kinds = ("Code", "Data", "Weights", "Result")
    return Entry(
        f"papers/{number}/",
        f"Paper {number}: {('leaf', 'root', 'bud')[number % 3]} grading from silhouettes",
        ("Josiah Carberry", "Ines Nowak"),
        f"Journal of Worked Examples {number % 40}(3)",
        f"{2000 + number % 25}-03-14",
        "It grades held-out leaves with 94.1 % accuracy.",
        ("open",),
        ("declared",),
        "none",
        tuple(Badge(kind.lower(), kind, "", "declared", 1, "", None, None, "", "") for kind in kinds),
    )


@contextmanager
def list_of(entries, folder, lang="en", **options):
    """A page with nothing but the list, on a server."""
    for file in web_files()[1]:
        (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
        (folder / file.path).write_bytes(file.content)
    html = collection_html(entries, Place(lambda path: path), **options)
    (folder / "index.html").write_text(f'<!doctype html><html lang="{lang}"><title>Lab</title>{html}</html>')
    with serving(folder) as web:
        yield web.url


def test_the_address_says_what_was_chosen_and_shows_it_to_whoever_opens_it(page, lab):
    open_list(page, lab + "papers/")
    search_for(page, "from")
    page.select_option("[name=sort]", "oldest")
    page.select_option("[name=access]", "open")
    expect(shown(page)).to_have_count(3)
    chosen = shown(page).all_inner_texts()

    assert re.search(r"papers/\?find=from&sort=oldest&access=open$", page.url)
    open_list(page, page.url)

    expect(shown(page)).to_have_text(chosen)
    expect(page.locator("[name=find]")).to_have_value("from")
    expect(page.locator("[name=sort]")).to_have_value("oldest")
    expect(page.locator(".pc-count output")).to_have_text("Papers: 3")


def test_the_back_button_takes_back_one_choice_at_a_time(page, lab):
    open_list(page, lab + "papers/")
    page.select_option("[name=access]", "withheld")
    expect(shown(page)).to_have_count(1)
    page.select_option("[name=access]", "")
    page.select_option("[name=sort]", "title")
    by_title = shown(page).all_inner_texts()
    assert by_title == sorted(by_title)

    page.go_back()
    expect(shown(page)).not_to_have_text(by_title)
    page.go_back()
    expect(shown(page)).to_have_count(1)
    page.go_back()
    expect(shown(page)).to_have_count(6)
    page.go_forward()
    expect(shown(page)).to_have_count(1)


def test_after_each_navigation_without_a_reload_the_list_answers_once(page, lab):
    page.add_init_script(
        "window.listening = 0; const { addEventListener: add, removeEventListener: remove } = window;"
        "window.addEventListener = (kind, ...rest) => ((listening += kind === 'popstate'), add(kind, ...rest));"
        "window.removeEventListener = (kind, ...rest) => ((listening -= kind === 'popstate'), remove(kind, ...rest));"
    )
    with page.expect_response("**/sitemap.xml"):
        open_list(page, lab + "papers/")
    once = page.evaluate("listening")
    page.select_option("[name=access]", "withheld")

    for _ in range(3):
        page.click("article >> text=Counting apples")
        page.wait_for_selector(".pc-header")
        page.go_back()
        expect(shown(page)).to_have_count(1)
        expect(page.locator("[name=access]")).to_have_value("withheld")

    assert page.evaluate("listening") == once


@pytest.mark.parametrize("modifiers", [[], ["Control"]], ids=["click", "new tab"])
def test_a_link_to_the_list_itself_shows_what_it_asks_for_after_a_navigation_without_a_reload(page, lab, modifiers):
    with page.expect_response("**/sitemap.xml"):
        page.goto(lab)
    page.evaluate("window.stayed = true")
    page.click("article >> text=See the papers")
    page.select_option("[name=access]", "withheld")
    expect(shown(page)).to_have_count(1)

    page.locator(".md-nav__link--active:visible", has_text="Papers").click(modifiers=modifiers)

    expect(shown(page)).to_have_count(1 if modifiers else 6)
    assert page.url == lab + ("papers/?access=withheld" if modifiers else "papers/")
    assert page.evaluate("window.stayed") is True
    if not modifiers:
        page.go_back()
        expect(shown(page)).to_have_count(1)
        expect(page.locator("[name=access]")).to_have_value("withheld")


def test_what_a_reader_chose_before_the_script_was_there_stays_chosen(page, site):
    held = threading.Event()
    with serving(site, held={"collection.mjs": held}) as web:
        page.goto(web.url + "papers/?sort=title&access=open", wait_until="commit")
        page.select_option("[name=access]", "withheld", force=True)
        held.set()

        expect(shown(page)).to_have_count(1)
        expect(page.locator("[name=access]")).to_have_value("withheld")
        expect(page.locator("[name=sort]")).to_have_value("title")
        assert page.url == web.url + "papers/?sort=title&access=withheld"


@pytest.mark.parametrize("asked", ["access=nonsense&sort=nonsense", "find=%ff%00", "year=<script>", "sort=__proto__"])
def test_an_address_that_asks_for_nonsense_breaks_nothing(page, lab, asked):
    open_list(page, f"{lab}papers/?{asked}")

    expect(page.locator("[name=sort]")).to_have_value("")
    expect(page.locator("[name=access]")).to_have_value("")


def test_a_search_finds_letters_with_and_without_marks(page, lab):
    open_list(page, lab + "papers/")

    search_for(page, "DRÒUGHT")

    expect(shown(page)).to_have_text(["What seedlings sound like under drought"])


def test_it_works_by_keyboard_alone(page, lab):
    open_list(page, lab + "papers/")
    page.focus("[name=find]")
    page.keyboard.type("root")
    expect(shown(page)).to_have_count(1)

    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('.pc-paper-title') !== null"):
            break
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Root maps from two drillings")


def test_a_page_that_was_opened_from_a_file_shows_the_list_without_controls_that_do_nothing(page, site):
    page.goto((site / "papers/index.html").as_uri())

    expect(shown(page)).to_have_count(6)
    expect(page.locator(".pc-filters")).to_be_hidden()


def test_what_was_chosen_is_printed_without_what_it_was_chosen_with(page, lab):
    open_list(page, lab + "papers/?access=withheld")

    page.emulate_media(media="print")

    expect(page.locator(".pc-filters")).to_be_hidden()
    expect(shown(page)).to_have_count(1)


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_in_the_list_and_nothing_is_wider_than_the_window(page, lab, scheme, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    open_list(page, lab + "papers/")
    page.wait_for_load_state("networkidle")

    assert axe_findings(page, ".pc-collection") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_list_says_everything_in_other_words(page, tmp_path):
    one = one_of_many(0)._replace(title="ξ", authors=("ξ",), venue="ξ", about="ξ")
    others = [
        one._replace(demo=kind, date="2020", venue="ψ", access=("gated",), states=("linked",))
        for kind in ("pyodide", "iframe", "gradio-api")
    ]
    with list_of([one, *others], tmp_path, feed="feed.xml", strings=_Other()) as url:
        open_list(page, url)

        assert page.locator("select").count() == 6
        assert page.locator(".pc-collection").evaluate(IN_ENGLISH) == []


@pytest.mark.parametrize("lang", ["pt_BR", "zh_TW", "nonsense!", ""])
def test_the_list_answers_whatever_the_theme_calls_its_language(page, tmp_path, lang):
    with list_of([one_of_many(number) for number in (1, 2, 10)], tmp_path, lang=lang) as url:
        open_list(page, f"{url}?sort=title")

        expect(page.locator(".pc-filters")).to_be_visible()
        expect(shown(page)).to_have_text([re.compile(f"Paper {number}:") for number in (1, 2, 10)])


def test_a_list_of_thousands_follows_the_typing(page, tmp_path):
    with list_of([one_of_many(number) for number in range(MANY)], tmp_path) as url:
        open_list(page, url)

        waits = page.evaluate(TYPE, "leaf grading 71")

        expect(page.locator(".pc-count span")).to_have_text(str(MANY))
        assert statistics.median(waits) < TYPED_MS, waits
        assert max(waits) < 20 * TYPED_MS, waits
