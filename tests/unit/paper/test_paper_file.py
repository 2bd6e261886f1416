"""What a paper file says, read as its author meant it."""

import dataclasses
import pickle
from pathlib import Path

import pytest
from paper_companion.paper.model import Author, File, Number, Paper, Step
from paper_companion.paper.reader import PaperError, PaperFile, parse_paper, read_paper

PROJECT = Path(__file__).parent / "project"


@pytest.fixture(scope="module")
def full() -> PaperFile:
    return read_paper(PROJECT / "docs" / "paper.yml")


def parse(text: str) -> Paper:
    return parse_paper(text.encode(), PROJECT / "docs" / "parsed.yml", files_must_exist=False).paper


def with_title(text: str) -> Paper:
    return parse("paper: {title: x}\n" + text)


@pytest.mark.parametrize(
    ("text", "family", "given"),
    [
        ("Ines Nowak", "Nowak", "Ines"),
        ("Nowak, Ines", "Nowak", "Ines"),
        ("Nowak", "Nowak", None),
        ("Martin Luther King Jr.", "King Jr.", "Martin Luther"),
        ("Martin Luther King, Jr.", "King Jr.", "Martin Luther"),
        ("King, Jr., Martin Luther", "King Jr.", "Martin Luther"),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("Juan de la Cruz III", "de la Cruz III", "Juan"),
        ("van der Berg", "van der Berg", None),
        ("bell hooks", "hooks", "bell"),
        ("", "", None),
    ],
)
def test_a_name_is_split_before_its_particles_and_not_before_its_suffix(text, family, given) -> None:
    assert Author.from_text(text) == Author(family=family, given=given)


def test_the_full_file_is_read(full: PaperFile) -> None:
    paper = full.paper
    assert full.root == PROJECT
    assert paper.paper.authors[0] == Author(
        family="Carberry", given="Josiah", orcid="0000-0002-1825-0097", affiliation=("Example University",)
    )
    assert paper.code is not None and paper.code.archive is not None
    assert paper.code.archive.concept_doi == "10.5555/leafgrade.code"
    assert [dataset.access for dataset in paper.data] == ["open", "withheld"]
    assert paper.data[0].splits == {"train": 6000, "validation": 1000, "test": 1000}
    assert paper.weights[0].files[1].size_bytes == 421880
    assert paper.weights[0].outputs[0].channels == ("round", "oval", "lobed")
    assert paper.weights[0].inputs[0].preprocess == (
        Step(name="scale_linear", parameters={"gain": Number("0.00392156862745098"), "offset": 0.0}),
        Step(name="fixed_zero_mean_unit_variance", parameters={"mean": 0.5, "std": 0.25}),
    )
    assert paper.results[0].spread is not None and paper.results[0].spread.seeds == (0, 1, 2, 3, 4)
    assert paper.demo is not None and paper.demo.fallback is not None
    assert paper.demo.examples[0].expect == {"scores": {"oval": 0.97}}
    assert paper.checklists["code-completeness"].auto
    assert paper.checklists["reforms"].answers["1a"].where == "Section 2.1"


def test_the_smallest_useful_file_has_under_15_lines() -> None:
    text = """\
paper:
  title: Leaves by their shape
  authors: [Ines Nowak]
code:
  repo: https://github.com/example-lab/leafgrade
weights:
  - id: leaf
    url: https://example.org/leaf.safetensors
    sha256: 3b5c9d1c5e3a7b20f4866d5e1c0a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a
demo:
  run: demo/app.py:predict
"""
    paper = parse(text)
    assert text.count("\n") < 15
    assert paper.weights[0].files == (File(url=paper.weights[0].url, sha256=paper.weights[0].sha256),)
    assert paper.weights[0].files[0].name == "leaf.safetensors"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2401.10020", "2401.10020"),
        ("3.10", "3.10"),
        ("no", "no"),
        ("null", "null"),
        ("1e-3", "1e-3"),
        ("12:30:45", "12:30:45"),
        ("0o17", "0o17"),
        ("2025-03-14", "2025-03-14"),
        ("'  quoted  '", "quoted"),
        ('"tab\\tand \\u00e9"', "tab\tand é"),
    ],
)
def test_text_is_what_was_typed(written: str, meant: str) -> None:
    assert parse(f"paper: {{title: {written}}}").paper.title == meant


