"""The feed of a collection, read by a program for feeds."""

import feedparser
import pytest
from paper_companion.page.badges import Badge
from paper_companion.page.collection import Entry
from paper_companion.page.feed import MOST_ENTRIES, feed

PAPER = Entry("papers/a/", "A", ("Ω",), None, "2025-03-14", "", (), (), "none", ())


def seen(*days):
    return tuple(Badge("code", "Code", "", "linked", 2, "", day, None, "", "") for day in days)


def read(*entries, site_url="https://example.org/lab/"):
    found = feedparser.parse(feed(entries, "Lab", site_url, "papers/", "papers/feed.xml"))
    assert not found.bozo, found.bozo_exception
    assert found.version == "atom10"
    assert found.feed.updated_parsed
    for entry in found.entries:
        assert entry.id == entry.link
        assert entry.updated_parsed
        assert entry.authors[0].name
    return found


@pytest.mark.parametrize(
    ("date", "days", "published", "updated"),
    [
        ("2025-03-14", (), "2025-03-14", "2025-03-14"),
        ("2025-03", (), "2025-03-01", "2025-03-01"),
        ("2025", (), "2025-01-01", "2025-01-01"),
        ("", (), None, "1970-01-01"),
        ("2025", (None, "2026-04-02", "2026-03-01"), "2025-01-01", "2026-04-02"),
        ("2025-03-14", ("2025-02-01",), "2025-03-14", "2025-03-14"),
    ],
)
def test_a_paper_appeared_on_its_day_and_was_updated_when_a_machine_last_looked(date, days, published, updated):
    found = read(PAPER._replace(date=date, badges=seen(*days)))

    assert found.entries[0].get("published") == (published and f"{published}T00:00:00Z")
    assert found.entries[0].updated == found.feed.updated == f"{updated}T00:00:00Z"


def test_an_empty_feed_is_one():
    assert read().entries == []


def test_the_newest_come_first_and_the_oldest_of_many_are_left_out():
    many = [PAPER._replace(url=f"papers/{number}/", date=str(1900 + number)) for number in range(MOST_ENTRIES + 20)]

    found = read(*many)

    assert [entry.id for entry in found.entries] == [
        f"https://example.org/lab/papers/{number}/" for number in reversed(range(20, MOST_ENTRIES + 20))
    ]


def test_whatever_authors_write_is_text():
    title = '<b>&amp; "A" \x0b\x00\ud800 ]]> 頁'

    found = read(PAPER._replace(title=title, authors=("A & <B>",), about="1 < 2"))

    entry = found.entries[0]
    assert entry.title == '<b>&amp; "A"  ]]> 頁'
    assert entry.authors[0].name == "A & <B>"
    assert entry.summary == "1 < 2"


def test_a_paper_that_names_no_author_is_the_sites():
    assert read(PAPER._replace(authors=())).entries[0].author == "Lab"


def test_addresses_are_absolute_under_a_path_of_the_site():
    found = read(PAPER._replace(url="papers/%C3%A9t%C3%A9/"))

    assert found.entries[0].link == "https://example.org/lab/papers/%C3%A9t%C3%A9/"
    assert [(link.rel, link.href) for link in found.feed.links] == [
        ("alternate", "https://example.org/lab/papers/"),
        ("self", "https://example.org/lab/papers/feed.xml"),
    ]
