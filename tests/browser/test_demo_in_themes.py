"""The demo runs in every theme, with both kinds of addresses, under a sub-path."""

import shutil

import pytest
from building import mkdocs_build
from playwright.sync_api import expect
from reader import open_demo, wait_for_state
from web_server import serving

THEMES = {
    "material": "{name: material, font: false}",
    "mkdocs": "{name: mkdocs, highlightjs: false}",
    "readthedocs": "{name: readthedocs, highlightjs: false}",
}


@pytest.mark.parametrize("directory_urls", [True, False])
@pytest.mark.parametrize("theme", THEMES)
def test_the_demo_runs(page, demo_site, tmp_path, theme, directory_urls):
    project = tmp_path / "project"
    shutil.copytree(demo_site.parent, project, ignore=shutil.ignore_patterns("site"))
    (project / "mkdocs.yml").write_text(
        f"site_name: Lab\ntheme: {THEMES[theme]}\nuse_directory_urls: {str(directory_urls).lower()}\n"
        "plugins: [search, paper-companion]\n"
    )
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status >= 400 else None)

    with serving(built.site) as web:
        demo = open_demo(page, web.url + ("obedience/" if directory_urls else "obedience/index.html"))
        page.get_by_role("button", name="Run").click()

        assert wait_for_state(page, "done", "failed") == "done"
        expect(demo.locator(".pc-label-name")).to_have_text(["b", "a"])
    assert [url for url in failed if "favicon" not in url] == []
