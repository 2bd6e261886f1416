"""Where imported values come from, told by file and key."""

from pathlib import Path

from paper_companion.paper.origins import imported_keys
from paper_companion.paper.reader import read_paper

FULL = Path(__file__).parent / "project/docs/paper.yml"


def read(tmp_path, paper, **files):
    (tmp_path / "mkdocs.yml").write_text("site_name: Leaves\n")
    for name, text in files.items():
        (tmp_path / name.replace("_dot_", ".")).write_text(text)
    (tmp_path / "paper.yml").write_text(paper)
    return read_paper(tmp_path / "paper.yml")


def test_each_file_has_the_keys_that_it_filled_in_and_no_others():
    assert imported_keys(read_paper(FULL)) == {
        "CITATION.cff": ("paper.keywords", "code.version"),
        "model-card.md": ("weights[leafgrade-s].library", "weights[leafgrade-s].base_model"),
    }


def test_a_key_stands_for_all_below_it_when_that_comes_from_one_file(tmp_path):
    citation = (
        "cff-version: 1.2.0\nmessage: cite\ntitle: Leaves\nlicense: MIT\nrepository-code: https://github.com/a/b\n"
        "authors: [{family-names: Nowak, given-names: Ines}]\n"
    )
    card = "---\nlicense: mit\nlibrary_name: numpy\n---\n"

    paper = (
        "import: [CITATION.cff, card.md]\npaper: {date: '2025'}\n"
        "weights: [{id: s, access: withheld, because: ip, reason: Not ours.}]\n"
    )

    found = read(tmp_path, paper, CITATION_dot_cff=citation, card_dot_md=card)

    assert imported_keys(found) == {
        "CITATION.cff": ("paper.title", "paper.authors", "code"),
        "card.md": ("weights[s].license", "weights[s].library"),
    }


def test_a_file_without_imports_has_nothing_to_tell(tmp_path):
    assert imported_keys(read(tmp_path, "paper: {title: Leaves}\n")) == {}
