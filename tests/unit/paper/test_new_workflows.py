"""The workflows that `paper-companion new` writes: what they may do, and what their scripts do with what they find."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from paper_companion.cli import main


@pytest.fixture
def workflows(tmp_path: Path) -> dict[str, dict[Any, Any]]:
    return new_workflows(tmp_path / "leaves")


def new_workflows(folder: Path) -> dict[str, dict[Any, Any]]:
    made = CliRunner().invoke(main, ["new", str(folder), "--no-ask", "--no-demo"])
    assert made.exit_code == 0, made.output
    return {path.stem: yaml.safe_load(path.read_bytes()) for path in (folder / ".github/workflows").iterdir()}


def scripts(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def script_with(words: str, job: dict[str, Any]) -> str:
    (found,) = (script for script in scripts(job) if words in script)
    return found


def run(script: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a step's script as a GitHub runner does."""
    variables = {**os.environ, "GITHUB_OUTPUT": str(folder / "output"), **environment}
    return subprocess.run(
        ["bash", "-e", "-c", script], cwd=folder, env=variables, capture_output=True, text=True, timeout=60
    )


def with_command(folder: Path, status: int) -> str:
    """A PATH on which paper-companion writes down its arguments and ends with this status."""
    (folder / "bin").mkdir(parents=True)
    command = folder / "bin" / "paper-companion"
    command.write_text(f'#!/bin/sh\necho "$@" >> asked\nexit {status}\n')
    command.chmod(0o755)
    return f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"


def test_one_builds_checks_and_deploys_and_the_other_refreshes_the_evidence(workflows) -> None:
    companion, evidence = workflows["companion"], workflows["evidence"]

    assert {"run": "paper-companion lint"} in companion["jobs"]["build"]["steps"]
    assert {"run": "mkdocs build --strict"} in companion["jobs"]["build"]["steps"]
    assert script_with("paper-companion check . --site site", companion["jobs"]["check"])
    assert script_with('paper-companion replay "$PAPER" --dry-run', companion["jobs"]["check"])
    assert companion["jobs"]["deploy"]["needs"] == "build"
    assert companion[True]["workflow_run"]["workflows"] == [evidence["name"]]  # YAML 1.1 reads the key "on" as true
    assert evidence[True]["schedule"]
    assert script_with("git push", evidence["jobs"]["commit"])


def test_only_the_job_that_needs_it_may_write(workflows) -> None:
    may_write = {
        (name, job_id): job["permissions"]
        for name, workflow in workflows.items()
        for job_id, job in workflow["jobs"].items()
        if "permissions" in job
    }

    assert {name: workflow["permissions"] for name, workflow in workflows.items()} == {
        "companion": {"contents": "read"},
        "evidence": {"contents": "read"},
    }
    assert may_write == {
        ("companion", "deploy"): {"pages": "write", "id-token": "write"},
        ("evidence", "commit"): {"contents": "write"},
    }
    assert not any("paper-companion" in script for script in scripts(workflows["evidence"]["jobs"]["commit"]))


