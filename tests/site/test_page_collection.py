"""Collections: many papers behind one page."""

import json
import re
from urllib.parse import unquote

import feedparser
import pytest
from building import PAPER, broken_links, mkdocs_build, text_of, write_project


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


@pytest.mark.parametrize("directory_urls", ["true", "false"])
def test_a_folder_may_have_any_name(tmp_path, directory_urls):
    project = lab(tmp_path)
    config = project / "mkdocs.yml"
    config.write_text(f"{config.read_text()}use_directory_urls: {directory_urls}\n")
    (project / "docs/papers/apples").rename(project / "docs/papers/Äpfel & #1, 50%")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert broken_links(built, "papers/index.html") == []
    (entry, _) = feedparser.parse((built.site / "papers/feed.xml").read_bytes()).entries
    path = unquote(entry.link.removeprefix("https://example.org/repo/")).removesuffix("index.html")
    assert (built.site / path / "index.html").is_file()


def test_the_papers_have_pages_but_no_place_in_the_navigation(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    assert "Josiah Carberry" in built.html("papers/leaf/index.html")
    assert "papers/leaf/" not in built.html("index.html")
    assert 'href="papers/"' in built.html("index.html")


@pytest.mark.parametrize("name", ["index.md", "README.md"])
def test_text_of_the_authors_stands_above_the_list(tmp_path, name):
    project = lab(tmp_path)
    (project / "docs/papers" / name).write_text("# Our work\n\nRead it.\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    text = text_of(built.html("papers/index.html"))
    assert text.index("Read it.") < text.index("Papers: 2")


def test_a_paper_of_the_folder_itself_has_a_page_beside_the_list(tmp_path):
    project = lab(tmp_path)
    (project / "docs/papers/paper.yml").write_text("paper: {title: Pears, date: '2027-02'}\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert "Papers: 3" in text_of(built.html("papers/index.html"))
    assert "Pears" in text_of(built.html("papers/paper/index.html"))
    assert broken_links(built, "papers/index.html") == []


def test_a_draft_that_has_no_page_is_neither_in_the_list_nor_in_the_feed(tmp_path):
    project = lab(tmp_path)
    config = project / "mkdocs.yml"
    config.write_text(config.read_text() + "draft_docs: /papers/apples/\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert not (built.site / "papers/apples").exists()
    assert "Papers: 1" in text_of(built.html("papers/index.html"))
    assert "Apples" not in built.html("papers/feed.xml")


def test_papers_can_be_told_apart_by_where_they_appeared_not_by_each_volume(tmp_path):
    project = lab(tmp_path)
    for number, venue in enumerate(("Vision 2025", "Vision 2026", "Journal of Worked Examples 13(1)")):
        (project / f"docs/papers/{number}").mkdir()
        paper = f"paper: {{title: Paper {number}, venue: {venue}}}\n"
        (project / f"docs/papers/{number}/paper.yml").write_text(paper)

    html = mkdocs_build(project, "--strict").html("papers/index.html")

    venues = html.partition('name="venue"')[2].partition("</select>")[0]
    assert re.findall('value="([^"]+)"', venues) == ["Journal of Worked Examples", "Vision"]


@pytest.mark.parametrize("theme", ["material", "mkdocs"])
def test_a_search_finds_a_paper_once_by_its_own_page(tmp_path, theme):
    built = mkdocs_build(lab(tmp_path, theme), "--strict")

    index = json.loads((built.site / "search/search_index.json").read_text())
    found = [page["location"] for page in index["docs"] if "Apples" in page["title"] + page["text"]]
    assert {location.partition("#")[0] for location in found} == {"papers/apples/"}


def test_of_a_claim_in_markdown_the_list_and_the_description_have_the_words(tmp_path):
    project = lab(tmp_path)
    paper = project / "docs/papers/leaf/paper.yml"
    paper.write_text(PAPER.replace("It grades 94.1 %", "It *really* <a href='table.html'>grades</a> 94.1 % & more"))

    built = mkdocs_build(project, "--strict")

    assert "<p><bdi>It really grades 94.1 % &amp; more" in built.html("papers/index.html")
    assert '<meta name="description" content="It really grades 94.1 % &amp; more' in built.html(
        "papers/leaf/index.html"
    )
    assert "<summary>It really grades 94.1 % &amp; more" in built.html("papers/feed.xml")


def test_a_choice_is_offered_when_it_tells_papers_apart(tmp_path):
    project = lab(tmp_path)
    shared = (
        "code: {license: MIT}\ndata: [{id: d, url: https://example.org/d, access: gated, because: licence, reason: r}]"
    )
    for name, venue in (("leaf", ", venue: Vision 2025"), ("apples", "")):
        paper = f"paper: {{title: T, date: '2026'{venue}}}\n{shared}\n"
        (project / f"docs/papers/{name}/paper.yml").write_text(paper)

    html = mkdocs_build(project, "--strict").html("papers/index.html")

    assert re.findall('<select[^>]* name="(.*?)"', html) == ["venue", "sort"]


def test_a_list_without_a_page_is_told(tmp_path):
    project = lab(tmp_path)
    (project / "docs/papers/index.md").write_text("# Ours\n")
    config = project / "mkdocs.yml"
    config.write_text(config.read_text() + "draft_docs: /papers/index.md\n")

    built = mkdocs_build(project)

    assert built.code == 0, built.output
    assert "papers/index.md is a draft or left out: nothing lists the papers of papers" in built.output


def test_the_feed_is_valid_and_has_an_entry_for_each_paper_with_absolute_addresses(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    feed = feedparser.parse((built.site / "papers/feed.xml").read_bytes())

    assert not feed.bozo
    assert feed.version == "atom10"
    assert feed.feed.title == "Lab"
    assert feed.feed.updated == "2026-01-01T00:00:00Z"
    assert feed.feed.id == "https://example.org/repo/papers/"
    assert [(entry.title, entry.link, [author.name for author in entry.authors]) for entry in feed.entries] == [
        ("Apples & pears", "https://example.org/repo/papers/apples/", ["Ines Nowak"]),
        (
            "Leaves & <Shapes>: *grading* `at` scale",
            "https://example.org/repo/papers/leaf/",
            ["Josiah Carberry", "Ines Nowak"],
        ),
    ]
    assert len({entry.id for entry in feed.entries}) == 2
    assert all(entry.updated_parsed for entry in feed.entries)


def test_readers_of_feeds_find_it_in_the_head_of_the_list(tmp_path):
    built = mkdocs_build(lab(tmp_path), "--strict")

    link = '<link rel="alternate" type="application/atom+xml" title="Lab" href="feed.xml">'
    assert link in built.html("papers/index.html").partition("</head>")[0]
    assert link not in built.html("index.html")


def test_a_site_without_an_address_has_no_feed_since_its_entries_would_have_none(tmp_path):
    project = lab(tmp_path)
    config = (project / "mkdocs.yml").read_text()
    (project / "mkdocs.yml").write_text(config.replace("site_url: https://example.org/repo/\n", ""))

    built = mkdocs_build(project, "--strict")

    assert not (built.site / "papers/feed.xml").exists()
    assert "feed.xml" not in built.html("papers/index.html")
