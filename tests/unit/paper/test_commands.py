"""The commands of the paper file, as their users meet them: lint, explain, schema."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from paper_companion.cli import main
from paper_companion.page.texts import texts
from paper_companion.paper.model import Paper
from paper_companion.paper.reader import parse_paper, read_paper

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
HOOKS = ROOT / ".pre-commit-hooks.yaml"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(HERE / "project", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_lint_is_silent_about_what_is_right(project: Path) -> None:
    for arguments in (["lint"], ["lint", "docs"], ["lint", "docs/paper.yml"]):
        result = run(*arguments)
        assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["checklist", "neurips-2025", "--code", "nowhere"], "nowhere"),
        (["check", "--offline", "--code", "nowhere"], "nowhere"),
        (["lock", "--from", "nowhere"], "nowhere is neither a folder that is there, nor an address, nor npm"),
    ],
)
def test_a_folder_that_is_not_there_is_a_mistake_of_the_command(project: Path, arguments, told) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_lint_is_silent_about_the_examples() -> None:
    result = run("lint", str(ROOT / "examples"))
    assert (result.exit_code, result.output) == (0, "")


def test_lint_tells_every_problem_of_every_file(project: Path) -> None:
    (project / "docs" / "other").mkdir()
    (project / "docs" / "other" / "paper.yaml").write_text("paper: {titel: x}\n")
    (project / ".hidden").mkdir()
    (project / ".hidden" / "paper.yml").write_text("not looked at")
    (project / "docs" / "paper.yml").write_text("paper: {title: x, doi: abc}\n")
    result = run("lint")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "docs/paper.yml:1:24: paper.doi: expected a DOI, as 10.1000/182, got 'abc'",
        "docs/other/paper.yaml:1:8: paper.title: is required",
        "docs/other/paper.yaml:1:9: paper.titel: unknown key (did you mean title?)",
    ]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("demo", "there is no paper.yml in this folder (name a file, or make one with paper-companion new)"),
        ("nowhere", "there is no such file (paper-companion new makes one)"),
    ],
)
def test_lint_fails_where_there_is_nothing_to_check(path: str, told: str, project: Path) -> None:
    result = run("lint", path)
    assert (result.exit_code, result.stderr) == (1, f"{path}:1:1: {told}\n")


def test_lint_tells_what_the_page_has_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mkdocs.yml").write_text("site_name: Lab\n")
    (tmp_path / "paper.yml").write_text(
        "paper: {title: x}\n"
        "page: {sections: [header, nope], strings: {Resluts: R}}\n"
        "checklists: {neurips2025: auto, of-ours: {item: {answer: partial}}}\n"
    )
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost" / "paper.yml").write_text("paper: {title: x}\npage: {sections: [notes/x.md]}\n")
    monkeypatch.chdir(tmp_path)

    result = run("lint")

    assert result.exit_code == 1
    assert [line.split(" (")[0] for line in result.stderr.splitlines()] == [
        "paper.yml:2:27: page.sections[1]: there is no section 'nope'",
        "paper.yml:2:53: page.strings.Resluts: the page never says 'Resluts'",
        "paper.yml:3:27: checklists.neurips2025: no answers are known to be derived for 'neurips2025'",
        f"lost/paper.yml:2:19: page.sections[0]: there is no file notes/x.md in {tmp_path}",
    ]
    assert "(did you mean neurips-2025?)" in result.stderr


@pytest.mark.parametrize(
    ("name", "configuration"),
    [
        ("mkdocs.yml", "plugins: [search, {paper-companion: {templates: own}}]\nemoji: !!python/name:lost.module\n"),
        ("zensical.toml", '[project.markdown_extensions."paper_companion.markdown_extension"]\ntemplates = "own"\n'),
    ],
)
def test_lint_knows_the_texts_of_the_authors_own_templates(tmp_path: Path, name: str, configuration: str) -> None:
    (tmp_path / name).write_text(configuration)
    (tmp_path / "paper.yml").write_text("paper: {title: x}\npage: {strings: {Ours alone: Nur wir}}\n")
    (tmp_path / "own").mkdir()
    assert run("lint", str(tmp_path)).exit_code == 1

    (tmp_path / "own" / "limitations.md.j2").write_text("{{ t('Ours alone') }}\n")
    texts.cache_clear()

    assert (result := run("lint", str(tmp_path))).exit_code == 0, result.stderr


def test_the_pre_commit_hook_runs_lint_on_paper_files() -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    assert hook["entry"] == "paper-companion lint"
    pattern = re.compile(hook["files"])
    assert pattern.search("docs/lab/paper.yml") and pattern.search("paper.yaml")
    assert not pattern.search("docs/newspaper.yml")


def test_explain_prints_a_file_that_reads_back_as_the_same_paper(project: Path) -> None:
    result = run("explain")
    assert result.exit_code == 0
    resolved = parse_paper(result.stdout.encode(), project / "docs" / "resolved.yml").paper
    original = read_paper(project / "docs" / "paper.yml").paper
    assert without_imports(resolved) == without_imports(original)


def without_imports(paper: Paper) -> dict[str, object]:
    return {name: value for name, value in vars(paper).items() if name != "imports"}


def test_explain_tells_where_each_value_comes_from(project: Path) -> None:
    (project / "docs" / "paper.yml").write_text(
        "import: [CITATION.cff]\n"
        "paper:\n  title: Mine\n  abstract: |\n    Two lines,\n    one # no comment.\n  doi:\n"
        "links: [{label: 'a: b', url: https://example.org}]\n"
        "results: [{id: a, value: 0.940}]\n"
    )
    assert [re.sub(" +#", "  #", line) for line in run("explain").stdout.splitlines()] == [
        "paper:",
        "  title: Mine  # docs/paper.yml:3",
        "  abstract: |-  # docs/paper.yml:4",
        "    Two lines,",
        "    one  # no comment.",
        "  authors:",
        "    - family: Carberry  # CITATION.cff:15",
        "      given: Josiah  # CITATION.cff:16",
        '      orcid: "0000-0002-1825-0097"  # CITATION.cff:17',
        "      affiliation: Example University  # CITATION.cff:18",
        "    - family: Nowak  # CITATION.cff:19",
        "      given: Ines  # CITATION.cff:20",
        "  keywords: [leaves, shape, grading]  # CITATION.cff:10",
        '  venue: "Journal of Worked Examples 12(3)"  # CITATION.cff:22',
        "  date: 2025  # CITATION.cff:25",
        "  doi: 10.5555/leafgrade.2025  # CITATION.cff:21",
        "code:",
        "  repo: https://github.com/example-lab/leafgrade  # CITATION.cff:6",
        "  version: 1.0.0  # CITATION.cff:4",
        "  license: Apache-2.0  # CITATION.cff:5",
        "results:",
        "  - id: a  # docs/paper.yml:9",
        "    value: 0.940  # docs/paper.yml:9",
        "links:",
        '  - label: "a: b"  # docs/paper.yml:8',
        "    url: https://example.org  # docs/paper.yml:8",
    ]


@pytest.mark.parametrize(
    "text",
    [
        'title: "a\\u2028b \\\\ \\" \\t c"',
        "title: 'a # b: c'",
        "title: |\n    first\n\n    after a gap\n  abstract: >\n    folded\n    text",
        "title: '- no list'\n  keywords: ['[a]', b c, 'no', \"1.0\"]",
        "title: x\n  authors: [{family: '#', affiliation: [a, 'b, c']}]",
    ],
)
def test_explained_text_reads_back_whatever_it_holds(text: str, project: Path) -> None:
    (project / "docs" / "paper.yml").write_text(f"paper:\n  {text}\n", encoding="utf-8")
    resolved = parse_paper(run("explain").stdout.encode(), project / "docs" / "paper.yml").paper
    assert resolved == read_paper(project / "docs" / "paper.yml").paper


def test_imported_files_are_named_as_the_paper_file_is(project: Path) -> None:
    (project / "CITATION.cff").write_text("title: x\ndoi: [\n")
    (project / "docs" / "paper.yml").write_text("import: CITATION.cff\n")
    assert run("lint", "docs").stderr.startswith("CITATION.cff:")
    assert run("lint", str(project)).stderr.startswith(f"{project}/CITATION.cff:")


def test_explain_of_a_broken_file_tells_its_problems(project: Path) -> None:
    (project / "docs" / "paper.yml").write_text("paper: {titel: x}\n")
    result = run("explain")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 2


def test_a_pipe_is_not_waited_for(tmp_path):
    import os

    os.mkfifo(tmp_path / "paper.yml")

    done = CliRunner().invoke(main, ["lint", str(tmp_path / "paper.yml")])

    assert (done.exit_code, done.stderr) == (1, f"{tmp_path / 'paper.yml'}:1:1: is no regular file\n")