def test_a_pull_request_from_anybody_gets_no_secret_and_is_not_published(workflows) -> None:
    companion = workflows["companion"]

    assert set(companion[True]) == {"push", "pull_request", "workflow_run", "workflow_dispatch"}
    assert "secrets" not in str(workflows)
    assert "event_name != 'pull_request'" in companion["jobs"]["deploy"]["if"]
    checkouts = [
        step
        for job in ("build", "check")
        for step in companion["jobs"][job]["steps"]
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert [step["with"]["persist-credentials"] for step in checkouts] == [False, False]


def test_the_branch_that_is_published_is_the_remotes_default_or_else_the_current_one(tmp_path) -> None:
    def published() -> tuple[list[str], str]:
        companion = new_workflows(tmp_path)["companion"]
        (tmp_path / ".github/workflows/companion.yml").unlink()
        return companion[True]["push"]["branches"], companion["jobs"]["deploy"]["if"].partition(" && ")[0]

    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q", "-b", "it's-c++"], check=True)
    assert published() == ([r"it's-c\+\+"], "github.ref == 'refs/heads/it''s-c++'")
    subprocess.run([*git, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/master"], check=True)
    assert published() == (["master"], "github.ref == 'refs/heads/master'")


@pytest.mark.parametrize(("found", "ends"), [(0, 0), (1, 1), (2, 0)])
def test_a_build_fails_on_what_is_broken_and_not_when_nothing_could_be_judged(workflows, tmp_path, found, ends) -> None:
    path = with_command(tmp_path, found)
    subprocess.run(["tar", "--create", "--file", "artifact.tar", "bin"], cwd=tmp_path, check=True)

    done = run(
        script_with("check .", workflows["companion"]["jobs"]["check"]), tmp_path, PATH=path, GITHUB_STEP_SUMMARY="sum"
    )

    assert done.returncode == ends, done.stderr
    assert ("::warning" in done.stdout) == (found == 2)
    assert (tmp_path / "site" / "bin").exists()
    assert (
        (tmp_path / "asked").read_text().startswith("check . --site site --dry-run --format github --report markdown")
    )


@pytest.mark.parametrize(("found", "judged"), [(0, True), (1, True), (2, False)])
def test_what_is_broken_is_written_down_and_a_run_that_judged_nothing_is_not(
    workflows, tmp_path, found, judged
) -> None:
    path = with_command(tmp_path, found)
    (tmp_path / "output").touch()

    done = run(
        script_with("check .", workflows["evidence"]["jobs"]["look"]), tmp_path, PATH=path, GITHUB_STEP_SUMMARY="sum"
    )

    assert done.returncode == found
    assert (tmp_path / "output").read_text() == ("judged=true\n" if judged else "")


@pytest.mark.parametrize("recorded", [True, False])
def test_examples_are_replayed_where_their_answers_are_recorded(workflows, tmp_path, recorded) -> None:
    path = with_command(tmp_path, 0)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "paper.lock.json").touch()
    if recorded:
        (tmp_path / "docs" / "paper.examples.json").touch()

    for workflow, job in (("companion", "check"), ("evidence", "look")):
        script = script_with("replay", workflows[workflow]["jobs"][job])
        assert run(script, tmp_path, PATH=path, PAPER=workflows[workflow]["env"]["PAPER"]).returncode == 0

    asked = (tmp_path / "asked").read_text() if recorded else ""
    assert asked == ("replay docs/paper.yml --dry-run\nreplay docs/paper.yml\n" if recorded else "")
    assert (tmp_path / "asked").exists() == recorded


def test_a_paper_in_another_folder_is_the_one_that_is_replayed(tmp_path) -> None:
    (tmp_path / "mkdocs.yml").write_text('docs_dir: "the pages: ours"\nplugins: [paper-companion]\n')

    made = new_workflows(tmp_path)

    assert [workflow["env"]["PAPER"] for workflow in made.values()] == ["the pages: ours/paper.yml"] * 2


def test_the_job_that_writes_takes_evidence_and_nothing_else(workflows, tmp_path, monkeypatch) -> None:
    for variable in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(variable, os.devnull)
    remote, look, commit = tmp_path / "remote.git", tmp_path / "look", tmp_path / "commit"
    git("init", "--quiet", "--bare", "--initial-branch=main", remote)
    git("clone", "--quiet", remote, look)
    (look / "docs").mkdir()
    (look / "docs" / "paper.evidence.json").write_text("{}\n")
    (look / "evaluate.py").write_text("print(1)\n")
    git("-C", look, "add", ".")
    git("-C", look, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "x")
    git("-C", look, "push", "--quiet", "origin", "HEAD:main")
    git("clone", "--quiet", remote, commit)

    (look / "docs" / "paper.evidence.json").write_text('{"seen": 1}\n')
    (look / "papers").mkdir()
    (look / "papers" / "other.evidence.json").write_text('{"seen": 2}\n')
    (look / "evaluate.py").write_text("print(2)\n")
    collected = run(script_with("git diff", workflows["evidence"]["jobs"]["look"]), look)
    assert (collected.returncode, (look / "output").read_text()) == (0, "changed=true\n"), collected.stderr
    patch = (look / "evidence.patch").read_text()
    assert "evaluate.py" not in patch
    smuggled = "--- a/evaluate.py\n+++ b/evaluate.py\n@@ -1 +1 @@\n-print(1)\n+print(666)\n"
    (commit / "evidence.patch").write_text(patch + smuggled)
    pushed = run(script_with("git push", workflows["evidence"]["jobs"]["commit"]), commit)

    assert pushed.returncode == 0, pushed.stderr
    changed = git("-C", remote, "show", "--name-only", "--format=%s", "main").split()
    assert changed == ["Refresh", "the", "evidence", "docs/paper.evidence.json", "papers/other.evidence.json"]
    assert git("-C", remote, "show", "main:docs/paper.evidence.json") == '{"seen": 1}\n'


def git(*arguments: str | Path) -> str:
    return subprocess.run(["git", *map(str, arguments)], check=True, capture_output=True, text=True, timeout=60).stdout
