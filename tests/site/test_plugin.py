"""The plugin: what an author sees when something is wrong, and what can be overridden."""

import pytest
from building import PAPER, mkdocs_build, text_of, write_project
from click.testing import CliRunner
from paper_companion.cli import main


def test_every_problem_is_one_line_with_its_place_and_the_old_site_stays(tmp_path):
    project = write_project(tmp_path)
    assert mkdocs_build(project).code == 0
    before = sorted(path for path in (project / "site").rglob("*"))
    wrong = PAPER.replace("venue:", "venu:").replace("value: 0.941", "value: high")
    (project / "docs/leaf/paper.yml").write_text(wrong)

    built = mkdocs_build(project)

    assert built.code == 1
    problems = [line for line in built.output.splitlines() if "docs/leaf/paper.yml:" in line]
    assert [line.split("-  ")[1].split(": ")[0] for line in problems] == [
        "docs/leaf/paper.yml:8:3",
        "docs/leaf/paper.yml:25:87",
    ]
    assert "venue" in problems[0]
    assert "Traceback" not in built.output
    assert sorted(path for path in (project / "site").rglob("*")) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("9f86d081", "00000000"), "model/leaf grade.bin has the sha256 9f86d081"),
        (("Silhouettes only.", "Silhouettes only.\n  pdf: lost.pdf"), "lost.pdf"),
        (("code:\n", "page: {sections: [header, resluts]}\ncode:\n"), "there is no section 'resluts'"),
        (("code:\n", "page: {sections: [header, lost.md]}\ncode:\n"), "lost.md"),
        (("code:\n", "page: {teaser: lost.png}\ncode:\n"), "lost.png"),
        (("code:\n", "checklists: {neurips2025: auto}\ncode:\n"), "did you mean neurips-2025?"),
    ],
)
def test_what_the_page_needs_and_is_not_there_is_an_error_at_its_place(tmp_path, change, words):
    built = mkdocs_build(write_project(tmp_path, paper=PAPER.replace(*change)))

    assert built.code == 1
    (line,) = [line for line in built.output.splitlines() if "paper.yml:" in line]
    assert words in line
    assert "Traceback" not in built.output


def test_a_section_that_is_no_text_in_utf_8_is_told_so(tmp_path):
    project = write_project(tmp_path, paper=PAPER.replace("code:\n", "page: {sections: [own.md]}\ncode:\n"))
    (project / "own.md").write_bytes("Größe".encode("latin-1"))

    built = mkdocs_build(project)

    assert built.code == 1
    assert "page.sections[0]: own.md cannot be read as text in UTF-8 (save it so)" in built.output


def test_a_template_of_the_authors_takes_the_place_of_one_section(tmp_path):
    project = write_project(tmp_path)
    (project / "mkdocs.yml").write_text("site_name: Lab\nplugins: [{paper-companion: {templates: overrides}}]\n")
    (project / "overrides").mkdir()
    (project / "overrides/limitations.md.j2").write_text("## What it *cannot* do\n\n{{ paper.paper.limitations }}\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert "What it <em>cannot</em> do" in built.html("leaf/index.html")
    assert "Citation" in text_of(built.html("leaf/index.html"))


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("limitations.md.j2", b"ok\n{% if %}\n", "overrides/limitations.md.j2:2:1: Expected an expression"),
        ("limitations.md.j2", b"ok\n{{ 1|nope }}\n", "overrides/limitations.md.j2:2:1: No filter named 'nope'."),
        ("citation.md.j2", b"\n\n{{ nope }}\n", "overrides/citation.md.j2:3:1: 'nope' is undefined"),
        ("citation.md.j2", b"\n{{ 1/0 }}\n", "overrides/citation.md.j2:2:1: ZeroDivisionError: division by zero"),
        ("citation.md.j2", b"\n{{ link(1, true) }}\n", "overrides/citation.md.j2:2:1: AttributeError: 'int' object"),
        ("citation.md.j2", b"\n{% include 'gone' %}\n", "overrides/citation.md.j2:2:1: there is no template 'gone'"),
        ("citation.md.j2", b"a\nb\n\xff\n", "overrides/citation.md.j2:3:1: is not UTF-8 (save it as UTF-8)"),
        ("collection.md.j2", b"\n{{ 1/0 }}\n", "overrides/collection.md.j2:2:1: ZeroDivisionError: division by zero"),
    ],
)
def test_a_broken_template_is_one_line_with_its_file_and_line(tmp_path, name, content, line):
    project = write_project(tmp_path)
    options = "{templates: overrides, collection: leaf}"
    (project / "mkdocs.yml").write_text(f"site_name: Lab\nplugins: [{{paper-companion: {options}}}]\n")
    (project / "overrides").mkdir()
    (project / "overrides" / name).write_bytes(content)

    built = mkdocs_build(project)

    assert built.code == 1
    (told,) = [line for line in built.output.splitlines() if "overrides" in line]
    assert told.split("-  ")[1].startswith(line)
    assert "Traceback" not in built.output
    assert not (built.site / "leaf/index.html").exists()


