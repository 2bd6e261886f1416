"""Reproducing claims: what is run, what is compared, what is written down."""

import json
import os
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.evidence.ladder import State, ladder
from paper_companion.evidence.model import Outcome, read_evidence
from paper_companion.evidence.reproduce import agrees, clean_environment, read_value, tolerance_of
from paper_companion.paper.model import Result
from paper_companion.paper.reader import read_paper
from paper_companion.paper.values import Number

WRITE = "import json,sys; json.dump(json.loads(sys.argv[1]), open('out.json', 'w'))"


WRITES_N = """echo '{"accuracy":' $(cat n) '}' > out.json"""


def run(folder: Path, *arguments: str, command: str = "", value: str = "0.941", more: str = "", **environment: str):
    (folder / "write.py").write_text(WRITE)
    (folder / "mkdocs.yml").write_text("site_name: x\n")
    (folder / "paper.yml").write_text(
        "paper: {title: x}\n"
        "results:\n"
        "  - id: main\n"
        f"    value: {value}\n"
        "    tolerance: 0.01\n"
        f"    command: {json.dumps(command)}\n"
        "    read: out.json#accuracy\n" + more
    )
    return subprocess.run(
        [sys.executable, "-m", "paper_companion", "reproduce", "paper.yml", *arguments],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def writes(text: str) -> str:
    return f"python write.py '{text}'"


def seen(folder: Path):
    return read_evidence(folder / "paper.evidence.json").observations[0]


def test_a_value_within_the_tolerance_is_executed(tmp_path):
    done = run(tmp_path, command=writes('{"accuracy": 0.9405}'))

    assert done.returncode == 0, done.stderr
    assert "measured 0.9405, claimed 0.941 ± 0.01" in done.stdout
    observation = seen(tmp_path)
    assert observation.outcome is Outcome.OK
    assert observation.details["value"] == 0.9405
    assert observation.details["duration_s"] >= 0
    assert "cores" in observation.details["machine"]
    found = ladder(read_paper(tmp_path / "paper.yml").paper, read_evidence(tmp_path / "paper.evidence.json"))
    assert [standing.state for standing in found if standing.subject == "results[main]"] == [State.EXECUTED]


def test_a_value_beyond_the_tolerance_is_broken_and_names_its_line(tmp_path):
    done = run(tmp_path, command=writes('{"accuracy": 0.9}'))

    assert done.returncode == 1
    assert "paper.yml:4:12" in done.stdout
    assert "measured 0.9, claimed 0.941 ± 0.01" in done.stdout
    assert seen(tmp_path).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("command", "said", "status"),
    [
        ("python -c 'raise SystemExit(3)'", "ended with status 3", 1),
        ("true", "did not write out.json", 1),
        (writes('{"loss": 1}'), "there is nothing at accuracy", 1),
        (writes('{"accuracy": "high"}'), "there is no number at accuracy", 1),
        (writes('{"accuracy": NaN}'), "there is no number at accuracy", 1),
        ("echo nonsense > out.json", "is not JSON", 1),
        (f"python -c 'print(10**400)' > n; {WRITES_N}", "there is no number at accuracy", 1),
        (f"python -c 'print(\"1\" * 9999)' > n; {WRITES_N}", "is not JSON", 1),
        ("mkdir out.json", "out.json cannot be read: Is a directory", 1),
        ("printf '\\377' > out.json", "is not JSON", 1),
        ("kill -9 $$", "the command was ended by signal 9", 1),
        ("no-such-program", "could not be run here", 2),
    ],
)
def test_a_command_that_gives_no_value_says_why(tmp_path, command, said, status):
    done = run(tmp_path, command=command)

    assert done.returncode == status
    assert said in done.stdout


def test_a_value_left_by_an_earlier_run_does_not_count(tmp_path):
    (tmp_path / "out.json").write_text('{"accuracy": 0.941}')

    done = run(tmp_path, command="true")

    assert done.returncode == 1
    assert "did not write out.json" in done.stdout


