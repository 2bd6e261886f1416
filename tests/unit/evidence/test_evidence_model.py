"""The evidence file: what replaces what, what is kept, and that it is never half written."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.evidence import json_schema
from paper_companion.evidence.json_schema import evidence_schema
from paper_companion.evidence.model import (
    Evidence,
    Kind,
    Observation,
    Outcome,
    Rung,
    evidence_path,
    from_json,
    read_evidence,
    to_json,
    write_evidence,
)

SEEN = Observation(
    subject="code.repo",
    kind=Kind.LINK,
    rung=Rung.LINKED,
    outcome=Outcome.OK,
    target="https://example.org/repo",
    seen=date(2026, 11, 1),
    details={"requests": 1},
)


def test_evidence_survives_a_round_trip_through_json():
    evidence = Evidence((SEEN, replace(SEEN, kind=Kind.REPLAY, subject="demo.examples[0]")))

    assert from_json(to_json(evidence)) == evidence


def test_an_evidence_file_matches_its_schema():
    jsonschema.validate(json.loads(to_json(Evidence((SEEN,)))), evidence_schema())


def test_the_committed_schema_is_what_the_command_prints():
    printed = CliRunner().invoke(main, ["schema", "--evidence"])
    committed = Path(json_schema.__file__).with_name("evidence.schema.json")

    assert committed.read_text(encoding="utf-8") == printed.stdout, (
        f"run: paper-companion schema --evidence > {committed}"
    )
    jsonschema.Draft202012Validator.check_schema(json.loads(printed.stdout))


def test_the_schema_refuses_an_unknown_kind():
    document = json.loads(to_json(Evidence((SEEN,))))
    document["observations"][0]["kind"] = "guess"

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, evidence_schema())


def test_a_newer_observation_takes_the_place_of_the_older_one():
    newer = replace(SEEN, outcome=Outcome.BROKEN, seen=date(2026, 11, 2))

    assert Evidence((SEEN,)).adding([newer]).observations == (newer,)


def test_an_observation_of_another_kind_stands_beside():
    other = replace(SEEN, kind=Kind.EMBED)

    assert Evidence((SEEN,)).adding([other]).observations == (other, SEEN)


def test_unknown_does_not_take_the_place_of_a_judgement_of_the_same_target():
    unknown = replace(SEEN, outcome=Outcome.UNKNOWN, seen=date(2026, 11, 2))

    assert Evidence((SEEN,)).adding([unknown]).observations == (SEEN,)


def test_unknown_takes_the_place_when_the_target_has_changed():
    unknown = replace(SEEN, outcome=Outcome.UNKNOWN, target="https://example.org/other")

    assert Evidence((SEEN,)).adding([unknown]).observations == (unknown,)


def test_an_observation_of_another_target_is_no_evidence():
    assert Evidence((SEEN,)).of("code.repo", Kind.LINK, "https://example.org/other") is None
    assert Evidence((SEEN,)).of("code.repo", Kind.LINK, SEEN.target) is SEEN


def test_observations_of_vanished_subjects_are_dropped_and_those_of_other_kinds_kept():
    replay = replace(SEEN, kind=Kind.REPLAY)

    assert Evidence((SEEN, replay)).keeping({}, [Kind.LINK]).observations == (replay,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "paper.evidence.json:1:2: not JSON"),
        ("[]", "expected an object"),
        ('{"version": 99, "observations": []}', "version: expected 1, found 99"),
        ('{"version": 1}', "observations: expected a list"),
        ('{"version": 1, "observations": [3]}', "observations[0]: expected an object"),
        ('{"version": 1, "observations": [{"subject": "x", "seen": "2026-13-01"}]}', "observations[0].seen"),
        ('{"version": 1, "observations": [{"subject": "x", "seen": "2026-12-01", "kind": "y"}]}', "one of link, file"),
        ("[" * 100_000, "move it away and run"),
    ],
)
def test_an_unreadable_evidence_file_is_one_line_with_its_place_and_a_cure(tmp_path, text, message):
    from paper_companion.paper.reader import PaperError

    path = tmp_path / "paper.evidence.json"
    path.write_text(text)

    with pytest.raises(PaperError) as raised:
        read_evidence(path)

    assert message in str(raised.value)
    assert "restore the file, or move it away and run" in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_the_evidence_lies_beside_the_paper_file_and_is_named_after_it(tmp_path):
    assert evidence_path(tmp_path / "leafgrade.yml") == tmp_path / "leafgrade.evidence.json"


def test_writing_leaves_no_temporary_file(tmp_path):
    write_evidence(tmp_path / "paper.evidence.json", Evidence((SEEN,)))

    assert [path.name for path in tmp_path.iterdir()] == ["paper.evidence.json"]


def test_a_failing_write_leaves_the_old_evidence(tmp_path):
    path = tmp_path / "paper.evidence.json"
    write_evidence(path, Evidence((SEEN,)))
    before = path.read_bytes()

    with pytest.raises(ValueError):
        write_evidence(path, Evidence((replace(SEEN, details={"value": float("nan")}),)))

    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["paper.evidence.json"]


def test_killing_the_writer_leaves_the_old_or_the_new_evidence_never_half_of_one(tmp_path):
    path = tmp_path / "paper.evidence.json"
    write_evidence(path, Evidence((SEEN,)))
    program = f"""
import itertools, pathlib
from dataclasses import replace
from paper_companion.evidence.model import *
path = pathlib.Path({str(path)!r})
seen = read_evidence(path).observations[0]
print("ready", flush=True)
for count in itertools.count():
    write_evidence(path, Evidence(tuple(replace(seen, subject=f"links[{{n}}]") for n in range(200 + count % 200))))
"""
    for round_number in range(5):
        with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            for _ in range(50 + 37 * round_number):
                read_evidence(path)
            writer.kill()

        assert 1 <= len(read_evidence(path).observations) < 400
