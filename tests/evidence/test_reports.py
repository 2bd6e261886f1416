"""Reports in the forms in which people look at them; baselines; shards."""

import json
import os
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.evidence.baseline import read_baseline, without_known, write_baseline
from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.findings import Finding, Report, Shard
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.report.annotations import to_annotations
from paper_companion.evidence.report.as_json import to_json
from paper_companion.evidence.report.forms import FORMS
from paper_companion.evidence.report.junit import to_junit
from paper_companion.evidence.report.sarif import to_sarif
from paper_companion.evidence.report.summary import to_summary
from paper_companion.evidence.report.table import to_table
from paper_companion.evidence.shards import merged, of_shard, parse_shard, read_report


def found(verdict: Outcome, url: str = "https://example.org/x", line: int = 3, **more) -> Finding:
    more = {"reason": "gone (404)", **more}
    return Finding(verdict, Path("docs/paper.yml"), line, 9, "links[0].url", url, **more)


BROKEN, WARNING, UNKNOWN, OK = (
    found(Outcome.BROKEN),
    found(Outcome.WARNING, "https://example.org/y", suggestion="https://example.org/z"),
    found(Outcome.UNKNOWN, "https://example.org/u"),
    found(Outcome.OK, "https://example.org/o", reason=""),
)
REPORT = Report((OK, UNKNOWN, WARNING, BROKEN), duration_s=1.25)


@pytest.mark.parametrize(
    ("findings", "not_judged", "status"),
    [((), "", 0), ((OK, WARNING, UNKNOWN), "", 0), ((BROKEN,), "", 1), ((OK,), "no network", 2), ((BROKEN,), "x", 1)],
)
def test_the_status_is_0_for_well_1_for_broken_and_2_for_not_judged(findings, not_judged, status):
    assert Report(findings, not_judged).exit_code() == status


def test_annotations_are_worst_first_and_leave_out_what_is_well():
    assert to_annotations(REPORT).splitlines() == [
        "::error file=docs/paper.yml,line=3,col=9,title=links[0].url::https://example.org/x: gone (404)",
        "::notice file=docs/paper.yml,line=3,col=9,title=links[0].url::https://example.org/u: gone (404)",
        "::warning file=docs/paper.yml,line=3,col=9,title=links[0].url::"
        "https://example.org/y: gone (404) (https://example.org/z)",
    ]


def test_no_more_annotations_are_written_than_github_shows():
    lines = to_annotations(Report(tuple(found(Outcome.BROKEN, line=line) for line in range(1, 31)))).splitlines()

    assert len(lines) == 11
    assert lines[-1] == "::notice title=More::20 further findings are in the job's summary"


def test_an_annotation_cannot_be_forged_by_what_it_says():
    hostile = found(Outcome.BROKEN, "https://example.org/%0A::error::x", reason="a\r\n::error::b")
    hostile = Finding(**{**hostile.__dict__, "file": Path("a,b:c.yml"), "key": "k:\n::"})
    text = to_annotations(Report((hostile,)))

    assert len(text.splitlines()) == 1
    assert text.startswith("::error file=a%2Cb%3Ac.yml,line=3,col=9,title=k%3A%0A%3A%3A::")
    assert "%250A" in text


def test_a_summary_counts_and_lists_what_is_not_well():
    text = to_summary(REPORT)

    assert "1 broken, 1 unknown, 1 warning, 1 ok, in 1.2 s." in text
    assert text.count("\n| ") == 5
    assert "example.org/o" not in text


def test_a_summary_shows_strangers_text_as_text():
    hostile = found(Outcome.BROKEN, reason="<img src=x> [click](https://evil.example) @someone | `x`\n# y")
    text = to_summary(Report((hostile,)))

    assert "<img" not in text.replace("\\<", "")
    assert "https://evil" not in text
    assert "\\@someone \\| \\`x\\` \\# y" in text
    assert len([line for line in text.splitlines() if line.startswith("| broken")]) == 1


def test_junit_fails_what_is_broken_and_skips_what_is_unknown():
    suite = ElementTree.fromstring(to_junit(REPORT).encode())

    assert {name: suite.get(name) for name in ("tests", "failures", "skipped", "errors")} == {
        "tests": "4",
        "failures": "1",
        "skipped": "1",
        "errors": "0",
    }
    assert suite.find("testcase/failure").get("message") == "gone (404)"
    assert [case.get("line") for case in suite.iter("testcase")] == ["3"] * 4


def test_junit_says_that_a_run_could_not_judge():
    suite = ElementTree.fromstring(to_junit(Report((), "no network")).encode())

    assert (suite.get("tests"), suite.get("errors"), len(suite.findall("testcase"))) == ("1", "1", 1)
    assert suite.find("testcase/error").get("message") == "no network"


