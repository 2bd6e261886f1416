"""Exports, each read back by its own tool or held against its own schema, none of which asks the network."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from making import PLACE, companion
from paper_companion.cli import main
from paper_companion.cli_options import EXPORT_FORMATS
from paper_companion.page.exports import EXPORTS, export
from paper_companion.page.exports.export import reference
from paper_companion.page.exports.neurips import in_latex
from paper_companion.page.metadata import json_ld
from paper_companion.paper.problems import PaperError
from paper_companion.paper.reader import read_paper

REPOSITORY = Path(__file__).parents[3]
PAPERS = (
    REPOSITORY / "tests/unit/paper/project/docs/paper.yml",
    *sorted((REPOSITORY / "examples").glob("*/docs/**/*paper.yml")),
)
PAPER = """
paper:
  title: "LeafGrade: 100% & more"
  authors:
    - {family: Carberry, given: Josiah, orcid: 0000-0002-1825-0097, affiliation: Example University}
    - {family: Núñez, given: Inés}
  abstract: "Small networks: they grade leaves."
  keywords: [leaves]
  venue: Journal of Worked Examples 12(3)
  date: "2025-03-14"
  doi: 10.5555/leafgrade.2025
  license: CC-BY-4.0
  limitations: Silhouettes only.
code:
  repo: https://github.com/example-lab/leafgrade
  commit: 4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92
  license: MIT OR Apache-2.0
environment: {python: "3.12"}
data:
  - {id: leafset, name: LeafSet, url: "https://huggingface.co/datasets/lab/leafset", license: CC-BY-4.0}
weights:
  - id: s
    license: Apache-2.0
    trained_on: [leafset]
    base_model: lab/leafgrade-base
    url: https://example.org/s.onnx
    size: 1234
    format: onnx
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  - {id: xl, access: withheld, because: privacy, reason: Growers did not consent., license: Apache-2.0}
results:
  - {id: main, task: image-classification, data: "leafset#test", metric: accuracy, value: 0.941, weights: s}
