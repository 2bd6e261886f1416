"""A build is made of what is on this machine: it opens no connection once the cache holds what the lock names."""

import os
import subprocess
import sys

import pytest
from building import write_project

SITE = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo") or event == "subprocess.Popen":
        sys.stderr.write(f"AUDIT {event} {arguments}\\n")
        os._exit(97)

sys.addaudithook(refuse)
"""
PAPER = """
paper: {title: Obedience}
demo: {run: demo/app.py:predict}
"""


@pytest.fixture
def project(tmp_path):
    project = write_project(tmp_path / "project", paper=PAPER)
    (project / "demo").mkdir()
    (project / "demo/app.py").write_text("def predict(x: str) -> str:\n    return x\n")
    (tmp_path / "watched").mkdir()
    (tmp_path / "watched/sitecustomize.py").write_text(SITE)
    return project


def build(project, *arguments: str, watched: bool):
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    if watched:
        environment["PYTHONPATH"] = str(project.parent / "watched")
    command = [sys.executable, "-m", "mkdocs", "build", *arguments]
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=300)


def test_a_second_build_opens_no_connection_and_starts_no_program(project):
    first = build(project, watched=False)
    assert first.returncode == 0, first.stderr
    assert "there is no lock: wrote paper.lock.json" in first.stderr

    second = build(project, "--strict", watched=True)

    assert second.returncode == 0, second.stderr
    assert list((project / "site").rglob("pyodide.asm.wasm"))


def test_a_strict_build_without_a_lock_fails_and_says_which_command_to_run(project):
    done = build(project, "--strict", watched=True)

    assert done.returncode == 1
    assert (
        "docs/leaf/paper.yml:3:7: demo: there is no lock (run: paper-companion lock docs/leaf/paper.yml)" in done.stderr
    )
    assert not (project / "site").exists()


def test_the_watch_itself_works(project):
    done = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 1))"],
        env=os.environ | {"PYTHONPATH": str(project.parent / "watched")},
        capture_output=True,
    )

    assert done.returncode == 97
