"""The tabular example: scikit-learn on real NumPy answers in the browser what CPython answered, from its site alone."""

import json
import re
import shutil
from pathlib import Path

import pytest
from building import mkdocs_build
from official_wheels import fill_cache_for
from playwright.sync_api import expect
from reader import REPOSITORY, open_demo, wait_for_state
from web_server import serving


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The example as it is in the repository, with what its lock names in the cache."""
    folder = tmp_path_factory.mktemp("tabular") / "tabular"
    ignored = shutil.ignore_patterns("site", "out", "__pycache__")
    shutil.copytree(REPOSITORY / "examples/tabular", folder, ignore=ignored)
    fill_cache_for(folder / "docs/paper.yml")
    return folder


@pytest.fixture(scope="module")
def site(project) -> Path:
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    return built.site


def test_scikit_learn_answers_as_it_did_when_it_was_recorded(page, project, site):
    recorded = json.loads((project / "docs/paper.examples.json").read_text(encoding="utf-8"))["examples"]
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(90_000)
    with serving(site) as web:
        demo = open_demo(page, web.url + "paper/")
        for number, example in enumerate(recorded):
            demo.locator(".pc-examples button").nth(number).click()
            expect(demo.locator(".pc-answer-heading")).to_have_text(re.compile("Recorded"))
            page.get_by_role("button", name="Run").click()
            expect(demo.locator(".pc-answer-heading")).to_have_text(re.compile(r"Answer, [\d.]+ m?s"), timeout=90_000)
            assert wait_for_state(page, "done", "failed") == "done"

            first = example["outputs"]["cultivar"][0]
            expect(demo.locator(".pc-label li").first).to_contain_text(first["label"])
            expect(demo.locator(".pc-label li").first).to_contain_text(f"{100 * first['confidence']:.1f}")
            for row in example["outputs"]["reasons"]["rows"]:
                expect(demo.locator("table")).to_contain_text(str(row[-1]))
        drawn = demo.locator(".pc-answer img").last.evaluate("image => image.decode().then(() => image.naturalWidth)")
        foreign = [url for url in asked if not url.startswith((web.url, "data:", "blob:"))]

    assert drawn > 100
    assert foreign == []
    assert len({path for path in web.requests if path.endswith(".whl")}) == 5
