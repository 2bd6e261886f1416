"""The evidence that lies in the repository beside the digits' paper file is about that file as it is, not as it was."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from paper_companion.evidence.ladder import State, ladder
from paper_companion.evidence.model import Evidence, Kind, evidence_path, read_evidence
from paper_companion.evidence.subjects import example_subject, replay_target, reproduce_target, result_subject, subjects
from paper_companion.paper.reader import PaperFile, read_paper

DIGITS = Path(__file__).parents[2] / "examples" / "digits"
DOCS = DIGITS / "docs"
AGAIN = (
    "changed since it was looked at: run check --offline, reproduce and replay there, and commit paper.evidence.json"
)


@pytest.fixture
def digits() -> PaperFile:
    return read_paper(DOCS / "paper.yml")


@pytest.fixture
def evidence() -> Evidence:
    return read_evidence(evidence_path(DOCS / "paper.yml"))


@pytest.fixture
def replayed() -> str:
    return replay_target(*((DOCS / f"paper.{kind}.json").read_bytes() for kind in ("lock", "examples")))


def test_its_badges_say_executed(digits, evidence, replayed):
    states = {standing.subject: standing.state for standing in ladder(digits.paper, evidence, replayed=replayed)}

    executed = {subject for subject, state in states.items() if state is State.EXECUTED}
    assert executed == {"code", "weights[digits]", "results[main]", "demo"}, AGAIN
    assert State.FAILED not in states.values()


def test_all_of_it_is_about_what_the_paper_file_says_now(digits, evidence, replayed):
    paper = digits.paper
    current = {(subject.name, subject.kind): subject.target for subject in subjects(paper)}
    current |= {(example_subject(number), Kind.REPLAY): replayed for number in range(len(paper.demo.examples))}
    current |= {(result_subject(result), Kind.REPRODUCE): reproduce_target(result) for result in paper.results}

    seen = [one for one in evidence.observations if one.kind is not Kind.COMPLETENESS]
    dead = [one.subject for one in seen if current.get((one.subject, one.kind)) != one.target]

    assert seen
    assert dead == [], AGAIN


def test_the_files_that_were_hashed_are_those_that_are_there(evidence):
    files = [seen for seen in evidence.observations if seen.kind is Kind.FILE]

    assert {seen.subject for seen in files} == {"environment.lock", "weights[digits].files[0]"}
    for seen in files:
        path = DIGITS / seen.target.split()[0]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == seen.details["sha256"], f"{path} {AGAIN}"


def test_the_signs_of_completeness_are_there(evidence):
    signs = [sign for seen in evidence.observations if seen.kind is Kind.COMPLETENESS for sign in seen.details["signs"]]

    assert signs
    assert [sign for sign in signs if not (DIGITS / sign.split(":")[0]).is_file()] == [], AGAIN


def test_what_was_run_is_what_is_here(evidence):
    (run,) = (seen for seen in evidence.observations if seen.kind is Kind.REPRODUCE)
    assert run.details["changed"] is False, "the evaluation was run with changes that are in no commit"
    commit = run.details["commit"]
    if git("cat-file", "-e", f"{commit}^{{commit}}").returncode:
        pytest.skip(f"the commit {commit} is not in this clone")

    changed = git(
        "diff", "--name-only", commit, "--", "evaluate.py", "sheets.py", "demo/app.py", "weights", "requirements.lock"
    )

    assert (changed.returncode, changed.stdout) == (0, ""), AGAIN


def test_it_says_nothing_about_the_place_where_it_was_made(evidence):
    text = evidence_path(DOCS / "paper.yml").read_text(encoding="utf-8")

    assert json.loads(text)["observations"]
    for place in ("://", str(DIGITS.parents[1]), str(Path.home()), "\\\\"):
        assert place not in text


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", "-C", str(DIGITS), *arguments], capture_output=True, text=True, timeout=60)
