"""`mkdocs serve`: what an author edits rebuilds the page, and a mistake is shown while the server lives on."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from building import PAPER, write_project

TIMEOUT_S = 60


class Server:
    """A running `mkdocs serve`."""

    def __init__(self, project, port):
        self.project = project
        self.url = f"http://127.0.0.1:{port}/repo/"

    def page(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def shows(self, words, path="leaf/"):
        """Whether the page shows the words before long."""
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            if words in self.page(path):
                return True
            time.sleep(0.1)
        return False


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    project = write_project(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = (project / "mkdocs.yml").read_text().replace("paper-companion]", "paper-companion: {templates: parts}]")
    (project / "mkdocs.yml").write_text(config.replace("[search, ", "[search, {").replace("parts}]", "parts}}]"))
    (project / "parts").mkdir()
    (project / "parts/limitations.md.j2").write_text("## As they say\n\n{{ paper.paper.limitations }}\n")
    (project / "demo").mkdir()
    (project / "demo/app.py").write_text('def prepare(image):\n    """Cuts the leaf out."""\n')
    paper = PAPER.replace(
        "    format: safetensors\n",
        "    format: safetensors\n    inputs: [{id: x, preprocess: [{call: demo/app.py:prepare}]}]\n",
    )
    (project / "docs/leaf/paper.yml").write_text(paper)
    command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen(command, cwd=project, env=environment, stdout=log, stderr=log)
        try:
            yield Server(project, port)
        finally:
            process.terminate()
            process.wait(timeout=20)


def test_an_edit_of_the_paper_file_its_code_or_a_template_rebuilds_the_page(server):
    assert server.shows("Cuts the leaf out.")
    paper = server.project / "docs/leaf/paper.yml"

    paper.write_text(paper.read_text().replace("Silhouettes only.", "Only silhouettes."))
    assert server.shows("Only silhouettes.")

    (server.project / "demo/app.py").write_text('def prepare(image):\n    """Cuts it out well."""\n')
    assert server.shows("Cuts it out well.")

    (server.project / "parts/limitations.md.j2").write_text("## As we say\n")
    assert server.shows("As we say")


def test_a_mistake_is_shown_on_the_page_and_the_server_lives_on(server):
    assert server.shows("Cuts the leaf out.")
    paper = server.project / "docs/leaf/paper.yml"
    right = paper.read_text()

    paper.write_text(right.replace("venue:", "venu:"))
    assert server.shows("docs/leaf/paper.yml:8:3: paper.venu: ")

    paper.write_text(right.replace("Silhouettes only.", "All is well."))
    assert server.shows("All is well.")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\n{{ 1/0 }}\n", "2:1: ZeroDivisionError: division by zero"), (b"\xff\n", "1:1: is not UTF-8")],
)
def test_a_broken_template_is_shown_where_it_was_to_stand_and_the_server_lives_on(server, content, told):
    (server.project / "docs/index.md").write_text("# Lab\n\n!paper[limitations](leaf/paper.yml)\n\nBelow.\n")
    assert server.shows("As they say", "")

    (server.project / "parts/limitations.md.j2").write_bytes(content)
    assert server.shows(f"parts/limitations.md.j2:{told}")
    assert server.shows(f"parts/limitations.md.j2:{told}", "")
    assert server.shows("Below.", "")

    (server.project / "parts/limitations.md.j2").write_text("## As we say\n")
    assert server.shows("As we say")
    assert server.shows("As we say", "")