"""
OF_EACH_PART = "each part has the licence that it names, and none is stated for the others"


@pytest.fixture
def made(tmp_path):
    return companion(tmp_path, PAPER)


def exported(made, format):
    return export(format, made.file)[0]


def each_paper():
    return pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(REPOSITORY)))


def test_the_command_knows_every_format():
    assert set(EXPORT_FORMATS) == set(EXPORTS)


# BibTeX


def test_bibtex_is_read_by_pybtex(made):
    from pybtex.database import parse_string

    (entry,) = parse_string(exported(made, "bibtex"), "bibtex").entries.values()

    assert entry.type == "article"
    assert [str(person) for person in entry.persons["author"]] == ["Carberry, Josiah", "Núñez, Inés"]
    assert entry.fields["volume"] == "12"
    assert (entry.fields["keywords"], entry.fields["abstract"]) == ("leaves", "Small networks: they grade leaves.")


@each_paper()
def test_bibtex_of_every_paper_is_read_by_pybtex_and_by_bibtexparser(path):
    from bibtexparser import parse_string as parse_string_again
    from bibtexparser.model import Field
    from pybtex.database import parse_string

    paper_file = read_paper(path)
    text = export("bibtex", paper_file)[0]

    (entry,) = parse_string(text, "bibtex").entries.values()
    again = parse_string_again(text)

    publication = paper_file.paper.paper
    assert len(entry.persons.get("author", [])) == len(publication.authors)
    assert again.failed_blocks == []
    assert again.entries[0].get("year", Field("year", None)).value == (publication.date and publication.date[:4])


# CITATION.cff


@each_paper()
def test_the_citation_file_of_every_paper_is_valid_by_its_own_schema(path):
    from check_jsonschema.builtin_schemas import get_builtin_schema
    from jsonschema import Draft7Validator

    paper_file = read_paper(path)
    document = yaml.safe_load(export("cff", paper_file)[0])

    errors = Draft7Validator(get_builtin_schema("vendor.citation-file-format")).iter_errors(document)

    assert [error.message for error in errors] == []
    assert document["preferred-citation"]["title"] == paper_file.paper.paper.title


def test_a_doi_that_a_citation_file_does_not_take_is_there_as_an_address(tmp_path):
    doi = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
    made = companion(tmp_path, PAPER.replace("10.5555/leafgrade.2025", doi))

    reference = yaml.safe_load(exported(made, "cff"))["preferred-citation"]

    assert "doi" not in reference
    assert reference["url"] == "https://doi.org/" + doi.replace("<", "%3C").replace(">", "%3E")


def test_the_citation_file_says_where_the_code_is_kept_and_where_the_paper_was_published(tmp_path):
    archive = "{doi: 10.5555/code.v1, concept_doi: 10.5555/code, swhid: 'swh:1:rev:" + "4" * 40 + "'}"
    paper = PAPER.replace("code:\n", f"code:\n  archive: {archive}\n")
    paper = paper.replace("Journal of Worked Examples 12(3)", "LEAF 2025").replace(
        "  doi: 10.5555/l", '  arxiv: "2501.01234"\n  doi: 10.5555/l'
    )
    document = yaml.safe_load(exported(companion(tmp_path, paper), "cff"))

    assert document["license"] == ["MIT", "Apache-2.0"]
    assert document["doi"] == "10.5555/code.v1"
    assert document["identifiers"] == [
        {"type": "doi", "value": "10.5555/code"},
        {"type": "swh", "value": "swh:1:rev:" + "4" * 40},
    ]
    reference = document["preferred-citation"]
    assert (reference["type"], reference["conference"]) == ("conference-paper", {"name": "LEAF 2025"})
    assert reference["identifiers"] == [{"type": "other", "value": "arXiv:2501.01234"}]
    assert reference["license"] == "CC-BY-4.0"


# CodeMeta


def test_codemeta_names_the_code_and_the_paper(made):
    document = json.loads(exported(made, "codemeta"))

    assert document["@context"] == "https://w3id.org/codemeta/3.0"
    assert document["codeRepository"] == "https://github.com/example-lab/leafgrade"
    assert document["referencePublication"]["@id"] == "https://doi.org/10.5555/leafgrade.2025"


@each_paper()
def test_codemeta_of_every_paper_has_only_terms_of_its_vocabulary(path):
    from pydantic_codemeta import CodeMetaV3

    def unknown(model):
        yield from model.model_extra or ()
        for _, value in model:
            for part in value if isinstance(value, list) else [value]:
                if hasattr(part, "model_extra"):
                    yield from unknown(part)

    paper_file = read_paper(path)
    if paper_file.paper.code is None:
        with pytest.raises(PaperError, match="CodeMeta describes software"):
            export("codemeta", paper_file)
        return
    document = CodeMetaV3.model_validate(json.loads(export("codemeta", paper_file)[0]))

    assert list(unknown(document)) == []
    assert document.license == (f"https://spdx.org/licenses/{paper_file.paper.code.license}")


def test_a_group_is_an_organization_and_whoever_has_an_orcid_a_person(tmp_path):
    others = "{family: Leaf Group, affiliation: Example University}\n    - {family: de Ley, orcid: 0000-0001-5109-3700}"
    made = companion(tmp_path, PAPER.replace("{family: Núñez, given: Inés}", others))

    crate = json.loads(exported(made, "ro-crate"))["@graph"]
    for authors in (
        json.loads(exported(made, "codemeta"))["author"],
        json_ld(made, PLACE, "Leaves.")["author"],
        [entity for entity in crate if entity["@id"].startswith(("#author", "https://orcid"))],
    ):
        assert [(author["@type"], author["name"], author.get("familyName")) for author in authors] == [
            ("Person", "Josiah Carberry", "Carberry"),
            ("Organization", "Leaf Group", None),
            ("Person", "de Ley", "de Ley"),
        ]
    _, group, person = yaml.safe_load(exported(made, "cff"))["authors"]
    assert (group, person["family-names"]) == ({"name": "Leaf Group"}, "de Ley")


# RO-Crate


def test_the_crate_is_read_by_rocrate_and_holds_what_is_shared(made, tmp_path):
    from rocrate.rocrate import ROCrate

    folder = tmp_path / "crate"
    folder.mkdir()
    (folder / "ro-crate-metadata.json").write_text(exported(made, "ro-crate"))

    crate = ROCrate(folder)

    assert crate.root_dataset["name"] == "LeafGrade: 100% & more"
    weights = crate.dereference("https://example.org/s.onnx")
    assert weights["sha256"] == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert [author["name"] for author in crate.root_dataset["author"]] == ["Josiah Carberry", "Inés Núñez"]
    assert len(crate.root_dataset["hasPart"]) == 3


@pytest.mark.parametrize(
    ("code", "data", "expected"),
    [
        ("MIT", "CC-BY-4.0", [OF_EACH_PART, "MIT", "CC-BY-4.0", "Apache-2.0"]),
        ("Apache-2.0", "", [OF_EACH_PART, "Apache-2.0", None, "Apache-2.0"]),
        ("Apache-2.0", "Apache-2.0", ["Apache-2.0", None, None, None]),
    ],
)
def test_a_crate_has_a_licence_only_when_all_its_parts_have_it(code, data, expected, tmp_path):
    paper = PAPER.replace("license: MIT OR Apache-2.0", f"license: {code}")
    paper = paper.replace('leafset", license: CC-BY-4.0', f'leafset", license: {data}')
    graph = json.loads(exported(companion(tmp_path, paper), "ro-crate"))["@graph"]

    root = next(entity for entity in graph if entity["@id"] == "./")
    names = {entity["@id"]: entity.get("name") for entity in graph}
    parts = [entity for entity in graph if reference(entity["@id"]) in root["hasPart"]]
    assert [names.get(entity.get("license", {}).get("@id")) for entity in (root, *parts)] == expected


# Model card


def test_the_model_card_is_read_by_the_hubs_own_library(made):
    from huggingface_hub import ModelCard

    card = ModelCard(exported(made, "huggingface"))

    assert card.data.license == "apache-2.0"
    assert card.data.pipeline_tag == "image-classification"
    assert card.data.base_model == "lab/leafgrade-base"
    assert card.data.datasets == ["lab/leafset"]
    (result,) = card.data.eval_results
    assert (result.metric_type, result.metric_value) == ("accuracy", 0.941)
    assert (result.dataset_name, result.dataset_type, result.dataset_split) == ("LeafSet", "lab/leafset", "test")
    assert (result.source_name, result.source_url) == (
        "LeafGrade: 100% & more",
        "https://doi.org/10.5555/leafgrade.2025",
    )


@each_paper()
def test_the_card_of_every_paper_says_of_its_results_what_the_paper_file_says(path):
    from huggingface_hub import ModelCard

    paper_file = read_paper(path)
    try:
        text = export("huggingface", paper_file)[0]
    except PaperError as error:
        assert "a model card describes weights that somebody can get" in str(error)
        assert not [weights for weights in paper_file.paper.weights if weights.access in ("open", "gated")]
        return
    card = ModelCard(text, ignore_metadata_errors=False)

    expected = {
        (result.task, result.metric, float(result.value))
        for result in paper_file.paper.results
        if result.weights in (None, paper_file.paper.weights[0].id) and result.data and result.task
    }
    results = card.data.eval_results or []
    assert {(result.task_type, result.metric_type, result.metric_value) for result in results} == expected


@pytest.mark.parametrize(
    ("license", "expected"),
    [
        ("GPL-3.0-only", ("gpl-3.0", None, None)),
        ("ODbL-1.0", ("odbl", None, None)),
        ("Llama3", ("llama3", None, None)),
        ("LicenseRef-own", ("other", "LicenseRef-own", None)),
        ("0BSD", ("other", "0BSD", "https://spdx.org/licenses/0BSD")),
    ],
)
def test_licences_have_the_hubs_names(license, expected, tmp_path):
    from huggingface_hub import ModelCard

    paper = PAPER.replace("  - id: s\n    license: Apache-2.0", f"  - id: s\n    license: {license}")
    data = ModelCard(exported(companion(tmp_path, paper), "huggingface")).data

    assert (data.license, data.get("license_name"), data.get("license_link")) == expected


# NeurIPS checklist


def test_the_checklist_marks_suggestions_and_leaves_the_rest_to_do(tmp_path):
    answers = "{answer: na, why: 100 % empirical & proud_of it}"
    made = companion(tmp_path, f"{PAPER}checklists: {{neurips-2025: {{theory: {answers}}}}}\n")

    text, notes = export("neurips", made.file)

    assert text.count(r"\item {\bf") == 16
    assert text.count("% Suggested") == 3
    assert text.count(r"\answerTODO{}") == 12
    assert r"100 \% empirical \& proud\_of it" in text
    assert [str(note).partition("note: ")[2] for note in notes] == [
        "left to do: claims, reproducibility, setting, significance, compute, ethics, impacts, safeguards, assets, "
        "human-subjects, irb, llm"
    ]


@each_paper()
def test_the_checklist_of_every_paper_is_latex_that_is_well_nested(path):
    from pylatexenc.latexwalker import LatexEnvironmentNode, LatexWalker

    nodes, _, _ = LatexWalker(export("neurips", read_paper(path))[0], tolerant_parsing=False).get_latex_nodes()

    (environment,) = [node for node in nodes if node.isNodeType(LatexEnvironmentNode)]
    assert environment.environmentname == "enumerate"


def test_no_text_of_an_author_is_a_command_in_latex():
    assert in_latex("\\input{/etc/passwd} $x$ ~^<> 5 ± 1\nÉ") == (
        r"{\textbackslash}input\{/etc/passwd\} \$x\$ {\textasciitilde}{\textasciicircum}"
        r"\ensuremath{<}\ensuremath{>} 5 \ensuremath{\pm} 1 \'E"
    )


def test_letters_that_latex_has_no_name_for_are_told(tmp_path):
    made = companion(tmp_path, PAPER.replace("Silhouettes only.", "Only 叶子."))

    _, notes = export("neurips", made.file)

    assert "pdflatex has no 叶 子 (xelatex and lualatex have)" in str(notes[-1])


# What is left out, and what is missing


def test_results_that_have_no_place_in_a_model_index_are_told_where_they_stand(tmp_path):
    paper = PAPER.replace("task: image-classification, ", "").replace("lab/leafgrade-base", "our own")
    made = companion(tmp_path, paper)

    done = CliRunner().invoke(main, ["export", "huggingface", str(made.file.path)])

    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        f"{made.file.path}:22:3: weights: note: a model card is about one model: s, and not xl (see --weights)",
        f"{made.file.path}:25:17: weights[0].base_model: note: not a repository of the Hub: left out",
        f"{made.file.path}:32:5: results[0]: note: without task there is no place for it in a model index",
    ]
    assert "model-index" not in done.stdout


@pytest.mark.parametrize(
    ("format", "old", "new", "message"),
    [
        ("codemeta", PAPER[PAPER.index("code:") : PAPER.index("environment:")], "", "code: CodeMeta describes soft"),
        ("cff", PAPER[PAPER.index("  authors:") : PAPER.index("  abstract:")], "", "paper.authors: a CITATION.cff"),
        ("ro-crate", '  date: "2025-03-14"\n', "", "paper.date: a crate has a date (add it, as 2025-03-14)"),
        ("huggingface", PAPER[PAPER.index("weights:") :], "", "weights: a model card describes weights that"),
    ],
)
def test_what_a_format_asks_for_and_the_paper_lacks_is_told_and_nothing_is_written(format, old, new, message, tmp_path):
    made = companion(tmp_path, PAPER.replace(old, new))

    done = CliRunner().invoke(main, ["export", format, str(made.file.path), "--to", str(tmp_path / "out")])

    assert done.exit_code == 1
    assert message in done.stderr
    assert done.stderr.startswith(f"{made.file.path}:")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("id", "message"),
    [("xs", "there are no weights called 'xs' (did you mean s?)"), ("xl", "withheld, and a model card says where")],
)
def test_weights_that_cannot_be_exported_are_told(made, id, message):
    done = CliRunner().invoke(main, ["export", "huggingface", str(made.file.path), "--weights", id])

    assert (done.exit_code, done.stdout) == (1, "")
    assert message in done.stderr


# The command


def test_the_command_prints_and_writes_only_where_it_is_told_to(made, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "CITATION.cff").write_text("the author's own")

    printed = CliRunner().invoke(main, ["export", "cff", str(made.file.path)])
    written = CliRunner().invoke(main, ["export", "cff", str(made.file.path), "--to", "new.cff"])

    assert printed.exit_code == written.exit_code == 0
    assert printed.stdout.startswith('cff-version: "1.2.0"\n')
    assert (tmp_path / "CITATION.cff").read_text() == "the author's own"
    assert (tmp_path / "new.cff").read_text() == printed.stdout


def test_a_crate_that_is_written_elsewhere_than_its_paths_begin_is_told(made, tmp_path):
    command = ["export", "ro-crate", str(made.file.path), "--to"]

    at_home = CliRunner().invoke(main, [*command, str(made.file.root / "ro-crate-metadata.json")])
    (tmp_path / "away").mkdir()
    away = CliRunner().invoke(main, [*command, str(tmp_path / "away/ro-crate-metadata.json")])

    told = f"note: files of the project are named in it as seen from {made.file.root}, where it belongs"
    assert told not in at_home.stderr.splitlines()
    assert told in away.stderr.splitlines()


@pytest.mark.parametrize("command", [["export", "cff"], ["build"]])
def test_what_cannot_be_written_is_one_line(made, tmp_path, command):
    (tmp_path / "file").write_text("no folder")

    done = CliRunner().invoke(main, [*command, str(made.file.path), "--to", str(tmp_path / "file/below")])

    assert done.exit_code == 1
    assert done.stderr.startswith(f"{tmp_path / 'file'}")
    assert done.stderr.count("\n") == 1


def test_a_page_for_another_generator_is_markdown_with_all_its_files(made, tmp_path):
    done = CliRunner().invoke(main, ["build", str(made.file.path), "--to", str(tmp_path / "out"), "--base", "../"])

    assert done.exit_code == 0, done.output
    text = (tmp_path / "out/paper.md").read_text()
    assert text.startswith('---\ntitle: "LeafGrade: 100% & more"\n')
    (style,) = (tmp_path / "out").rglob("companion.css")
    assert f'href="../{style.relative_to(tmp_path / "out").as_posix()}"' in text
    assert '<script type="application/ld+json">' in text
    assert (tmp_path / "out/paper.json").is_file()
