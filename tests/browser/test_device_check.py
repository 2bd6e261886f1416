"""Check on my device, and replay: one rule, in the reader's browser, under Deno and in Chromium."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect
from reader import open_demo, wait_for_state


def check(page):
    page.get_by_role("button", name="Check on my device").click()


def test_a_reader_sees_the_recorded_answers_come_out_again(page, demo):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    element = open_demo(page, demo.url + "obedience/")

    check(page)

    expect(element.locator(".pc-check-summary")).to_contain_text("2 of 2 recorded answers came out the same")
    expect(element.locator(".pc-check tbody tr").first).to_contain_text("✓ agrees")
    expect(element.locator(".pc-check-by")).to_contain_text("Pyodide 314")
    element.get_by_role("button", name="Copy the verdict").click()
    expect(element.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    lock = json.loads(element.get_attribute("data-demo"))["lock"]
    assert "2 of 2 recorded answers came out the same" in copied
    assert lock[:12] in copied
    assert demo.url in copied


def test_a_recorded_answer_that_was_altered_is_seen_by_the_reader(page, demo):
    demo.changes["obedience/"] = lambda data: data.replace(b"0.75", b"0.74")
    element = open_demo(page, demo.url + "obedience/")

    check(page)

    expect(element.locator(".pc-check-summary")).to_contain_text("1 of 2 recorded answers came out the same")
    expect(element.locator(".pc-check tbody tr").first).to_contain_text("✕ differs: answer: 0.0100 (b)")


def test_a_check_can_be_stopped_and_a_run_works_after_it(page, demo):
    import threading

    open_demo(page, demo.url + "obedience/")
    demo.held["app.py"] = threading.Event()
    check(page)
    wait_for_state(page, "downloading")

    page.get_by_role("button", name="Stop").click()

    assert wait_for_state(page, "stopped") == "stopped"
    demo.held.pop("app.py").set()
    page.get_by_role("button", name="Run").click()
    assert wait_for_state(page, "done", "failed") == "done"


@pytest.fixture
def project(demo_site, tmp_path) -> Path:
    copy = tmp_path / "project"
    shutil.copytree(demo_site.parent, copy, ignore=shutil.ignore_patterns("site"))
    return copy


def replay(project: Path, *options: str):
    command = [sys.executable, "-m", "paper_companion", "replay", "docs/obedience/paper.yml", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize(("options", "where"), [((), "under Deno"), (("--browser",), "in Chromium")])
def test_replay_prints_a_table_and_writes_evidence(project, options, where):
    done = replay(project, *options)

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["example", "verdict", "largest", "deviation", "time"]
    assert lines[1].startswith("example 1   agrees   0")
    assert where in lines[-1]
    evidence = json.loads((project / "docs/obedience/paper.evidence.json").read_text())
    seen = [(one["subject"], one["kind"], one["rung"], one["outcome"]) for one in evidence["observations"]]
    assert seen == [(f"demo.examples[{n}]", "replay", "executed", "ok") for n in range(2)]


def test_an_altered_recorded_answer_is_detected_by_replay(project):
    recorded = project / "docs/obedience/paper.examples.json"
    recorded.write_text(recorded.read_text().replace("0.75", "0.74"))

    done = replay(project)

    assert done.returncode == 1
    assert "example 1: answer: deviates by 0.01 at b" in done.stdout
    evidence = json.loads((project / "docs/obedience/paper.evidence.json").read_text())
    assert [one["outcome"] for one in evidence["observations"]] == ["broken", "ok"]


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("demo/app.py", ("0.25", "0.26"), "demo/app.py has changed (run: paper-companion lock"),
        ("docs/obedience/paper.lock.json", ('"sha256": "', '"sha256": "0'), "paper.lock.json"),
        ("docs/obedience/paper.lock.json", ("{", ""), "paper.lock.json:2:11: is not JSON"),
    ],
)
def test_a_project_that_is_not_what_was_locked_is_not_replayed(project, file, change, words):
    path = project / file
    path.write_text(path.read_text().replace(*change, 1))

    done = replay(project)

    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "docs/obedience/paper.evidence.json").exists()


def test_code_that_reaches_out_gets_nowhere_in_a_replay(project):
    """Neither the network nor the disk of who replays is there for the author's function."""
    app = project / "demo/app.py"
    app.write_text(
        "import js\n"
        "async def predict(order: str = '') -> dict[str, float]:\n"
        "    tried = {}\n"
        "    for name, reach in {\n"
        "        'read': lambda: js.Deno.readTextFileSync('/etc/passwd'),\n"
        "        'write': lambda: js.Deno.writeTextFileSync('/tmp/paper-companion-was-here', 'x'),\n"
        "        'run': lambda: js.Deno.Command.new('true').outputSync(),\n"
        "        'environment': lambda: js.Deno.env.get('HOME'),\n"
        "    }.items():\n"
        "        try:\n"
        "            reach()\n"
        "            tried[name] = 1.0\n"
        "        except Exception as error:\n"
        "            tried[name] = 0.0 if 'NotCapable' in str(error) else 2.0\n"
        "    try:\n"
        "        await js.fetch('http://127.0.0.1:8888/')\n"
        "        tried['fetch'] = 1.0\n"
        "    except Exception as error:\n"
        "        tried['fetch'] = 0.0 if 'net access' in str(error) else 2.0\n"
        "    return tried\n"
    )
    names = ("read", "write", "run", "environment", "fetch")
    lock = [sys.executable, "-m", "paper_companion", "lock", "docs/obedience/paper.yml"]
    subprocess.run(lock, cwd=project, check=True, capture_output=True)
    path = project / "docs/obedience/paper.examples.json"
    recorded = json.loads(path.read_text())
    from paper_companion.demo.lock import read_lock
    from paper_companion.paper.reader import read_paper

    recorded["answer_sha256"] = read_lock(read_paper(project / "docs/obedience/paper.yml")).answer_sha256
    for example in recorded["examples"]:
        example["outputs"] = {"answer": [{"label": name, "confidence": 0.0} for name in names]}
    path.write_text(json.dumps(recorded))

    done = replay(project)

    assert done.returncode == 0, done.stdout + done.stderr
    assert not Path("/tmp/paper-companion-was-here").exists()