def test_an_arxiv_identifier_keeps_its_zeros() -> None:
    assert parse("paper: {title: x, arxiv: 2401.10020}").paper.arxiv == "2401.10020"


def test_a_number_prints_as_it_was_typed() -> None:
    value = with_title("results: [{id: a, value: 0.940}]").results[0].value
    assert value == 0.94
    assert f"{value}" == str(value) == "0.940"


@pytest.mark.parametrize(("written", "value"), [("1e-3", 0.001), ("-2", -2.0), ("+.5", 0.5), ("7.", 7.0)])
def test_numbers_are_read_in_every_spelling(written: str, value: float) -> None:
    assert with_title(f"results: [{{id: a, value: {written}}}]").results[0].value == value


@pytest.mark.parametrize("word", ["yes", "on", "True", "true"])
def test_truth_has_many_words(word: str) -> None:
    demo = f"demo: {{kind: iframe, url: 'https://a.b', inputs: [{{id: a, type: text, advanced: {word}}}]}}"
    paper = with_title(demo)
    assert paper.demo is not None and paper.demo.inputs[0].advanced is True


def test_a_key_without_a_value_is_left_out() -> None:
    paper = parse("paper:\n  title: x\n  doi:\n  date: ~\ncode:\nweights:\n")
    assert (paper.paper.doi, paper.paper.date, paper.code, paper.weights) == (None, None, None, ())


def test_one_will_do_where_a_list_is_expected() -> None:
    paper = parse("paper: {title: x, keywords: leaves, authors: {family: Nowak}}")
    assert paper.paper.keywords == ("leaves",)
    assert paper.paper.authors == (Author(family="Nowak"),)


@pytest.mark.parametrize(
    ("written", "family", "given"),
    [("Ines Nowak", "Nowak", "Ines"), ("'van der Berg, Ines'", "van der Berg", "Ines"), ("Plato", "Plato", None)],
)
def test_an_author_may_be_a_name_alone(written: str, family: str, given: str | None) -> None:
    (author,) = parse(f"paper: {{title: x, authors: [{written}]}}").paper.authors
    assert (author.family, author.given) == (family, given)


def test_examples_mean_what_their_fields_say() -> None:
    paper = with_title("""
demo:
  run: demo/app.py:predict
  inputs:
    - {id: version, type: text}
    - {id: sure, type: checkbox, default: no}
    - {id: share, type: slider, min: 0, max: 1, default: 0.50}
    - {id: kinds, type: dropdown, choices: [yes, no], multiple: true, default: [no]}
  examples:
    - inputs: {version: 3.10, sure: yes, share: 0.5, kinds: [yes]}
""")
    assert paper.demo is not None
    assert paper.demo.examples[0].inputs == {"version": "3.10", "sure": True, "share": 0.5, "kinds": ["yes"]}
    assert [field.default for field in paper.demo.inputs] == [None, False, 0.5, ["no"]]


def test_examples_of_inferred_fields_follow_yaml_1_2() -> None:
    paper = with_title("demo: {run: a.py:b, examples: [{inputs: {a: no, b: 1, c: 1.50, d: true, e: [x, '2']}}]}")
    assert paper.demo is not None
    inputs = paper.demo.examples[0].inputs
    assert inputs == {"a": "no", "b": 1, "c": 1.5, "d": True, "e": ["x", "2"]}
    assert str(inputs["c"]) == "1.50"


