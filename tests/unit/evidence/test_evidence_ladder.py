"""The ladder: what a badge may say, given what was declared and what was seen."""

from dataclasses import replace
from datetime import date

import pytest
from paper_companion.evidence.ladder import Standing, State, ladder
from paper_companion.evidence.model import Evidence, Kind, Observation, Outcome, Rung
from paper_companion.evidence.subjects import replay_target, reproduce_target, subjects
from paper_companion.paper.artifacts import Code, Dataset, File, Weights
from paper_companion.paper.interface import Demo, Example, HostedDemo
from paper_companion.paper.model import Answer, Checklist, EvidenceSettings, Link, Paper, Publication, Result
from paper_companion.paper.values import Number

TODAY = date(2026, 11, 23)
COMMIT = "4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92"
PAPER = Paper(
    paper=Publication(title="LeafGrade", doi="10.5555/leafgrade"),
    code=Code(repo="https://github.com/example-lab/leafgrade", commit=COMMIT),
    data=(Dataset(id="orchard", access="withheld", because="privacy", reason="Growers did not agree."),),
    weights=(
        Weights(id="s", files=(File(url="https://example.org/s.bin", sha256="a" * 64), File(path="s.onnx"))),
        Weights(id="old", access="withdrawn", reason="It was wrong.", date="2026-01-01", url="https://example.org/old"),
    ),
    results=(
        Result(id="main", weights="s", value=Number("0.941"), command="python eval.py", read="out.json#accuracy"),
    ),
    demo=Demo(run="app.py:predict", weights="s", examples=(Example(inputs={"x": 1}), Example(inputs={"x": 2}))),
    links=(Link(label="Video", url="https://example.org/video"),),
)
REPLAYED = replay_target(b"lock", b"examples")


def looked(paper: Paper, name: str, rung: Rung = Rung.LINKED, outcome: Outcome = Outcome.OK, **rest) -> Observation:
    subject = next(subject for subject in subjects(paper) if subject.name == name)
    return Observation(subject.name, subject.kind, rung, outcome, subject.target, rest.pop("seen", TODAY), **rest)


def replayed(number: int, **rest) -> Observation:
    seen = Observation(f"demo.examples[{number}]", Kind.REPLAY, Rung.EXECUTED, Outcome.OK, REPLAYED, TODAY)
    return replace(seen, **rest)


def reproduced(**rest) -> Observation:
    target = reproduce_target(PAPER.results[0])
    details = {"weights": ["a" * 64, None], "weights_here": True, **rest.pop("details", {})}
    seen = Observation("results[main]", Kind.REPRODUCE, Rung.EXECUTED, Outcome.OK, target, TODAY, details=details)
    return replace(seen, **rest)


def standing(of: str, *observations: Observation, paper: Paper = PAPER, now: date | None = TODAY) -> Standing:
    found = ladder(paper, Evidence(tuple(observations)), now, REPLAYED)
    return next(standing for standing in found if standing.subject == of)


def test_without_evidence_everything_is_declared_and_what_is_withheld_says_why():
    assert {standing.subject: standing.state for standing in ladder(PAPER, None)} == {
        "paper": State.DECLARED,
        "code": State.DECLARED,
        "data[orchard]": State.WITHHELD,
        "weights[s]": State.DECLARED,
        "weights[old]": State.WITHHELD,
        "results[main]": State.DECLARED,
        "demo": State.DECLARED,
    }
    assert standing("data[orchard]").reason == "Growers did not agree."
    assert standing("weights[old]").access == "withdrawn"


def test_a_link_that_answered_is_linked_and_says_until_when_that_counts():
    found = standing("paper", looked(PAPER, "paper.doi"))

    assert (found.state, found.seen, found.fresh_until) == (State.LINKED, TODAY, date(2026, 12, 23))


def test_a_repository_whose_commit_was_seen_is_verified():
    assert standing("code", looked(PAPER, "code.repo", Rung.VERIFIED)).state is State.VERIFIED


def test_another_commit_in_the_paper_file_takes_the_badge_away():
    seen = looked(PAPER, "code.repo", Rung.VERIFIED)
    edited = replace(PAPER, code=replace(PAPER.code, commit="b" * 40))

    assert standing("code", seen, paper=edited).state is State.DECLARED


def test_a_component_stands_no_higher_than_its_lowest_file():
    first = looked(PAPER, "weights[s].files[0]", Rung.VERIFIED)

    assert standing("weights[s]", first).state is State.DECLARED
    assert standing("weights[s]", first, looked(PAPER, "weights[s].files[1]")).state is State.LINKED


def test_anything_broken_fails_the_badge_and_says_what():
    broken = looked(PAPER, "weights[s].files[1]", outcome=Outcome.BROKEN, reason="no such file")

    found = standing("weights[s]", looked(PAPER, "weights[s].files[0]", Rung.VERIFIED), broken)

    assert (found.state, found.reason) == (State.FAILED, "weights[s].files[1]: no such file")


def test_unknown_neither_lifts_nor_fails_a_badge_and_is_remarked_upon():
    found = standing("paper", looked(PAPER, "paper.doi", outcome=Outcome.UNKNOWN, reason="a bot wall"))

    assert (found.state, found.remarks) == (State.DECLARED, ("paper.doi: a bot wall",))


def test_a_warning_lifts_a_badge_and_is_remarked_upon():
    found = standing("code", looked(PAPER, "code.repo", outcome=Outcome.WARNING, reason="archived"))

    assert (found.state, found.remarks) == (State.LINKED, ("code.repo: archived",))


