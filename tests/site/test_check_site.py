"""`paper-companion check --site`: every link of a built site, mapped back to the paper file where it comes from."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.evidence.site_links import SiteLinks, SiteReader


def write_site(folder: Path, **pages: str) -> Path:
    for name, body in pages.items():
        path = folder / name.replace("__", "/").replace("_html", ".html")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<!doctype html><html><head><title>x</title></head><body>\n{body}\n</body></html>")
    return folder


def read_site(folder: Path, site_url: str = "") -> SiteLinks:
    reader = SiteReader(folder, site_url)
    assert set(reader.read()) == reader.links.outside.keys()
    return reader.links


def broken(folder: Path, site_url: str = "") -> list[str]:
    return [f"{mention.written}: {what}" for what, mention in read_site(folder, site_url).broken]


PAGES = {
    "index_html": '<p id="top2"></p>',
    "a__index_html": '<h1 id="one">1</h1><a name="old"></a>',
    "a__b__index_html": "",
    "plain_html": '<p id="über x">',
}


@pytest.mark.parametrize(
    "link",
    [
        "a/",
        "a/index.html",
        "./a/",
        "a/#one",
        "a/#old",
        "a/b/../#one",
        "a/b/",
        "a",
        "plain.html",
        "plain",
        "plain.html#%C3%BCber%20x",
        "?query=1",
        "a/?query=1#one",
        "#",
        "#top",
        "#top2",
        "#:~:text=words",
        "/leaf/a/#one",
        "/leaf/",
        "https://lab.github.io/leaf/a/",
        "https://lab.github.io/leaf",
        "//lab.github.io/leaf/a/",
        "/other/project/",
        "mailto:me@example.org",
        "tel:+123",
        "javascript:void(0)",
        "data:text/plain,x",
        "ftp://elsewhere.example/x",
        "vscode:extension/lab.leaf",
        "https://elsewhere.example/x",
    ],
)
def test_a_link_that_a_web_server_would_follow_is_well(tmp_path, link):
    write_site(tmp_path, **{**PAGES, "index_html": PAGES["index_html"] + f'<a href="{link}">x</a>'})

    assert broken(tmp_path, "https://lab.github.io/leaf/") == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("b/", "the site has no file b/"),
        ("a/#two", "the page has no anchor “two”"),
        ("#two", "the page has no anchor “two”"),
        ("A/", "the site has no file A/"),
        ("/leaf/b/", "the site has no file b/"),
        ("https://lab.github.io/leaf/b/", "the site has no file b/"),
        ("../x/", "leads out of the site"),
        ("a/none.pdf", "the site has no file a/none.pdf"),
    ],
)
def test_a_link_that_leads_nowhere_is_broken(tmp_path, link, said):
    write_site(tmp_path, **{**PAGES, "index_html": f'<a href="{link}">x</a>'})

    assert broken(tmp_path, "https://lab.github.io/leaf/") == [f"{link}: {said}"]


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="no.png">',
        '<img srcset="no.png 1x, no.png 2x">',
        '<img srcset="data:image/png;base64,iVBORw0,KGgo= 1x,no.png">',
        '<video poster="no.png"></video>',
        '<object data="no.png"></object>',
        '<embed src="no.png">',
        '<track src="no.png">',
        '<script src="no.png"></script>',
        '<iframe src="no.png"></iframe>',
        '<link rel="stylesheet" href="no.png">',
        '<video src="no.png"></video>',
        '<source src="no.png">',
        '<area href="no.png">',
    ],
)
def test_images_scripts_and_frames_are_looked_at_too(tmp_path, tag):
    write_site(tmp_path, index_html=tag)

    assert broken(tmp_path) == ["no.png: the site has no file no.png"]


def test_a_link_goes_from_the_pages_base(tmp_path):
    write_site(tmp_path, index_html='<base href="a/"><a href="b.html">x</a>', a__b_html="")

    assert broken(tmp_path) == []


def test_what_stands_in_a_script_or_a_comment_is_no_link(tmp_path):
    write_site(tmp_path, index_html='<script>var x = \'<a href="no">\'</script><!-- <a href="no"> -->')

    assert broken(tmp_path) == []


def test_a_preconnect_is_no_link(tmp_path):
    write_site(tmp_path, index_html='<link rel="preconnect" href="https://x.example/">')

    assert read_site(tmp_path).outside == {}


def test_a_link_of_every_page_is_one_finding_that_says_on_how_many(tmp_path):
    write_site(tmp_path, **{f"p{number}_html": '<a href="no">x</a>' for number in range(5)})

    result = CliRunner().invoke(main, ["check", "--site", str(tmp_path), "--offline"])

    assert result.exit_code == 1
    assert result.stdout.count("✗ broken") == 1
    assert "on 5 pages" in result.stdout


def test_a_finding_without_a_paper_file_names_the_line_of_the_page(tmp_path):
    write_site(tmp_path, index_html='<p>1</p>\n<p>2</p> <a href="no">x</a>')

    result = CliRunner().invoke(main, ["check", "--site", str(tmp_path), "--offline", "--format", "json"])

    found = json.loads(result.stdout)["findings"][0]
    assert (found["file"], found["line"], found["path"]) == (str(tmp_path / "index.html"), 3, "no")


def test_a_site_that_is_not_there_is_the_checkers_own_fault(tmp_path):
    result = CliRunner().invoke(main, ["check", "--site", str(tmp_path / "none"), "--offline"])

    assert result.exit_code == 2


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "mkdocs.yml").write_text(
        "site_name: Leaf\nsite_url: https://lab.github.io/leaf/\ntheme: mkdocs\n"
        "markdown_extensions: [tables]\nvalidation: {links: {not_found: ignore}}\n"
    )
    (tmp_path / "docs" / "paper.yml").write_text(
        "paper:\n  title: Leaf\n  pdf: paper.pdf\nlinks:\n  - {label: Talk, url: 'https://talk.example/leaf?a=1&b=2'}\n"
    )
    (tmp_path / "docs" / "paper.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "docs" / "index.md").write_text(
        "# Leaf\n\n[PDF](paper.pdf), [talk](https://talk.example/leaf?a=1&b=2), [data](data.csv), [self](#leaf)\n"
    )
    monkeypatch.chdir(tmp_path)
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], check=True)
    (tmp_path / "site" / "paper.pdf").unlink()
    return tmp_path


def test_findings_of_a_built_site_name_the_line_of_the_paper_file(project):
    result = CliRunner().invoke(main, ["check", "--site", "site", "--offline", "--format", "json"])

    found = {finding["path"]: finding for finding in json.loads(result.stdout)["findings"]}
    assert result.exit_code == 1
    assert (found["paper.pdf"]["file"], found["paper.pdf"]["line"], found["paper.pdf"]["key"]) == (
        "docs/paper.yml",
        3,
        "paper.pdf",
    )
    assert found["data.csv"]["file"] == "site/index.html"
    assert set(found) == {"paper.pdf", "data.csv"}


def test_links_out_of_a_built_site_name_the_line_of_the_paper_file(project):
    result = CliRunner().invoke(main, ["check", "--site", "site", "--format", "json", "--timeout", "20s"])

    found = {finding.get("url"): finding for finding in json.loads(result.stdout)["findings"]}
    talk = found["https://talk.example/leaf?a=1&b=2"]
    assert (talk["file"], talk["line"], talk["key"]) == ("docs/paper.yml", 5, "links[0].url")
    assert talk["verdict"] == "unknown"


def test_a_module_of_the_folder_that_is_checked_from_is_not_run(tmp_path, monkeypatch):
    write_site(tmp_path / "site", index_html="x")
    for name in ("json", "selectolax", "paper_companion"):
        (tmp_path / f"{name}.py").write_text("open('loaded', 'w')")
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, ["check", "--offline", "--site", "site"])

    assert result.exit_code == 0, result.output
    assert not (tmp_path / "loaded").exists()


def test_a_site_whose_reading_comes_to_no_end_is_2(tmp_path, monkeypatch):
    write_site(tmp_path / "site", index_html="x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "executable", "/bin/false")

    result = CliRunner().invoke(main, ["check", "--offline", "--site", "site"])

    assert result.exit_code == 2
    assert "site: its pages could not be read" in result.output


def test_a_pipe_in_the_site_is_not_waited_for(tmp_path):
    write_site(tmp_path, index_html='<a href="b.html">x</a>')
    os.mkfifo(tmp_path / "b.html")

    assert read_site(tmp_path).unreadable == ["b.html"]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://elsewhere.example/a b", "https://elsewhere.example/a%20b"),
        ("HTTPS://elsewhere.example/\n a", "https://elsewhere.example/%20a"),
        ("//elsewhere.example/x", "https://elsewhere.example/x"),
        ("https://[::1", "https://[::1"),
    ],
)
def test_an_address_outside_is_asked_for_as_a_browser_would(tmp_path, written, asked):
    write_site(tmp_path, index_html=f'<a href="{written}">x</a>')

    assert list(read_site(tmp_path).outside) == [(asked, False)]


def test_what_is_no_address_at_all_is_broken_and_holds_up_nothing(tmp_path, monkeypatch):
    write_site(tmp_path / "site", index_html='<a href="https://[::1">x</a><iframe src="https://[::1"></iframe>')
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(main, ["check", "--site", "site", "--format", "json", "--max-age", "0"])

    assert [found["verdict"] for found in json.loads(result.stdout)["findings"]] == ["broken", "broken"]
    assert "not an address" in result.stdout
