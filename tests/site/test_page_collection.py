"""Collections: many papers behind one page."""

import xml.etree.ElementTree as ElementTree

from building import PAPER, broken_links, mkdocs_build, text_of, write_project

ATOM = "{http://www.w3.org/2005/Atom}"


def lab(folder, theme="material"):
    project = write_project(folder, paper=PAPER, where="docs/papers/leaf/paper.yml")
    config = f"site_name: Lab\nsite_url: https://example.org/repo/\ntheme: {theme}\n"
    (project / "mkdocs.yml").write_text(config + "plugins: [search, {paper-companion: {collection: papers}}]\n")
    second = "paper: {title: Apples & pears, date: '2026', authors: [Ines Nowak]}\n"
    (project / "docs/papers/apples").mkdir()
    (project / "docs/papers/apples/paper.yml").write_text(second)
    return project


def test_one_page_lists_the_papers_newest_first_with_links_that_lead_to_them(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    assert built.code == 0, built.output
    assert broken_links(built, "papers/index.html") == []
    html = built.html("papers/index.html")
    assert html.index('href="apples/"') < html.index('href="leaf/"')
    assert "Apples & pears" in text_of(html)


def test_the_papers_have_pages_but_no_place_in_the_navigation(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    assert "Josiah Carberry" in built.html("papers/leaf/index.html")
    assert "papers/leaf/" not in built.html("index.html")
    assert 'href="papers/"' in built.html("index.html")


def test_text_of_the_authors_stands_above_the_list(tmp_path):
    project = lab(tmp_path)
    (project / "docs/papers/index.md").write_text("# Our work\n\nRead it.\n")

    text = text_of(mkdocs_build(project, "--strict").html("papers/index.html"))

    assert text.index("Read it.") < text.index("2 papers")


def test_the_feed_has_an_entry_for_each_paper_with_absolute_addresses(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    feed = ElementTree.parse(built.site / "papers/feed.xml").getroot()

    assert [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")] == [
        "Apples & pears",
        "Leaves & <Shapes>: *grading* `at` scale",
    ]
    assert feed.findtext(f"{ATOM}updated") == "2026-01-01T00:00:00Z"
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == "https://example.org/repo/papers/apples/"
