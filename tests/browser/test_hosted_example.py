"""The example of hosted interfaces, with its own Gradio and Streamlit apps."""

import re
import shutil

import pytest
from building import mkdocs_build
from hosted_site import open_page, soon, wait_for
from interfaces import EDGES, free_port, gradio_app, streamlit_app
from playwright.sync_api import expect
from web_server import serving


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example, built with the addresses of apps that run now."""
    project = tmp_path_factory.mktemp("example") / "hosted"
    shutil.copytree(EDGES.parent, project, ignore=shutil.ignore_patterns("site", "__pycache__"))
    with (
        gradio_app(EDGES / "app_gradio.py", free_port()) as gradio,
        streamlit_app(EDGES / "app_streamlit.py", free_port()) as streamlit,
    ):
        for paper in project.glob("docs/*/paper.yml"):
            text = paper.read_text(encoding="utf-8")
            assert "http://127.0.0.1:7860/" in text or "http://127.0.0.1:8501/" in text
            text = text.replace("http://127.0.0.1:7860/", gradio).replace("http://127.0.0.1:8501/", streamlit)
            paper.write_text(text, encoding="utf-8")
        built = mkdocs_build(project, "--strict")
        assert built.code == 0, built.output
        yield built.site


@pytest.mark.parametrize(("name", "words"), [("gradio", "Threshold"), ("streamlit", "of the pixels are edges")])
def test_the_frames_show_the_interfaces(page, example, name, words):
    with serving(example, changes=soon(60_000)) as web:
        open_page(page, f"{web.url}{name}/")
        page.get_by_role("button", name=re.compile("Load it from")).click()

        assert wait_for(page, "ready", "silent") == "ready"
        expect(page.frame_locator("paper-hosted iframe").get_by_text(words).first).to_be_visible()


def test_the_form_answers_for_each_example(page, example):
    with serving(example, changes=soon(60_000)) as web:
        element = open_page(page, web.url + "form/")
        page.get_by_role("button", name=re.compile("Load the form from")).click()
        assert wait_for(page, "ready", "failed") == "ready"
        for name, share in {"Rings": "9.0 %", "Faint edges too": "13.2 %"}.items():
            page.get_by_role("button", name=name).click()
            page.wait_for_function("document.querySelector('paper-hosted canvas')?.width === 320")
            expect(element.get_by_label("Threshold")).to_have_value("0.2" if name == "Rings" else "0.05")
            page.get_by_role("button", name=re.compile("Find the edges on")).click()
            expect(element.locator(".pc-label")).to_contain_text(share)
