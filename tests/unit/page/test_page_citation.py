"""Citations: BibTeX, APA and CFF."""

import pytest
import yaml
from paper_companion.page.citation import apa, bibtex, cff, citation_key
from paper_companion.paper.model import Author, Code, Paper, Publication

AUTHORS = (
    Author(
        family="Carberry", given="Josiah Jean-Luc", orcid="0000-0002-1825-0097", affiliation=("Example University",)
    ),
    Author(family="Núñez", given="Inés"),
    Author(family="The Leaf Consortium"),
)
PUBLICATION = Publication(
    title="The LeafGrade: 100% & more",
    authors=AUTHORS,
    venue="Journal of Worked Examples 12(3), 45–67",
    date="2025-03-14",
    doi="10.5555/leafgrade.2025",
)


def test_bibtex_is_an_article_with_volume_number_and_pages():
    assert bibtex(PUBLICATION) == (
        "@article{carberry2025leafgrade,\n"
        "  title = {{The LeafGrade: 100\\% \\& more}},\n"
        "  author = {Carberry, Josiah Jean-Luc and Núñez, Inés and {The Leaf Consortium}},\n"
        "  journal = {Journal of Worked Examples},\n"
        "  volume = {12},\n"
        "  number = {3},\n"
        "  pages = {45–67},\n"
        "  year = {2025},\n"
        "  month = {3},\n"
        "  doi = {10.5555/leafgrade.2025},\n"
        "}\n"
    )


def test_apa_has_initials_and_an_ampersand():
    assert apa(PUBLICATION) == (
        "Carberry, J. J.-L., Núñez, I., & The Leaf Consortium. (2025). The LeafGrade: 100% & more. "
        "Journal of Worked Examples 12(3), 45–67. https://doi.org/10.5555/leafgrade.2025"
    )


@pytest.mark.parametrize(
    ("publication", "start"),
    [
        (Publication(title="On the Origin"), "@misc{origin,"),
        (Publication(title="叶", authors=(Author(family="李"),), date="2024"), "@misc{2024,"),
        (Publication(title="Tiny", authors=(Author(family="The Leaf Consortium"),)), "@misc{leaftiny,"),
        (Publication(title="A b", venue="NeurIPS 2026"), "@inproceedings{b,"),
        (Publication(title="叶"), "@misc{paper,"),
    ],
)
def test_papers_of_every_kind_have_an_entry_and_a_key(publication, start):
    assert bibtex(publication).startswith(start)
    assert citation_key(publication) in start


def test_cff_is_yaml_that_says_the_same():
    paper = Paper(paper=PUBLICATION, code=Code(repo="https://github.com/a/b", commit="4" * 40, license="MIT"))

    document = yaml.safe_load(cff(paper))

    assert document["cff-version"] == "1.2.0"
    assert document["license"] == "MIT"
    assert document["authors"][0] == {
        "family-names": "Carberry",
        "given-names": "Josiah Jean-Luc",
        "orcid": "https://orcid.org/0000-0002-1825-0097",
        "affiliation": "Example University",
    }
    assert document["authors"][2] == {"name": "The Leaf Consortium"}
    assert document["preferred-citation"]["doi"] == "10.5555/leafgrade.2025"
    assert document["preferred-citation"]["year"] == 2025
