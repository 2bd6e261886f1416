"""The digits example earns its badges: its evaluation is run again, and its weights are hashed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from paper_companion.evidence.ladder import State, ladder
from paper_companion.evidence.model import Rung, evidence_path, read_evidence
from paper_companion.paper.reader import read_paper

DIGITS = Path(__file__).parents[2] / "examples" / "digits"

pytest.importorskip("sklearn")


@pytest.fixture
def digits(tmp_path) -> Path:
    """A copy, so that what is run and written touches nothing of the example itself."""
    leave = shutil.ignore_patterns("out", "site", "*.evidence.json", "__pycache__")
    folder = shutil.copytree(DIGITS, tmp_path / "digits", ignore=leave)
    git = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], check=True)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "paper_companion", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


def test_its_evaluation_gives_the_claimed_value_again_and_its_badges_say_executed(digits):
    checked = run(digits, "check", "--offline", "docs/paper.yml")
    reproduced = run(digits, "reproduce", "docs/paper.yml")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert reproduced.returncode == 0, reproduced.stdout + reproduced.stderr
    paper_path = digits / "docs" / "paper.yml"
    found = {
        standing.subject: standing
        for standing in ladder(read_paper(paper_path).paper, read_evidence(evidence_path(paper_path)))
    }
    assert found["results[main]"].state is State.EXECUTED
    assert found["weights[digits]"].state is State.EXECUTED
    assert found["code"].state is State.EXECUTED
    assert found["environment"].rung is Rung.LINKED


def test_weights_that_were_changed_lose_their_badge(digits):
    weights = digits / "weights" / "digits.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")

    assert run(digits, "check", "--offline", "docs/paper.yml").returncode == 1
    assert run(digits, "reproduce", "docs/paper.yml").returncode == 1
