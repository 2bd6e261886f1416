"""`paper-companion check`, as it is called: exit codes, findings, evidence, the cache and what must never be shown."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from fault_server import Exchange, FaultServer, answer, hang, page, ranged, redirect
from paper_companion.cli import main
from paper_companion.evidence.json_schema import evidence_schema
from paper_companion.evidence.model import read_evidence
from paper_companion.evidence.net.web import KEPT_BYTES

LOOPBACK = ("--allow-address", "127.0.0.0/8")


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PAPER_COMPANION_CACHE", str(tmp_path / "cache"))
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name in ("GITHUB_TOKEN", "GH_TOKEN", "HF_TOKEN"):
            monkeypatch.delenv(name)


def write_paper(*urls: str, more: str = "") -> Path:
    links = "".join(f"  - {{label: a link, url: '{url}'}}\n" for url in urls)
    path = Path("paper.yml")
    path.write_text(f"paper:\n  title: A paper\n{more}" + (f"links:\n{links}" if urls else ""))
    return path


def check(*arguments: str):
    return CliRunner().invoke(main, ["check", *arguments])


def findings(result) -> list[dict]:
    return json.loads(result.stdout)["findings"]


def test_all_is_well(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK)

    assert result.exit_code == 0, result.output
    assert "1 ok (1 request," in result.stdout


def test_something_broken_ends_with_1_and_names_its_place(server):
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK, "--format", "json")

    assert result.exit_code == 1
    assert findings(result) == [
        {
            "url": f"{server.url}/x",
            "verdict": "broken",
            "reason": "127.0.0.1 has no such page (404)",
            "suggestion": "",
            "file": "paper.yml",
            "line": 4,
            "column": 26,
            "key": "links[0].url",
            "requests": 2,
            "bytes": findings(result)[0]["bytes"],
            "cached": False,
        }
    ]


def test_a_header_that_says_something_else_is_found_at_the_value_that_is_wrong(server):
    header = b'{"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}}'
    data = len(header).to_bytes(8, "little") + header + bytes(24)
    server.routes = {"/w.safetensors": ranged(data)}
    file = f"files:\n  - {{url: '{server.url}/w.safetensors', sha256: {hashlib.sha256(data).hexdigest()}}}\n"
    write_paper(more=f"weights:\n- id: leaf\n  license: MIT\n  parameters: 7\n  {file}")

    result = check(*LOOPBACK, "--format", "json")

    [found] = findings(result)
    assert (found["line"], found["column"], found["key"]) == (6, 15, "weights[0].parameters")
    assert found["reason"] == "it holds 6 parameters, the paper file says 7"
    assert found["requests"] == 2


def test_a_warning_does_not_fail_and_suggests_what_to_write(server):
    server.routes = {"/x": redirect("/y", 301), "/y": page()}
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK)

    assert result.exit_code == 0
    assert f"→ {server.url}/y" in result.stdout


def test_unknown_is_shown_and_does_not_fail(server):
    server.routes = {"/x": answer(403)}
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK)

    assert result.exit_code == 0
    assert "? unknown" in result.stdout


def test_no_network_at_all_is_2_and_calls_nothing_broken(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    write_paper("http://93.184.216.34/")

    result = check("--timeout", "20s")

    assert result.exit_code == 2
    assert "Could not be judged: no server answered" in result.stdout
    assert "broken" not in result.stdout
    assert not Path("paper.evidence.json").exists() or read_evidence(Path("paper.evidence.json")).observations == ()


def test_a_run_whose_time_is_up_before_anything_was_judged_is_2(server):
    server.routes = {"*": hang}
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK, "--timeout", "0.3s")

    assert result.exit_code == 2
    assert "Could not be judged: 1 not looked at" in result.stdout
    assert "--timeout gives it more" in result.stdout


def test_what_a_run_had_no_time_for_is_unknown_and_takes_nothing_from_what_was_judged(server):
    server.routes = {"/x": page(), "/y": page()}
    write_paper(f"{server.url}/x", f"{server.url}/y")
    check(*LOOPBACK)
    server.routes["/y"] = hang

    result = check(*LOOPBACK, "--max-age", "0", "--timeout", "2s", "--format", "json")

    assert result.exit_code == 0, result.output
    assert [(found["verdict"], found["reason"]) for found in findings(result)] == [
        ("ok", ""),
        ("unknown", "not looked at: the run's time was up (--timeout gives it more)"),
    ]
    assert [seen.outcome for seen in read_evidence(Path("paper.evidence.json")).observations] == ["ok", "ok"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--ca-file", "missing.pem"),
        ("--allow-address", "not a network"),
        ("--host", "nowhere=https://x.example"),
        ("--max-age", "soon"),
        ("--timeout", "-1"),
        ("--download", "much"),
        ("--format", "poem"),
        ("--baseline", "missing.json"),
        ("--site-url", "ftp://lab.example/"),
        ("--site-url", "https://"),
        ("--site-url", "https:///leaf/"),
        ("--site-url", "lab.example/leaf/"),
        ("--site-url", "https://me:hunter2@lab.example/"),
        ("--shard", "9/8"),
        ("--report", "poem=x"),
    ],
)
def test_a_checker_set_up_wrongly_is_2_with_a_line_that_says_what(server, arguments):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")

    result = check(*LOOPBACK, *arguments)

    assert result.exit_code == 2
    assert arguments[0].lstrip("-") in result.stderr or arguments[1] in result.stderr
    assert "Traceback" not in result.output
    assert "hunter2" not in result.output
    assert server.requests == []
    assert not Path("paper.evidence.json").exists()


@pytest.mark.parametrize(
    ("site", "said"), [("docs", "there is no HTML page below it"), ("gone", "there is no such folder")]
)
@pytest.mark.parametrize("papers", [[], ["."]], ids=["the site alone", "with the paper files"])
def test_a_site_without_a_page_is_2_before_anybody_is_asked(server, site, said, papers):
    write_paper(f"{server.url}/x")
    Path("docs/assets").mkdir(parents=True)
    Path("docs/assets/index.html.txt").write_text("x")

    result = check(*LOOPBACK, *papers, "--site", site)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"--site {site}: {said} (build the site first)\n"
    assert server.requests == []


def test_evidence_that_cannot_be_read_is_noticed_before_anybody_is_asked_and_is_left_alone(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    Path("other").mkdir()
    Path("other/paper.yml").write_text("paper: {title: y}\n")
    torn = '{"version": 1,\n  "observations": [\n'
    for path in (Path("paper.evidence.json"), Path("other/paper.evidence.json")):
        path.write_text(torn)

    result = check(".", *LOOPBACK)

    assert result.exit_code == 2
    assert [line.partition(" (")[0] for line in result.stderr.splitlines()] == [
        "paper.evidence.json:3:1: not JSON: Expecting value",
        "other/paper.evidence.json:3:1: not JSON: Expecting value",
    ]
    assert "restore the file, or move it away" in result.stderr
    assert server.requests == []
    assert Path("paper.evidence.json").read_text() == torn


def test_evidence_that_cannot_be_written_costs_neither_the_report_nor_other_papers_their_evidence(server):
    for folder in ("a", "b", "c"):
        Path(folder).mkdir()
        Path(folder, "paper.yml").write_text(f"paper: {{title: x}}\nlinks: [{{label: x, url: '{server.url}/x'}}]\n")

    def spoil(exchange: Exchange) -> None:
        shutil.rmtree("a", ignore_errors=True)
        Path("b/paper.evidence.json").write_text("{")
        page()(exchange)

    server.routes = {"/x": spoil}

    result = check(*LOOPBACK, ".", "--report", "json=report.json")

    assert result.exit_code == 2
    assert "a/paper.evidence.json: not written: No such file or directory" in result.stderr
    assert "b/paper.evidence.json:1:2: not JSON" in result.stderr
    assert "3 ok" in result.stdout
    assert len(json.loads(Path("report.json").read_text())["findings"]) == 3
    assert [one.outcome for one in read_evidence(Path("c/paper.evidence.json")).observations] == ["ok"]


def test_a_report_that_cannot_be_printed_is_still_written():
    write_paper("http://10.0.0.1/x")
    command = [sys.executable, "-m", "paper_companion", "check", "--report", "json=a.json"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*command, "--write-baseline", "b.json"], env=environment, stdout=full, stderr=subprocess.PIPE, text=True
        )

    assert done.returncode == 2
    assert done.stderr == "[Errno 28] No space left on device\n"
    assert len(json.loads(Path("a.json").read_text())["findings"]) == 1
    assert len(json.loads(Path("b.json").read_text())["known"]) == 1


def test_a_title_in_another_script_is_printed_to_a_narrow_output_too():
    write_paper("http://10.0.0.1/猫")

    result = CliRunner(charset="cp1252").invoke(main, ["check", "--report", "json=a.json"])

    assert result.exit_code == 1, result.exception
    assert "http://10.0.0.1/\\u732b" in result.stdout
    assert len(json.loads(Path("a.json").read_text())["findings"]) == 1


def test_a_replay_too_looks_at_the_evidence_before_all_else():
    write_paper()
    Path("paper.evidence.json").write_text("{")

    result = CliRunner().invoke(main, ["replay", "paper.yml"])

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("paper.evidence.json:1:2: not JSON")
    assert Path("paper.evidence.json").read_text() == "{"


def test_a_dry_run_needs_no_evidence_that_can_be_read(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    Path("paper.evidence.json").write_text("{")

    assert check(*LOOPBACK, "--dry-run").exit_code == 0


@pytest.mark.parametrize("with_site", [False, True])
def test_ctrl_c_ends_a_check_with_130_and_one_line_and_leaves_the_old_evidence(server, tmp_path, with_site):
    server.routes = {"/x": page(), "/hanging": hang}
    write_paper(f"{server.url}/x")
    check(*LOOPBACK)
    before = Path("paper.evidence.json").read_bytes()
    write_paper(f"{server.url}/hanging")
    asked = len(server.requests)
    Path("site").mkdir()
    Path("site/index.html").write_text(f"<a href='{server.url}/hanging'>x</a>")
    site = ("--site", "site") if with_site else ()
    command = [sys.executable, "-m", "paper_companion", "check", "paper.yml", *LOOPBACK, *site]

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        server.wait_for_requests(asked + 1)
        # As a terminal does it: to everything that the command has started.
        os.killpg(process.pid, signal.SIGINT)
        stdout, stderr = process.communicate(timeout=20)

    assert (process.returncode, stdout, stderr) == (130, "", "Interrupted\n")
    assert Path("paper.evidence.json").read_bytes() == before


@pytest.mark.parametrize(("name", "data"), [("HTML", b"<!doctype html><title>x</title>"), ("else", b"words")])
def test_a_pdf_beside_the_page_must_be_one(name, data):
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("docs").mkdir()
    Path("docs/paper.yml").write_text("paper:\n  title: A paper\n  pdf: paper.pdf\n")
    Path("docs/paper.pdf").write_bytes(b"%PDF-1.7\n")
    assert check("--offline", "docs/paper.yml").exit_code == 0

    Path("docs/paper.pdf").write_bytes(data)
    result = check("--offline", "docs/paper.yml", "--format", "json")

    assert result.exit_code == 1
    [found] = findings(result)
    assert (found["key"], found["line"], found["path"]) == ("paper.pdf", 3, "paper.pdf")
    assert name in found["reason"] and "not a PDF" in found["reason"]


def test_a_pdf_lies_beside_the_page_also_where_the_paper_file_is_a_link_to_another_folder():
    Path("mkdocs.yml").write_text("site_name: x\n")
    for folder, data in (("shared", b"words"), ("docs", b"%PDF-1.7\n")):
        Path(folder).mkdir()
        Path(folder, "paper.pdf").write_bytes(data)
    Path("shared/paper.yml").write_text("paper: {title: A paper, pdf: paper.pdf}\n")
    Path("docs/paper.yml").symlink_to("../shared/paper.yml")

    result = check("--offline", "docs/paper.yml", "--format", "json")

    assert [found["verdict"] for found in findings(result)] == ["ok"]


def test_the_same_name_in_two_folders_is_two_files():
    Path("mkdocs.yml").write_text("site_name: x\n")
    for folder, data in (("a", b"%PDF-1.7\n"), ("b", b"words")):
        Path(folder).mkdir()
        Path(folder, "paper.yml").write_text("paper: {title: A paper, pdf: paper.pdf}\n")
        Path(folder, "paper.pdf").write_bytes(data)

    result = check("--offline", ".", "--format", "json")

    assert [(found["file"], found["verdict"]) for found in findings(result)] == [
        ("a/paper.yml", "ok"),
        ("b/paper.yml", "broken"),
    ]


def test_a_page_linked_with_and_without_anchors_is_asked_once(server):
    server.routes = {"/x": page(body='<h2 id="results">' + "<p>Words.</p>" * 2000)}
    write_paper(f"{server.url}/x", f"{server.url}/x#results", f"{server.url}/x#gone")

    result = check(*LOOPBACK, "--format", "json")

    assert server.asked() == ["GET /x"]
    assert [found["verdict"] for found in findings(result)] == ["ok", "ok", "broken"]
    assert sum(found["requests"] for found in findings(result)) == 1


def test_long_pages_are_asked_once_however_far_apart_they_are_named(server):
    server.routes = {"*": page(body='<h2 id="results">' + "w" * 500_000)}
    pages = [f"{server.url}/{number}" for number in range(2 * KEPT_BYTES // 500_000)]
    write_paper(*pages, *(f"{address}#results" for address in pages), *(f"{address}#gone" for address in pages))

    result = check(*LOOPBACK, "--format", "json")

    assert sorted(server.asked()) == sorted(f"GET /{number}" for number in range(len(pages)))
    assert [found["verdict"] for found in findings(result)] == [
        verdict for verdict in ("ok", "ok", "broken") for _ in pages
    ]


def test_a_scheme_in_capitals_is_a_scheme(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x".replace("http:", "HTTP:"))

    assert check(*LOOPBACK).exit_code == 0


def test_every_hash_that_the_paper_file_declares_is_compared():
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("data.bin").write_bytes(b"x")
    wrong = "0" * 64
    tensor = f"{{id: t, axes: {{batch: 1}}, dtype: float32, test: {{file: data.bin, sha256: '{wrong}'}}}}"
    write_paper(
        more=f"data:\n  - {{id: d, files: [{{path: data.bin, sha256: '{wrong}'}}]}}\n"
        f"weights:\n  - {{id: v, path: data.bin, sha256: '{wrong}'}}\n"
        f"  - id: w\n    files: [{{path: data.bin, sha256: '{wrong}'}}]\n"
        f"    inputs: [{tensor}]\n    outputs: [{tensor}]\n"
    )

    result = check("--offline", "--format", "json")

    assert {found["key"]: found["verdict"] for found in findings(result)} == {
        "data[0].files[0]": "broken",
        "weights[0]": "broken",
        "weights[1].files[0]": "broken",
        "weights[1].inputs[0].test.file": "broken",
        "weights[1].outputs[0].test.file": "broken",
    }


def test_a_paper_file_that_cannot_be_read_is_1_with_its_place():
    Path("paper.yml").write_text("paper: {titel: x}\n")

    result = check()

    assert result.exit_code == 1
    assert "paper.yml:1:9" in result.stderr


def test_a_paper_file_that_cannot_be_used_is_a_finding_and_keeps_no_other_from_being_looked_at(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    Path("other").mkdir()
    Path("other/paper.yml").write_text(
        "paper: {title: x}\nweights: [{id: w, path: gone.bin}]\nlinks: [{label: x, url: 'ftp://user:hunter2@x.org'}]\n"
    )

    result = check(*LOOPBACK, "--format", "json", ".")

    found = {(found["file"], found["key"], found["verdict"]) for found in findings(result)}
    assert result.exit_code == 1
    assert {
        ("other/paper.yml", "weights[0].path", "broken"),
        ("other/paper.yml", "links[0].url", "broken"),
        ("paper.yml", "links[0].url", "ok"),
    } <= found
    assert "other/paper.yml:3:" in result.stderr
    assert "hunter2" not in result.output
    assert Path("paper.evidence.json").exists()
    assert not Path("other/paper.evidence.json").exists()


@pytest.mark.parametrize("path", [".", "nowhere/paper.yml"])
def test_a_place_without_a_paper_file_is_a_mistake_in_the_call(path):
    result = check(path)

    assert result.exit_code == 2
    assert "there is no" in result.stderr


def test_offline_asks_nobody_and_keeps_what_was_seen_before(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    check(*LOOPBACK)
    before = Path("paper.evidence.json").read_bytes()
    asked = len(server.requests)

    result = check("--offline")

    assert result.exit_code == 0
    assert len(server.requests) == asked
    assert Path("paper.evidence.json").read_bytes() == before


def test_offline_looks_at_local_files():
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("w.bin").write_bytes(b"x")
    sha256 = "0" * 64
    write_paper(more=f"weights:\n  - {{id: w, files: [{{path: w.bin, sha256: '{sha256}'}}]}}\n")

    result = check("--offline", "--format", "json")

    assert result.exit_code == 1
    assert [(found["path"], found["key"], found["line"]) for found in findings(result)] == [
        ("w.bin", "weights[0].files[0]", 4)
    ]


def test_what_was_seen_is_written_beside_the_paper_file_and_fits_the_schema(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x", f"{server.url}/y")

    check(*LOOPBACK)

    document = json.loads(Path("paper.evidence.json").read_text())
    jsonschema.validate(document, evidence_schema())
    assert [(seen["subject"], seen["outcome"]) for seen in document["observations"]] == [
        ("links[0].url", "ok"),
        ("links[1].url", "broken"),
    ]


def test_a_dry_run_writes_nothing(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")

    check(*LOOPBACK, "--dry-run")

    assert not Path("paper.evidence.json").exists()


def test_what_the_paper_file_no_longer_names_is_forgotten(server):
    server.routes = {"*": page()}
    write_paper(f"{server.url}/x", f"{server.url}/y")
    check(*LOOPBACK)
    write_paper(f"{server.url}/x")
    check(*LOOPBACK)

    seen = read_evidence(Path("paper.evidence.json")).observations
    assert [observation.subject for observation in seen] == ["links[0].url"]


def test_a_bot_wall_does_not_take_away_what_was_seen_before(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    check(*LOOPBACK, "--max-age", "0")
    server.routes = {"/x": answer(403)}
    check(*LOOPBACK, "--max-age", "0")

    assert read_evidence(Path("paper.evidence.json")).observations[0].outcome == "ok"


def test_the_same_address_is_asked_once_however_often_it_is_named(server):
    server.routes = {"/x": page()}
    write_paper(*[f"{server.url}/x"] * 5)

    result = check(*LOOPBACK, "--format", "json")

    assert server.asked() == ["GET /x"]
    assert [found["requests"] for found in findings(result)] == [1, 0, 0, 0, 0]


def test_what_went_well_is_remembered_and_what_failed_is_asked_again(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x", f"{server.url}/y")
    check(*LOOPBACK)
    server.requests.clear()

    result = check(*LOOPBACK, "--format", "json")

    assert server.asked() == ["GET /y", "GET /y"]
    assert [found["cached"] for found in findings(result)] == [True, False]


def test_nothing_is_remembered_for_longer_than_asked(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    check(*LOOPBACK)

    check(*LOOPBACK, "--max-age", "0")

    assert server.asked() == ["GET /x", "GET /x"]


def test_a_look_made_under_other_rules_is_not_remembered(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")
    check(*LOOPBACK)

    assert check().exit_code == 1


def test_a_cache_that_is_garbage_counts_as_empty(server, tmp_path):
    server.routes = {"/x": page()}
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "looks.json").write_text('{"x": 3, "y": {"seen": "z"}} garbage')
    write_paper(f"{server.url}/x")

    assert check(*LOOPBACK).exit_code == 0


def test_no_password_or_token_is_shown_written_or_remembered(server, tmp_path):
    server.routes = {"/x": redirect("/y?access_token=s3cret", 301), "/y": page()}
    write_paper(f"{server.url}/x?token=t0ken&page=2")

    result = check(*LOOPBACK, "--everything")
    shown = result.output + check(*LOOPBACK, "--format", "json").output

    kept = "".join(path.read_text() for path in (Path("paper.evidence.json"), *(tmp_path / "cache").rglob("*.json")))
    for secret in ("t0ken", "s3cret"):
        assert secret not in shown + kept
    assert "/x?token=***&page=2" in shown


def test_a_password_in_an_address_is_refused_and_not_shown():
    write_paper("http://me:hunter2@example.org/")

    result = check()

    assert result.exit_code == 1
    assert "hunter2" not in result.output


def test_an_address_cannot_forge_a_line_of_the_report(server):
    server.routes = {"/x": redirect(b"/y\\r\\n::error::forged".decode("unicode_escape"))}
    write_paper(f"{server.url}/x")

    assert "\n::error::forged" not in check(*LOOPBACK, "--everything").output


def test_killing_a_check_at_any_moment_leaves_the_old_evidence_or_the_new(server):
    server.routes = {"*": page()}
    path = write_paper(*[f"{server.url}/{number}" for number in range(12)])
    check(*LOOPBACK)
    evidence = Path("paper.evidence.json")
    count = len(read_evidence(evidence).observations)
    command = [sys.executable, "-m", "paper_companion", "check", str(path), *LOOPBACK, "--max-age", "0"]
    # The evidence is written right after the last answer, so that most kills fall there.
    for number, requests in enumerate((0, 6, 12, 12, 12, 12)):
        server.routes = {"*": page() if number % 2 else answer(302)}
        server.requests.clear()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            server.wait_for_requests(requests)
            process.send_signal(signal.SIGKILL)
        observations = read_evidence(evidence).observations

        assert len(observations) == count
        assert len({observation.outcome for observation in observations}) == 1


def test_a_service_can_be_pointed_elsewhere(server):
    server.routes = {"/repos/lab/leaf": answer(404)}
    write_paper("https://github.com/lab/leaf")

    result = check(*LOOPBACK, "--host", f"github={server.url}")

    assert result.exit_code == 1
    assert "GitHub has no public repository lab/leaf" in result.stdout


def test_no_request_leaves_for_a_private_address_unless_allowed(server):
    server.routes = {"/x": page()}
    write_paper(f"{server.url}/x")

    result = check()

    assert result.exit_code == 1
    assert server.requests == []


def test_a_secure_redirect_chain_to_another_private_host_stops(server):
    with FaultServer({"/": page()}, host="127.0.0.2") as other:
        server.routes = {"/x": redirect(other.url)}
        write_paper(f"{server.url}/x")

        assert check("--allow-address", "127.0.0.1").exit_code == 1
        assert other.requests == []