def test_sarif_names_rule_place_and_a_fingerprint_that_survives_moved_lines():
    run = json.loads(to_sarif(REPORT))["runs"][0]
    moved = json.loads(to_sarif(Report((found(Outcome.BROKEN, line=99),))))["runs"][0]

    assert [(result["ruleId"], result["level"]) for result in run["results"]] == [
        ("broken", "error"),
        ("unknown", "note"),
        ("warning", "warning"),
    ]
    assert run["results"][0]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "docs/paper.yml"},
        "region": {"startLine": 3, "startColumn": 9},
    }
    assert run["results"][0]["partialFingerprints"] == moved["results"][0]["partialFingerprints"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"broken", "unknown", "warning"}


def test_the_table_says_each_verdict_in_words_and_marks_not_in_colour_alone():
    text = to_table(REPORT)

    assert [line[:9] for line in text.splitlines() if line[:1] in "✗?!✓" and line] == [
        "✗ broken ",
        "? unknown",
        "! warning",
    ]
    assert "→ https://example.org/z" in text
    assert "\x1b[" not in text
    assert "✓ ok" in to_table(REPORT, everything=True)


def test_several_reports_are_written_in_one_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("paper.yml").write_text("paper: {title: x}\n")
    arguments = [f"--report={form}=out/{form}" for form in FORMS]

    result = CliRunner().invoke(main, ["check", "--offline", *arguments])

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(FORMS)


@pytest.mark.parametrize("option", ["poem=x", "junit", "junit="])
def test_a_report_of_an_unknown_form_is_the_callers_own_fault(tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    Path("paper.yml").write_text("paper: {title: x}\n")

    assert CliRunner().invoke(main, ["check", "--offline", "--report", option]).exit_code == 2


@pytest.mark.parametrize("option", [("--report", "junit=paper.yml/x"), ("--write-baseline", "paper.yml/x")])
def test_a_report_that_cannot_be_written_is_shown_all_the_same(tmp_path, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    Path("paper.yml").write_text("paper: {title: x}\nenvironment: {lock: paper.yml}\n")

    result = CliRunner().invoke(main, ["check", "--offline", *option])

    assert result.exit_code == 2
    assert result.stdout.startswith("1 ok")
    assert "paper.yml" in result.stderr
    assert "Traceback" not in result.output


def test_with_a_baseline_only_new_findings_fail(tmp_path):
    path = tmp_path / "baseline.json"
    write_baseline(path, REPORT)
    moved = found(Outcome.BROKEN, line=77)
    new = found(Outcome.BROKEN, "https://example.org/new")

    known = read_baseline(path)

    assert without_known(Report((moved,)), known).exit_code() == 0
    assert without_known(Report((moved, new)), known).exit_code() == 1
    assert without_known(Report((moved,)), known).findings[0].reason == "gone (404) (known)"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 2, "known": []}', '{"version": 1, "known": [3]}'])
def test_a_baseline_that_is_none_is_the_callers_own_fault(tmp_path, text):
    path = tmp_path / "baseline.json"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match="--write-baseline"):
        read_baseline(path)


def test_a_baseline_is_written_and_used_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("w.bin").write_bytes(b"x")
    sha256 = "0" * 64
    Path("paper.yml").write_text(
        f"paper: {{title: x}}\nweights: [{{id: w, files: [{{path: w.bin, sha256: '{sha256}'}}]}}]\n"
    )
    check = ["check", "--offline", "--dry-run"]

    assert CliRunner().invoke(main, [*check, "--write-baseline", "known.json"]).exit_code == 1
    assert CliRunner().invoke(main, [*check, "--baseline", "known.json"]).exit_code == 0
    assert CliRunner().invoke(main, [*check, "--baseline", "none.json"]).exit_code == 2


def test_shards_take_every_path_exactly_once_and_a_new_path_moves_no_other():
    paths = [Path(f"papers/{number}/paper.yml") for number in range(500)]
    shards = [of_shard(paths, Shard(number, 8)) for number in range(1, 9)]

    assert sorted(path for shard in shards for path in shard) == sorted(paths)
    assert max(map(len, shards)) < 2 * min(map(len, shards))
    assert set(shards[2]) <= set(of_shard([*paths, Path("papers/new/paper.yml")], Shard(3, 8)))


@pytest.mark.parametrize("text", ["0/8", "9/8", "3", "a/b", "3/0", "-1/8"])
def test_a_shard_that_is_none_is_the_callers_own_fault(text):
    with pytest.raises(ConfigurationError):
        parse_shard(text)


