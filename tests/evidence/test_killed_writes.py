"""Processes that are killed while they write: the old file stays whole, and what they leave is in nobody's way."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paper_companion.evidence.model import read_evidence
from paper_companion.whole_file import CHUNK_BYTES, LEFT_BEHIND_AFTER_S

OLD = "paper: {title: x}\nenvironment: {lock: old.txt}\n"
NEW = "paper: {title: x}\nenvironment: {lock: new.txt}\n"
# Everything is in the file by then, and the file has another name still.
HELD_BEFORE_ITS_NAME = """
import os, sys

def hold(handle):
    print("held", flush=True)
    sys.stdin.read()

os.fsync = hold
from paper_companion.cli import main
main(["check", "--offline", "paper.yml"])
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("old.txt", "new.txt"):
        (tmp_path / name).write_text(name)
    (tmp_path / "paper.yml").write_text(OLD)
    check(tmp_path)
    return tmp_path


def check(folder: Path) -> None:
    command = [sys.executable, "-m", "paper_companion", "check", "--offline", "paper.yml"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def left_behind(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*.tmp"))


def targets(folder: Path) -> list[str]:
    return [seen.target for seen in read_evidence(folder / "paper.evidence.json").observations]


def kill_while_writing(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HELD_BEFORE_ITS_NAME],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "held\n"
        process.kill()


def test_evidence_is_the_old_one_until_the_new_one_is_whole(project):
    before = (project / "paper.evidence.json").read_bytes()
    (project / "paper.yml").write_text(NEW)

    kill_while_writing(project)

    assert (project / "paper.evidence.json").read_bytes() == before
    [left] = left_behind(project)
    assert '"target": "new.txt"' in left.read_text()
    check(project)
    assert targets(project) == ["new.txt"]


def test_what_a_killed_write_left_is_cleared_at_a_later_write_but_not_while_it_may_be_under_way(project):
    (project / "paper.yml").write_text(NEW)
    kill_while_writing(project)
    check(project)
    [young] = left_behind(project)
    long_ago = time.time() - LEFT_BEHIND_AFTER_S - 1
    os.utime(young, (long_ago, long_ago))
    other = project / ".other.evidence.json.x.tmp"
    other.touch()
    os.utime(other, (long_ago, long_ago))

    (project / "paper.yml").write_text(OLD)
    check(project)

    assert targets(project) == ["old.txt"]
    assert left_behind(project) == [other]


def test_a_file_that_is_half_copied_does_not_take_the_old_ones_place(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    os.mkfifo(source)
    target.write_bytes(b"old")
    copying = "import sys; from pathlib import Path; from paper_companion.whole_file import copy_whole\n"
    copying += "copy_whole(*map(Path, sys.argv[1:]))"

    with (
        subprocess.Popen([sys.executable, "-c", copying, str(source), str(target)]) as process,
        source.open("wb", buffering=0) as stream,
    ):
        # A pipe holds far less than a chunk: by the time all is taken, some has been written, and more is waited for.
        left = memoryview(bytes(3 * CHUNK_BYTES))
        while left:
            left = left[stream.write(left) :]
        process.kill()

    assert target.read_bytes() == b"old"
    [half] = left_behind(tmp_path)
    assert 0 < half.stat().st_size <= 3 * CHUNK_BYTES