@pytest.mark.parametrize(
    ("now", "state"),
    [(date(2026, 12, 23), State.LINKED), (date(2026, 12, 24), State.STALE), (None, State.LINKED)],
    ids=["last fresh day", "a day later", "left to the reader's screen"],
)
def test_a_badge_turns_stale_after_the_days_given(now, state):
    found = standing("paper", looked(PAPER, "paper.doi"), now=now)

    assert (found.state, found.rung) == (state, Rung.LINKED)


def test_the_paper_file_says_after_how_many_days():
    patient = replace(PAPER, evidence=EvidenceSettings(max_age_days=400))

    assert standing("paper", looked(PAPER, "paper.doi"), paper=patient, now=date(2027, 11, 1)).state is State.LINKED


def test_a_failed_badge_does_not_turn_stale():
    broken = looked(PAPER, "paper.doi", outcome=Outcome.BROKEN, reason="gone", seen=date(2025, 1, 1))

    assert standing("paper", broken).state is State.FAILED


def test_a_demo_is_executed_when_every_example_was_replayed():
    assert standing("demo", replayed(0)).state is State.DECLARED
    assert standing("demo", replayed(0), replayed(1)).state is State.EXECUTED


def test_a_replay_of_another_lock_counts_for_nothing():
    other = replay_target(b"another lock", b"examples")

    assert standing("demo", replayed(0, target=other), replayed(1, target=other)).state is State.DECLARED


def test_a_replay_lifts_the_weights_that_the_demo_uses():
    assert standing("weights[s]", replayed(0), replayed(1)).state is State.EXECUTED


def test_one_failing_example_fails_the_demo():
    failing = replayed(1, outcome=Outcome.BROKEN, reason="answers round, recorded oval")

    assert standing("demo", replayed(0), failing).state is State.FAILED


def test_a_reproduced_result_is_executed_and_lifts_its_weights():
    assert standing("results[main]", reproduced()).state is State.EXECUTED
    assert standing("weights[s]", reproduced()).state is State.EXECUTED


def test_a_claim_edited_after_its_reproduction_is_declared_again():
    edited = replace(PAPER, results=(replace(PAPER.results[0], value=Number("0.99")),))

    assert standing("results[main]", reproduced(), paper=edited).state is State.DECLARED


def test_a_reproduction_lifts_no_weights_that_were_not_there_to_be_hashed():
    elsewhere = reproduced(details={"weights_here": False})

    assert standing("results[main]", elsewhere).state is State.EXECUTED
    assert standing("weights[s]", elsewhere).state is State.DECLARED


def test_a_claim_whose_weights_have_another_hash_by_now_is_declared_again():
    files = (replace(PAPER.weights[0].files[0], sha256="b" * 64), *PAPER.weights[0].files[1:])
    edited = replace(PAPER, weights=(replace(PAPER.weights[0], files=files),))

    assert standing("results[main]", reproduced(), paper=edited).state is State.DECLARED
    assert standing("weights[s]", reproduced(), paper=edited).state is State.DECLARED


def test_a_reproduction_lifts_the_code_only_when_it_ran_the_commit_of_the_paper():
    assert standing("code", reproduced(details={"commit": COMMIT, "changed": False})).state is State.EXECUTED
    assert standing("code", reproduced(details={"commit": "b" * 40, "changed": False})).state is State.DECLARED


@pytest.mark.parametrize("pinned", [COMMIT, None])
@pytest.mark.parametrize("details", [{"changed": True}, {}], ids=["changed", "nobody can tell"])
def test_a_reproduction_does_not_lift_the_code_when_what_it_ran_may_be_in_no_commit(pinned, details):
    paper = replace(PAPER, code=replace(PAPER.code, commit=pinned))

    assert standing("code", reproduced(details={"commit": COMMIT, **details}), paper=paper).state is State.DECLARED


def test_a_component_is_as_stale_as_the_oldest_look_behind_it():
    first = looked(PAPER, "weights[s].files[0]", Rung.VERIFIED, seen=date(2026, 11, 1))
    second = looked(PAPER, "weights[s].files[1]", Rung.VERIFIED, seen=date(2026, 11, 20))

    assert standing("weights[s]", first, second).seen == date(2026, 11, 1)


def test_a_hosted_demo_that_may_be_framed_is_linked():
    hosted = replace(PAPER, demo=Demo(kind="iframe", url="https://example.org/demo"))

    assert standing("demo", looked(hosted, "demo.url"), paper=hosted).state is State.LINKED


def test_a_fallback_that_cannot_be_framed_fails_the_demo_that_names_it():
    with_fallback = replace(PAPER, demo=replace(PAPER.demo, fallback=HostedDemo(url="https://example.org/demo")))
    refused = looked(with_fallback, "demo.fallback.url", outcome=Outcome.BROKEN, reason="must not be framed")

    assert standing("demo", replayed(0), replayed(1), refused, paper=with_fallback).state is State.FAILED


def test_weights_that_do_not_apply_say_why():
    theory = Paper(
        paper=Publication(title="A proof"),
        checklists={
            "code-completeness": Checklist(answers={"weights": Answer(answer="na", why="Nothing is trained.")})
        },
    )

    found = standing("weights", paper=theory)

    assert (found.state, found.reason) == (State.NOT_APPLICABLE, "Nothing is trained.")


def test_what_was_withdrawn_is_not_looked_for():
    assert not [subject for subject in subjects(PAPER) if subject.name.startswith("weights[old]")]


def test_no_password_of_an_address_gets_into_a_target():
    paper = Paper(
        paper=Publication(title="T"), links=(Link(label="L", url="https://me:hunter2@example.org/?token=abc"),)
    )

    target = subjects(paper)[0].target

    assert "hunter2" not in target
    assert "abc" not in target