def test_reports_of_shards_are_put_together(tmp_path):
    for number, report in enumerate((Report((BROKEN, OK), duration_s=1), Report((BROKEN, UNKNOWN), "no network", 2))):
        (tmp_path / f"{number}.json").write_text(to_json(report))

    whole = merged(read_report(tmp_path / f"{number}.json") for number in range(2))

    assert len(whole.findings) == 3
    assert whole.not_judged == "no network"
    assert whole.exit_code() == 1


def test_shards_are_checked_and_merged_on_the_command_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in range(20):
        folder = Path(f"p{number}")
        folder.mkdir()
        (folder / "paper.yml").write_text("root: .\npaper: {title: x}\nenvironment: {lock: lock.txt}\n")
        (folder / "lock.txt").write_text("x")
    for number in (1, 2, 3):
        arguments = ["check", ".", "--offline", "--shard", f"{number}/3", "--report", f"json={number}.json"]
        assert CliRunner().invoke(main, arguments).exit_code == 0
        assert json.loads(Path(f"{number}.json").read_text())["shard"] == f"{number}/3"

    result = CliRunner().invoke(main, ["merge", "1.json", "2.json", "3.json"])

    assert result.exit_code == 0
    assert result.stdout.startswith("20 ok")


@pytest.mark.parametrize(
    ("shards", "said"),
    [
        (["1/3", "3/3"], "of 3 shards, missing: 2"),
        (["3/3"], "of 3 shards, missing: 1, 2"),
        (["1/2", "2/2", "2/2"], "of 2 shards, given twice: 2"),
        (["1/3", "1/3", "2/3"], "of 3 shards, missing: 3; given twice: 1"),
        (["1/2", "2/3"], "shards of 2 and of 3 are not of the same whole"),
        (["1/1", None], "some reports are shards and some are not"),
    ],
)
def test_shards_that_make_up_no_whole_are_not_merged(tmp_path, shards, said):
    for number, shard in enumerate(shards):
        report = Report((OK,), shard=parse_shard(shard) if shard else None)
        (tmp_path / f"{number}.json").write_text(to_json(report))

    result = CliRunner().invoke(main, ["merge", *(str(tmp_path / f"{number}.json") for number in range(len(shards)))])

    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_report_says_which_shard_it_is_in_every_form_that_is_kept():
    shard = Report((BROKEN,), shard=parse_shard("3/8"))

    assert json.loads(to_json(shard))["shard"] == "3/8"
    assert json.loads(to_json(REPORT))["shard"] is None
    assert to_table(shard).endswith(", shard 3/8\n")
    assert "### What a machine saw, shard 3/8\n" in to_summary(shard)
    assert ElementTree.fromstring(to_junit(shard)).get("name") == "paper-companion 3/8"
    assert json.loads(to_sarif(shard))["runs"][0]["automationDetails"]["id"] == "paper-companion/3-of-8/"


@pytest.mark.parametrize("shard", ["9/8", "", 3, [1, 2]])
def test_a_report_of_a_shard_that_is_none_cannot_be_merged(tmp_path, shard):
    document = {**json.loads(to_json(REPORT)), "shard": shard}
    (tmp_path / "x.json").write_text(json.dumps(document))

    with pytest.raises(ConfigurationError, match="not a report"):
        read_report(tmp_path / "x.json")


def test_something_that_is_no_report_cannot_be_merged(tmp_path):
    (tmp_path / "x.json").write_text("{}")

    assert CliRunner().invoke(main, ["merge", str(tmp_path / "x.json")]).exit_code == 2


def test_names_that_are_no_text_break_no_report(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = Path(os.fsdecode(b"p\xff"))
    folder.mkdir()
    (folder / "paper.yml").write_text(
        'paper: {title: x}\nlinks: [{label: x, url: "http://127.0.0.1/\\uFFFE\\uD800"}]\n'
    )
    arguments = [f"--report={form}={form}" for form in FORMS]

    # A link to this machine is broken without anybody being asked.
    result = CliRunner().invoke(main, ["check", str(folder), "--write-baseline", "known.json", *arguments])

    assert result.exit_code == 1, result.output
    for form in FORMS:
        Path(form).read_text(encoding="utf-8")
    assert ElementTree.parse("junit").getroot().get("failures") == "1"
    [result] = json.loads(Path("sarif").read_text())["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "p%3F/paper.yml"


def test_each_rule_of_sarif_has_what_code_scanning_demands():
    for rule in json.loads(to_sarif(REPORT))["runs"][0]["tool"]["driver"]["rules"]:
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
