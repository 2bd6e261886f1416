"""The HTML of every example in every theme is valid, beyond what a theme itself does wrong on pages without a paper.

html-validate comes from npm through Deno, so that no Node is needed.
"""

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from building import mkdocs_build
from deno import find_deno_bin
from official_wheels import fill_cache_for

EXAMPLES = Path(__file__).parents[2] / "examples"
THEMES = ("material", "mkdocs", "readthedocs")
VALIDATOR = "npm:html-validate@10.17.0"


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """The sites' folders, by example and theme."""
    fill_cache_for(EXAMPLES / "tabular/docs/paper.yml")

    def build(example: str, theme: str) -> Path:
        project = tmp_path_factory.mktemp("valid") / example
        ignored = shutil.ignore_patterns("site", "__pycache__", ".venv")
        shutil.copytree(EXAMPLES / example, project, ignore=ignored)
        (project / "mkdocs.yml").rename(project / "base.yml")
        (project / "mkdocs.yml").write_text(f"INHERIT: base.yml\ntheme: {{name: {theme}}}\n")
        built = mkdocs_build(project)
        assert built.code == 0, built.output
        return built.site

    keys = [(example, theme) for example in ("digits", "tabular", "hosted", "lab") for theme in THEMES]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(keys, pool.map(lambda key: build(*key), keys), strict=True))


def findings(pages: list[Path]) -> dict[Path, list[dict]]:
    """What the validator objects to, by page; each with its rule, its message and its offset in the page."""
    config = pages[0].with_name("validate.json")
    config.write_text('{"root": true, "extends": ["html-validate:standard"]}')
    command = [find_deno_bin(), "run", "--allow-all", "--quiet", VALIDATOR, "--config", config, "-f", "json", *pages]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return {Path(one["filePath"]): one["messages"] for one in json.loads(done.stdout)}


def ours(page: Path, messages: list[dict], of_theme: set[str]) -> list[str]:
    """What is said of our own part of a page, and of the rest where the theme breaks no such rule by itself."""
    html = page.read_bytes().decode()
    start, end = html.index('<div class="pc-'), html.rindex("pc-")
    return [
        f"{page.parent.name}: {one['ruleId']}: {one['message']}: {html[one['offset'] :][:80]}"
        for one in messages
        if start <= one["offset"] <= end or one["ruleId"] not in of_theme
    ]


def test_no_page_with_a_paper_breaks_a_rule_that_its_theme_keeps(sites):
    pages = [page for site in sites.values() for page in site.rglob("index.html")]
    messages = findings(pages)
    with_paper = [page for page in pages if "pc-assets" in page.read_text() or "pc-papers" in page.read_text()]
    assert len(with_paper) == 36
    of_theme = {}
    for (_, theme), site in sites.items():
        bare = [page for page in site.rglob("index.html") if page not in with_paper]
        of_theme.setdefault(theme, set()).update(one["ruleId"] for page in bare for one in messages.get(page, ()))

    found = [
        line
        for (_, theme), site in sites.items()
        for page in with_paper
        if page.is_relative_to(site)
        for line in ours(page, messages.get(page, []), of_theme[theme])
    ]

    assert found == []


def test_a_stray_end_tag_and_an_id_that_is_there_twice_are_seen(tmp_path):
    page = tmp_path / "index.html"
    page.write_text(
        '<!DOCTYPE html><html lang="en"><head><title>T</title></head><body><p id="a">a</p><p id="a">b</p></div>'
    )

    (messages,) = findings([page]).values()

    assert {"no-dup-id", "close-order"} <= {one["ruleId"] for one in messages}
