"""The plugin's options: one that cannot be meant is an error, and one that finds nothing does not pass in silence."""

import json

import pytest
from building import mkdocs_build, write_project


def built_with(folder, *arguments, **options):
    project = write_project(folder)
    config = f"site_name: Lab\nplugins: [{{paper-companion: {json.dumps(options)}}}]\n"
    (project / "mkdocs.yml").write_text(config)
    return mkdocs_build(project, *arguments)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("papers", ""),
        ("papers", "."),
        ("papers", "/etc/*"),
        ("papers", "../*.yml"),
        ("papers", "**.yml"),
        ("collection", ""),
        ("collection", "/"),
        ("collection", "papers/.."),
    ],
)
def test_an_option_that_cannot_be_meant_is_one_line_and_no_site_is_built(tmp_path, option, value):
    built = built_with(tmp_path, **{option: value})

    assert built.code == 1
    (line,) = [line for line in built.output.splitlines() if "paper-companion" in line]
    assert f"paper-companion: {option}: {value!r} " in line
    assert "Traceback" not in built.output
    assert not built.site.exists()


def test_a_misspelt_text_is_told_with_the_one_that_was_meant(tmp_path):
    built = built_with(tmp_path, strings={"Result": "Ergebnis", "Limitatoins": "Grenzen"})

    assert built.code == 1
    assert "strings: the page never says 'Limitatoins' (did you mean Limitations?)" in built.output
    assert not built.site.exists()


@pytest.mark.parametrize(
    ("option", "value"), [("papers", "nothing/*.yml"), ("papers", "[*"), ("papers", "leaf"), ("collection", "nope")]
)
def test_an_option_that_finds_no_paper_file_is_warned_of(tmp_path, option, value):
    built = built_with(tmp_path, "--strict", **{option: value})

    assert built.code == 1
    (line,) = [line for line in built.output.splitlines() if line.startswith("WARNING")]
    assert f"paper-companion: {option}: " in line
    assert repr(value) in line


@pytest.mark.parametrize("collection", ["leaf", "leaf/", "./leaf", "/leaf//"])
def test_a_folder_may_be_written_in_several_ways(tmp_path, collection):
    built = built_with(tmp_path, "--strict", collection=collection)

    assert built.code == 0, built.output
    assert "Papers: <span>1</span>" in built.html("leaf/index.html")


def test_the_pattern_that_nobody_wrote_may_find_nothing(tmp_path):
    project = write_project(tmp_path)
    (project / "docs/leaf/paper.yml").unlink()

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
