"""One paper file, built with every theme and both kinds of URL."""

import pytest
from building import broken_links, mkdocs_build, text_of, write_project


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
@pytest.mark.parametrize("directories", [True, False])
def test_a_paper_file_becomes_a_page_in_its_folder_whose_links_all_lead_somewhere(tmp_path, theme, directories):
    project = write_project(tmp_path, f"theme: {theme}\nuse_directory_urls: {str(directories).lower()}\n")

    built = mkdocs_build(project, "--strict")

    assert built.code == 0, built.output
    assert "WARNING" not in built.output
    assert broken_links(built, "leaf/index.html") == []
    seen = text_of(built.html("leaf/index.html"))
    for words in (
        "Leaves & <Shapes>: *grading* `at` scale",
        "Josiah Carberry",
        "It grades 94.1 % of the leaves right.",
        "Growers did not consent.",
        "pip install -r requirements.txt",
        "@article{carberry2025leaves,",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ):
        assert words in seen
    for heading in ("Results", "Weights", "Citation"):
        assert f">{heading}" in built.html("leaf/index.html")


@pytest.mark.parametrize("theme", ["material", "mkdocs", "readthedocs"])
def test_properdocs_builds_the_same_page(tmp_path, theme):
    built = mkdocs_build(write_project(tmp_path, f"theme: {theme}\n"), "--strict", generator="properdocs")

    assert built.code == 0, built.output
    assert broken_links(built, "leaf/index.html") == []
    assert "It grades 94.1 % of the leaves right." in text_of(built.html("leaf/index.html"))


def test_the_weights_are_copied_byte_by_byte_and_what_a_page_is_made_from_is_not(tmp_path):
    built = mkdocs_build(write_project(tmp_path))

    copies = list(built.site.rglob("leaf grade.bin"))

    assert [copy.read_text() for copy in copies] == ["test"]
    assert not list(built.site.rglob("paper.yml"))


def test_a_folder_with_a_page_of_its_own_keeps_it(tmp_path):
    project = write_project(tmp_path)
    (project / "docs/leaf/index.md").write_text("# Leaves\n")

    built = mkdocs_build(project, "--strict")

    assert "Josiah Carberry" in built.html("leaf/paper/index.html")
    assert "Josiah Carberry" not in built.html("leaf/index.html")
