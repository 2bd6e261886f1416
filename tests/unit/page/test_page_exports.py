"""Exports, each read back by its own tool."""

import json

import pytest
from click.testing import CliRunner
from making import companion
from paper_companion.cli import main
from paper_companion.page.exports import EXPORTS

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
  license: Apache-2.0
environment: {python: "3.12"}
data:
  - {id: leafset, name: LeafSet, url: "https://example.org/leafset", license: CC-BY-4.0}
weights:
  - id: s
    license: Apache-2.0
    url: https://example.org/s.onnx
    size: 1234
    format: onnx
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  - {id: xl, access: withheld, because: privacy, reason: Growers did not consent., license: Apache-2.0}
results:
  - {id: main, task: image-classification, data: "leafset#test", metric: accuracy, value: 0.941, weights: s}
"""


@pytest.fixture
def made(tmp_path):
    return companion(tmp_path, PAPER)


def export(made, format):
    return EXPORTS[format](made.file.paper)


def test_bibtex_is_read_by_pybtex(made):
    from pybtex.database import parse_string

    (entry,) = parse_string(export(made, "bibtex"), "bibtex").entries.values()

    assert entry.type == "article"
    assert [str(person) for person in entry.persons["author"]] == ["Carberry, Josiah", "Núñez, Inés"]
    assert entry.fields["volume"] == "12"


def test_codemeta_names_the_code_and_the_paper(made):
    document = json.loads(export(made, "codemeta"))

    assert document["@context"] == "https://w3id.org/codemeta/3.0"
    assert document["codeRepository"] == "https://github.com/example-lab/leafgrade"
    assert document["license"] == "https://spdx.org/licenses/Apache-2.0"
    assert document["referencePublication"]["@id"] == "https://doi.org/10.5555/leafgrade.2025"


def test_the_crate_is_read_by_rocrate_and_holds_what_is_shared(made, tmp_path):
    from rocrate.rocrate import ROCrate

    folder = tmp_path / "crate"
    folder.mkdir()
    (folder / "ro-crate-metadata.json").write_text(export(made, "ro-crate"))

    crate = ROCrate(folder)

    assert crate.root_dataset["name"] == "LeafGrade: 100% & more"
    weights = crate.dereference("https://example.org/s.onnx")
    assert weights["sha256"] == "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    assert [author["name"] for author in crate.root_dataset["author"]] == ["Josiah Carberry", "Inés Núñez"]
    assert len(crate.root_dataset["hasPart"]) == 2


def test_the_model_card_is_read_by_the_hubs_own_library(made):
    from huggingface_hub import ModelCard

    card = ModelCard(export(made, "huggingface"))

    assert card.data.license == "apache-2.0"
    assert card.data.pipeline_tag == "image-classification"
    (result,) = card.data.eval_results
    assert (result.metric_type, result.metric_value) == ("accuracy", 0.941)
    assert (result.dataset_name, result.dataset_split) == ("LeafSet", "test")


def test_the_command_prints_and_writes_only_where_it_is_told_to(made, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "CITATION.cff").write_text("the author's own")

    printed = CliRunner().invoke(main, ["export", "cff", str(made.file.path)])
    written = CliRunner().invoke(main, ["export", "cff", str(made.file.path), "--to", "new.cff"])

    assert printed.exit_code == written.exit_code == 0
    assert printed.stdout.startswith('cff-version: "1.2.0"\n')
    assert (tmp_path / "CITATION.cff").read_text() == "the author's own"
    assert (tmp_path / "new.cff").read_text() == printed.stdout


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