def test_licences_are_spelt_as_their_list_spells_them() -> None:
    assert parse("paper: {title: x, license: mit or apache-2.0}").paper.license == "MIT OR Apache-2.0"
    assert parse("paper: {title: x, license: openrail}").paper.license == "OpenRAIL"
    assert parse("paper: {title: x, license: LicenseRef-lab AND MIT}").paper.license == "LicenseRef-lab AND MIT"


@pytest.mark.parametrize(
    "identifier",
    [
        "arxiv: math/0611800",
        "arxiv: math.GT/0309136v2",
        "arxiv: 0704.0001",
        "arxiv: 2401.10020v3",
        "doi: 10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        "date: 2024-02-29",
        "date: 1999",
        "url: http://localhost:8000/a?b=c#d",
        "url: 'https://[2001:db8::1]/'",
        "url: https://例え.jp/論文",
        "authors: [{family: x, orcid: 0000-0001-5109-3700}, {family: y, orcid: 0000-0002-1694-233X}]",
    ],
)
def test_identifiers_of_every_style_are_known(identifier: str) -> None:
    assert parse(f"paper:\n  title: x\n  {identifier}\n")


def test_positions_are_those_of_values_or_of_what_is_around_them(full: PaperFile) -> None:
    lines = full.path.read_text(encoding="utf-8").split("\n")
    line, column = full.position("weights", 0, "files", 1, "sha256")
    assert lines[line - 1][column - 1 :].startswith("c5d3f9e7")
    assert full.position("weights", 0, "files", 1, "path") == full.position("weights", 0, "files", 1)
    assert full.position("nothing", "at", 3, "all") == full.position()


def test_a_problem_found_later_has_the_same_form(full: PaperFile) -> None:
    problem = full.problem("there is no such function", "demo", "run")
    line, column = full.position("demo", "run")
    assert str(problem) == f"{full.path}:{line}:{column}: demo.run: there is no such function"


def test_a_problem_with_a_single_file_is_at_its_weights() -> None:
    text = (
        b"paper: {title: x}\nweights:\n  - id: w\n    url: https://example.org/w.npz\n    sha256: " + b"a" * 64 + b"\n"
    )
    paper_file = parse_paper(text, Path("paper.yml"))
    assert paper_file.position("weights", 0, "files", 0, "sha256") == (5, 13)


def test_the_model_is_frozen_comparable_and_picklable(full: PaperFile) -> None:
    again = pickle.loads(pickle.dumps(full))
    assert again == full
    assert hash(again.paper) == hash(full.paper)
    assert again.position("demo", "run") == full.position("demo", "run")
    assert dataclasses.replace(full.paper, links=()) == full.paper
    assert dataclasses.asdict(full.paper)["weights"][0]["tolerance"]["atol"] == 0.0001
    with pytest.raises(dataclasses.FrozenInstanceError):
        full.paper.paper.title = "y"
    with pytest.raises(dataclasses.FrozenInstanceError):
        del full.paper.paper.title
    with pytest.raises(TypeError, match="Author: unknown or missing: family, first"):
        Author(first="Ines")
    assert repr(Author(family="Nowak")) == "Author(family='Nowak', given=None, orcid=None, affiliation=())"
    assert Author(family="Nowak") != File(path="Nowak")


def test_the_project_root_is_the_nearest_project_above(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "leaf"
    folder.mkdir(parents=True)
    paper = folder / "paper.yml"
    paper.write_text("paper: {title: x}\n")
    assert read_paper(paper).root == folder or read_paper(paper).root in tmp_path.parents
    (tmp_path / "zensical.toml").touch()
    assert read_paper(paper).root == tmp_path
    (tmp_path / "docs" / "mkdocs.yml").touch()
    assert read_paper(paper).root == tmp_path / "docs"
    paper.write_text("root: ../..\npaper: {title: x}\n")
    assert read_paper(paper).root == tmp_path


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(PaperError, match=r"nothing\.yml:1:1: there is no such file"):
        read_paper(tmp_path / "nothing.yml")
    with pytest.raises(PaperError, match=r":1:1: is a folder"):
        read_paper(tmp_path)