def test_a_template_that_breaks_only_inside_another_page_is_one_line_too(tmp_path):
    project = write_project(tmp_path, paper=PAPER + "page: {sections: [header]}\n")
    (project / "mkdocs.yml").write_text("site_name: Lab\nplugins: [{paper-companion: {templates: overrides}}]\n")
    (project / "overrides").mkdir()
    (project / "overrides/citation.md.j2").write_text("\n{{ 1/0 }}\n")
    (project / "docs/index.md").write_text("# Lab\n\n!paper[citation](leaf/paper.yml)\n")

    built = mkdocs_build(project)

    assert built.code == 1
    assert "ERROR   -  overrides/citation.md.j2:2:1: ZeroDivisionError: division by zero\n" in built.output
    assert "Traceback" not in built.output


def test_sections_come_in_the_authors_order_with_own_markdown_between_them(tmp_path):
    paper = PAPER + "page: {sections: [header, citation, more.md, results], strings: {Citation: Zitat}}\n"
    project = write_project(tmp_path, paper=paper)
    (project / "more.md").write_text("## More\n\nSee [the lab](../index.md).\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    html = built.html("leaf/index.html")
    assert [word for word in ("Zitat</h2>", "More</h2>", "Results</h2>") if word in html] == sorted(
        ["Zitat</h2>", "More</h2>", "Results</h2>"], key=html.index
    )
    assert 'href=".."' in html
    assert "Weights</h2>" not in html


def test_front_matter_of_the_authors_reaches_the_theme(tmp_path):
    paper = PAPER + "page: {meta: {hide: [toc]}}\n"
    built = mkdocs_build(write_project(tmp_path, "theme: material\n", paper=paper), "--strict")

    assert 'data-md-type="toc" hidden' in built.html("leaf/index.html")


def test_a_strict_build_stops_at_recorded_answers_of_another_demo_and_says_what_to_do(tmp_path, monkeypatch):
    demo = "demo:\n  run: app.py:double\n  examples: [{inputs: {x: 2}}]\n"
    project = write_project(tmp_path, paper=PAPER + demo)
    monkeypatch.chdir(project)
    app = project / "app.py"
    app.write_text("def double(x: float) -> float:\n    return 2 * x\n")
    for command in ("lock", "record"):
        assert CliRunner().invoke(main, [command, "docs/leaf/paper.yml"]).exit_code == 0
    assert (built := mkdocs_build(project, "--strict")).code == 0, built.output
    app.write_text("def double(x: float) -> float:\n    return 3 * x\n")
    assert CliRunner().invoke(main, ["lock", "docs/leaf/paper.yml"]).exit_code == 0

    strict, lenient = mkdocs_build(project, "--strict"), mkdocs_build(project)

    line = (
        "WARNING -  docs/leaf/paper.yml:28:13: demo.examples: the recorded answers are of another version of the demo "
        "(run: paper-companion record docs/leaf/paper.yml)"
    )
    assert (strict.code, lenient.code) == (1, 0)
    assert line in strict.output and line in lenient.output