def test_a_command_is_stopped_with_all_that_it_started_when_its_time_is_up(tmp_path):
    done = run(tmp_path, "--time-limit", "0.5s", command="(while :; do date > alive; done) & sleep 60")

    assert done.returncode == 2
    assert "was stopped after 0.5 s" in done.stdout
    (tmp_path / "alive").unlink(missing_ok=True)
    assert not (tmp_path / "alive").exists()


@pytest.mark.parametrize(("told", "status", "said"), [(signal.SIGINT, 130, ["Interrupted"]), (signal.SIGTERM, 143, [])])
def test_who_is_told_to_end_ends_the_command_with_all_that_it_started(tmp_path, told, status, said):
    run(tmp_path, command=writes('{"accuracy": 0.941}'))
    before = (tmp_path / "paper.evidence.json").read_bytes()
    paper = (tmp_path / "paper.yml").read_text()
    # The pipe ends when nobody holds its other end any more: the command, its child, or a child of that.
    os.mkfifo(tmp_path / "alive")
    command = "(sh -c 'echo started; sleep 60; :' & sleep 60; :) > alive"
    (tmp_path / "paper.yml").write_text(paper.replace(json.dumps(writes('{"accuracy": 0.941}')), json.dumps(command)))

    with (
        subprocess.Popen(
            [sys.executable, "-m", "paper_companion", "reproduce", "paper.yml"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
        (tmp_path / "alive").open() as alive,
    ):
        assert alive.readline() == "started\n"
        process.send_signal(told)
        stdout, stderr = process.communicate(timeout=20)
        assert alive.read() == ""

    assert (process.returncode, stdout) == (status, "")
    assert stderr.splitlines()[1:] == said
    assert (tmp_path / "paper.evidence.json").read_bytes() == before


def test_evidence_that_cannot_be_read_is_noticed_before_a_command_runs(tmp_path):
    (tmp_path / "paper.evidence.json").write_text("{\n")

    done = run(tmp_path, command=writes('{"accuracy": 0.941}'))

    assert done.returncode == 2
    assert done.stderr.startswith("paper.evidence.json:2:1: not JSON")
    assert not (tmp_path / "out.json").exists()
    assert (tmp_path / "paper.evidence.json").read_text() == "{\n"


def test_a_command_sees_no_token_of_its_caller(tmp_path):
    (tmp_path / "count.py").write_text(
        "import json, os\njson.dump({'accuracy': sum('TOKEN' in name for name in os.environ)}, open('out.json', 'w'))\n"
    )

    done = run(tmp_path, command="python count.py", value="0", GITHUB_TOKEN="t0ken", HF_TOKEN="t0ken")

    assert done.returncode == 0, done.stdout


def test_a_variable_can_be_let_through_by_name():
    environment = {"PATH": "/bin", "DATA_DIR": "/data", "GITHUB_TOKEN": "t"}

    assert "GITHUB_TOKEN" not in clean_environment(environment, ["DATA_DIR"])
    assert clean_environment(environment, ["DATA_DIR"])["DATA_DIR"] == "/data"


def test_weights_that_are_not_those_of_the_claim_are_not_run(tmp_path):
    (tmp_path / "w.bin").write_bytes(b"other")
    more = "    weights: w\nweights: [{id: w, files: [{path: w.bin, sha256: '" + "0" * 64 + "'}]}]\n"

    done = run(tmp_path, command=writes('{"accuracy": 0.941}'), more=more)

    assert done.returncode == 1
    assert "its sha256 differs" in done.stdout
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize(
    ("files", "here"),
    [
        ("{path: w.bin, sha256: 'HASH'}", True),
        ("{path: w.bin, url: 'https://example.org/w.bin', sha256: 'HASH'}", True),
        ("{url: 'https://example.org/w.bin', sha256: 'HASH'}", False),
        ("{path: gone.bin, url: 'https://example.org/w.bin', sha256: 'HASH'}", False),
        ("{path: w.bin, sha256: 'HASH'}, {url: 'https://example.org/v.bin', sha256: 'HASH'}", False),
    ],
)
def test_weights_are_executed_only_when_all_their_files_were_hashed_before_the_command_ran(tmp_path, files, here):
    (tmp_path / "w.bin").write_bytes(b"w")
    more = f"    weights: w\nweights: [{{id: w, files: [{files}]}}]\n".replace("HASH", sha256(b"w").hexdigest())

    run(tmp_path, command=writes('{"accuracy": 0.941}'), more=more)

    found = ladder(read_paper(tmp_path / "paper.yml").paper, read_evidence(tmp_path / "paper.evidence.json"))
    states = {standing.subject: standing.state for standing in found}
    assert states["results[main]"] is State.EXECUTED
    assert states["weights[w]"] is (State.EXECUTED if here else State.DECLARED)


def test_a_claim_counts_for_nothing_any_more_when_its_weights_were_replaced(tmp_path):
    def standings(data: bytes, *arguments: str) -> dict[str, State]:
        (tmp_path / "w.bin").write_bytes(data)
        more = f"    weights: w\nweights: [{{id: w, files: [{{path: w.bin, sha256: '{sha256(data).hexdigest()}'}}]}}]\n"
        run(tmp_path, *arguments, command=writes('{"accuracy": 0.941}'), more=more)
        found = ladder(read_paper(tmp_path / "paper.yml").paper, read_evidence(tmp_path / "paper.evidence.json"))
        return {standing.subject: standing.state for standing in found}

    first, second = standings(b"old"), standings(b"new", "--dry-run")

    assert first["results[main]"] is first["weights[w]"] is State.EXECUTED
    assert second["results[main]"] is second["weights[w]"] is State.DECLARED


def test_a_dry_run_writes_no_evidence(tmp_path):
    run(tmp_path, "--dry-run", command=writes('{"accuracy": 0.941}'))

    assert not (tmp_path / "paper.evidence.json").exists()


@pytest.fixture
def committed(tmp_path) -> Path:
    """A project of which everything is committed but what lies beside the paper file and what is read."""
    run(tmp_path, "--dry-run", command=COMMITTED)
    (tmp_path / "out.json").unlink()
    (tmp_path / "code.py").write_text("x = 1")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "x")
    return tmp_path


COMMITTED = writes('{"accuracy": 0.941}')


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_commit_that_was_run_is_written_down(committed):
    done = run(committed, command=COMMITTED)

    assert (seen(committed).details["commit"], seen(committed).details["changed"]) == (
        git(committed, "rev-parse", "HEAD"),
        False,
    )
    assert "commit" not in done.stderr


def test_a_result_read_from_a_folder_hides_no_change(committed):
    (committed / "new").mkdir()
    (committed / "new" / "script.py").write_text("x = 2")

    run(committed, command=COMMITTED, more="  - {id: other, value: 1, command: x, read: 'new#x'}\n")

    assert {one.details["changed"] for one in read_evidence(committed / "paper.evidence.json").observations} == {True}


@pytest.mark.parametrize("name", ["code.py", "new/script.py"])
def test_what_is_in_no_commit_is_a_change_that_is_named(committed, name):
    (committed / name).parent.mkdir(exist_ok=True)
    (committed / name).write_text("x = 2")

    done = run(committed, command=COMMITTED)

    assert seen(committed).details["changed"] is True
    assert f"the code will not count as executed: {name} (" in done.stderr


def test_what_lies_beside_the_paper_file_what_is_read_and_what_commands_write_is_no_change(committed):
    for name in ("paper.lock.json", "paper.examples.json", "paper.evidence.json", "other.evidence.json"):
        (committed / name).write_text('{"version": 1, "observations": []}')
    (committed / "out.json").write_text("{}")
    command = f"touch left-behind && {COMMITTED}"
    more = f"  - {{id: second, value: 0.941, command: {json.dumps(command)}, read: 'out.json#accuracy'}}\n"

    run(committed, command=command, more=more)

    found = read_evidence(committed / "paper.evidence.json").observations
    assert [observation.details["changed"] for observation in found] == [False, False]


def test_a_repository_that_git_does_not_read_is_remarked_upon_with_gits_own_advice(committed):
    # How git's own tests let a repository belong to somebody else.
    done = run(committed, command=COMMITTED, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")

    assert done.returncode == 0
    assert f"git config --global --add safe.directory {committed}\n" in done.stderr
    assert "commit" not in seen(committed).details


def test_the_ci_run_is_written_down(tmp_path):
    run(
        tmp_path,
        command=writes('{"accuracy": 0.941}'),
        GITHUB_SERVER_URL="https://github.com",
        GITHUB_REPOSITORY="lab/leaf",
        GITHUB_RUN_ID="118",
    )

    assert seen(tmp_path).details["run"] == "https://github.com/lab/leaf/actions/runs/118"


def test_a_result_that_is_not_there_is_the_callers_own_fault(tmp_path):
    done = run(tmp_path, "--result", "other", command="true")

    assert done.returncode == 2
    assert "other: nothing to run" in done.stderr


@pytest.mark.parametrize("command", ["reproduce", "check"])
def test_a_paper_file_that_is_not_there_is_the_callers_own_fault(tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)

    done = CliRunner().invoke(main, [command, "nothere.yml"])

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == "nothere.yml: there is no such file (paper-companion new makes one)\n"


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ('{"accuracy": 0.5}', "accuracy", 0.5),
        ('{"test": {"accuracy": 0.5}}', "test.accuracy", 0.5),
        ('{"test": {"accuracy": 0.5}}', "/test/accuracy", 0.5),
        ('{"a/b": {"c~d": 0.5, "c~1d": 1}}', "/a~1b/c~0d", 0.5),
        ('{"runs": [{"x": 1}, {"x": 2}]}', "runs.1.x", 2.0),
        ('{"a.b": 0.5}', "a.b", 0.5),
        ('{"accuracy": "0.5"}', "accuracy", 0.5),
    ],
)
def test_a_value_is_read_from_json(tmp_path, text, place, value):
    path = tmp_path / "out.json"
    path.write_text(text)

    assert read_value(path, place) == value


def test_a_value_is_read_from_the_last_row_of_a_table(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("epoch,accuracy\n1,0.1\n2,0.9\n")

    assert read_value(path, "accuracy") == 0.9


@pytest.mark.parametrize(("name", "text"), [("out.json", '{"accuracy": 0.9}'), ("out.csv", "accuracy,epoch\n0.9,2\n")])
def test_a_byte_order_mark_hides_no_value(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8-sig")

    assert read_value(tmp_path / name, "accuracy") == 0.9


def test_a_table_that_is_none_says_so(tmp_path):
    path = tmp_path / "out.csv"
    path.write_text("epoch,accuracy\n1," + "9" * 200_000)

    with pytest.raises(ValueError, match="is no table"):
        read_value(path, "accuracy")


def test_what_came_out_is_written_down_before_the_next_command_runs(tmp_path):
    after = "python write.py '{\"accuracy\": 1}' && grep -q main paper.evidence.json"
    second = f"  - {{id: second, value: 1, command: {json.dumps(after)}, read: out.json#accuracy}}\n"

    done = run(tmp_path, command=writes('{"accuracy": 0.941}'), more=second)

    assert done.returncode == 0, done.stdout
    assert len(read_evidence(tmp_path / "paper.evidence.json").observations) == 2


@pytest.mark.parametrize(
    ("claimed", "tolerance"), [("0.941", 0.0005), ("0.9410", 0.00005), ("94", 0.5), ("1.5e-3", 0.00005)]
)
def test_without_a_tolerance_the_claims_last_digit_decides(claimed, tolerance):
    assert tolerance_of(Result(id="x", value=Number(claimed))) == pytest.approx(tolerance)


@pytest.mark.parametrize(
    ("measured", "agreed"),
    [(0.951, True), (0.931, True), (0.9511, False), (float("nan"), False), (float("inf"), False)],
)
def test_a_difference_of_exactly_the_tolerance_agrees(measured, agreed):
    result = Result(id="x", value=Number("0.941"), tolerance=Number("0.01"))

    assert agrees(measured, result) is agreed
