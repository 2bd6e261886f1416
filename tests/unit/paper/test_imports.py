"""What other files say is filled in, keeps its place, and never wins over the author."""

import json
import random
import shutil
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest
from paper_companion.page.companion import load_companion
from paper_companion.page.sources import companion_sources
from paper_companion.paper.model import Author, Crop, Number, Resize, Step, Tolerance
from paper_companion.paper.reader import PaperError, PaperFile, read_paper

HERE = Path(__file__).parent
SHA256 = "3b5c9d1c5e3a7b20f4866d5e1c0a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "imported", tmp_path, dirs_exist_ok=True)
    (tmp_path / "project.toml").rename(tmp_path / "pyproject.toml")
    shutil.copy(HERE / "project" / "CITATION.cff", tmp_path)
    (tmp_path / "mkdocs.yml").touch()
    return tmp_path


def read(project: Path, text: str) -> PaperFile:
    (project / "paper.yml").write_text(text, encoding="utf-8")
    return read_paper(project / "paper.yml")


def test_a_citation_file_describes_the_code_and_its_preferred_citation_the_paper(project: Path) -> None:
    paper = read(project, "import: CITATION.cff\n").paper
    assert paper.paper.title == "LeafGrade: compact leaf-shape grading from silhouettes"
    assert paper.paper.authors == (
        Author(family="Carberry", given="Josiah", orcid="0000-0002-1825-0097", affiliation=("Example University",)),
        Author(family="Nowak", given="Ines"),
    )
    assert paper.paper.doi == "10.5555/leafgrade.2025"
    assert paper.paper.venue == "Journal of Worked Examples 12(3)"
    assert paper.paper.date == "2025"
    assert paper.paper.keywords == ("leaves", "shape", "grading")
    assert paper.code is not None
    assert paper.code.repo == "https://github.com/example-lab/leafgrade"
    assert (paper.code.version, paper.code.license) == ("1.0.0", "Apache-2.0")


def test_a_citation_file_without_a_preferred_citation_gives_the_title(project: Path) -> None:
    (project / "CITATION.cff").write_text(
        "title: Leaves\n"
        "authors: [{name: The Leaf Group}, {family-names: Berg, name-particle: van der, given-names: Ines}]\n"
        "license: [MIT, Apache-2.0]\n"
        "identifiers: [{type: doi, value: 10.5555/code}, {type: swh, value: 'swh:1:rev:" + "a" * 40 + "'}]\n"
    )
    paper = read(project, "import: CITATION.cff\n").paper
    assert [author.name for author in paper.paper.authors] == ["The Leaf Group", "Ines van der Berg"]
    assert paper.paper.doi is None
    assert paper.code is not None and paper.code.archive is not None
    assert (paper.code.license, paper.code.archive.doi) == ("MIT OR Apache-2.0", "10.5555/code")
    assert paper.code.archive.swhid == "swh:1:rev:" + "a" * 40


def test_explicit_keys_win_and_earlier_imports_win_over_later_ones(project: Path) -> None:
    paper = read(
        project,
        "import: [CITATION.cff, paper.bib]\npaper: {title: Mine, doi: }\ncode: {version: 2.0.0}\n",
    ).paper
    assert paper.paper.title == "Mine"
    assert paper.paper.date == "2025"
    assert paper.paper.arxiv == "2501.09999"
    assert paper.paper.doi == "10.5555/leafgrade.2025", "a key without a value is filled in"
    assert paper.code is not None and (paper.code.version, paper.code.license) == ("2.0.0", "Apache-2.0")


def test_bibtex_is_decoded(project: Path) -> None:
    paper = read(project, "import: paper.bib\n").paper.paper
    assert paper.title == "LeafGrade: compact leaf-shape grading for Érables"
    assert [author.name for author in paper.authors] == ["Josiah Carberry", "Ines van der Berg", "The Leaf Consortium"]
    assert (paper.venue, paper.date) == ("Journal of Worked Examples 12(3)", "2025-03")
    assert (paper.doi, paper.arxiv) == ("10.5555/leafgrade.2025", "2501.09999")
    assert paper.keywords == ("leaves", "shape")


def test_accents_in_bibtex_are_decoded_before_names_are_split(project: Path) -> None:
    authors = r"""M{\"u}ller, J{\"o}rg and Fran{\c c}ois Le{\'o}n and Kaiser, {\L}ukasz and \'Emile van der Berg
      and {The {\'E}rable and {LeafGrade} Group} and {\AA}sa S\o rensen"""
    (project / "accents.bib").write_text(f"@misc{{a, title = {{Leaves}}, author = {{{authors}}}}}\n")
    paper = read(project, "import: accents.bib\n").paper.paper
    assert [(author.family, author.given) for author in paper.authors] == [
        ("Müller", "Jörg"),
        ("León", "François"),
        ("Kaiser", "Łukasz"),
        ("van der Berg", "Émile"),
        ("The Érable and LeafGrade Group", None),
        ("Sørensen", "Åsa"),
    ]


def test_a_broken_bibtex_entry_is_told_in_one_line(project: Path) -> None:
    shutil.copy(HERE / "golden" / "broken.bib", project)
    (project / "paper.yml").write_text("import: broken.bib\n")
    # In a process of its own: pytest listens to what the library logs, and would keep it from being printed.
    command = [sys.executable, "-c", "from paper_companion.cli import main; main()", "lint", "paper.yml"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60)
    assert done.stderr == "broken.bib:1:1: this entry cannot be read: Unexpectedly reached end of file\n"


def test_one_of_several_bibtex_entries_is_named_by_its_key(project: Path) -> None:
    shutil.copy(HERE / "golden" / "several.bib", project)
    assert read(project, "import: {file: several.bib, key: nowak2026}\n").paper.paper.title == "B"


def test_a_model_card_describes_weights_data_and_results(project: Path) -> None:
    (project / "README.md").write_text(
        """---
license: other
license_name: Leaf Research 1.0
library_name: transformers
base_model: [google/vit-base]
datasets: [example-lab/leaf set, cifar10]
model-index:
  - name: leaf
    results:
      - task: {type: image-classification}
        dataset: {name: LeafSet-3, type: leafset}
        metrics: [{type: accuracy, name: Accuracy, value: 0.940}, {type: f1, value: 0.9}]
---
# Leaves
"""
    )
    paper = read(
        project, f"import: README.md\npaper: {{title: x}}\nweights: [{{id: w, path: model.onnx, sha256: {SHA256}}}]\n"
    )
    weights = paper.paper.weights[0]
    assert (weights.license, weights.library) == ("LicenseRef-Leaf-Research-1.0", "transformers")
    assert weights.base_model == "google/vit-base"
    assert weights.trained_on == ("leaf-set", "cifar10")
    assert [dataset.url for dataset in paper.paper.data] == [None, "https://huggingface.co/datasets/cifar10"]
    accuracy, f1 = paper.paper.results
    assert (accuracy.id, str(accuracy.value), accuracy.claim) == (
        "accuracy-leafset-3",
        "0.940",
        "Accuracy on LeafSet-3",
    )
    assert f1.metric == "f1"
    assert paper.problem("x", "weights", 0, "license").line == 3
    assert paper.problem("x", "results", 0, "value").line == 12


def test_configurations_give_labels_and_preparation(project: Path) -> None:
    (weights,) = read(
        project,
        "import: [config.json, preprocessor_config.json]\npaper: {title: x}\n"
        f"weights: [{{id: w, path: model.onnx, sha256: {SHA256}}}]\n",
    ).paper.weights
    assert weights.outputs[0].channels == ("round", "oval", "lobed 🍃")
    assert weights.outputs[0].postprocess == (Step(name="softmax", parameters={"axis": "channel"}),)
    (image,) = weights.inputs
    assert image.resize == Resize(height=72, width=72, method="bicubic", fit="cover")
    assert image.crop == Crop(height=64, width=64)
    assert image.axes == {"batch": "any", "channel": ("red", "green", "blue"), "y": 64, "x": 64}
    assert [step.name for step in image.preprocess] == ["scale_linear", "fixed_zero_mean_unit_variance"]
    assert image.preprocess[1].parameters["mean"] == (0.485, 0.456, 0.406)


@pytest.mark.parametrize(
    ("size", "resize"),
    [
        ("224", Resize(height=224, width=224)),
        ('{"height": 20, "width": 30}', Resize(height=20, width=30)),
        ('{"longest_edge": 20}', None),
    ],
)
def test_sizes_come_in_several_shapes(project: Path, size: str, resize: Resize | None) -> None:
    (project / "preprocessor_config.json").write_text(f'{{"size": {size}, "do_rescale": true, "rescale_factor": 0.5}}')
    (weights,) = read(
        project,
        "import: preprocessor_config.json\npaper: {title: x}\nweights: [{id: w, access: gated, reason: y}]\n",
    ).paper.weights
    assert weights.inputs[0].resize == resize


def test_labels_that_nobody_named_are_left_out(project: Path) -> None:
    (project / "config.json").write_text('{"id2label": {"0": "LABEL_0", "1": "LABEL_1"}}')
    assert read(project, "import: config.json\npaper: {title: x}\n").paper.weights == ()


def test_a_bioimage_io_description_gives_tensors_files_and_tolerance(project: Path) -> None:
    paper = read(project, "import: rdf.yaml\npaper: {title: x}\n").paper
    assert [author.family for author in paper.paper.authors] == ["Nowak", "van der Berg"]
    (weights,) = paper.weights
    assert (weights.id, weights.name, weights.license) == ("weights", "LeafGrade", "Apache-2.0")
    assert (weights.files[0].path, weights.files[0].format, weights.files[0].opset) == ("model.onnx", "onnx", 17)
    assert weights.inputs[0].axes == {"batch": "any", "channel": ("silhouette",), "y": 64, "x": "any"}
    assert weights.inputs[0].range == (0.0, 255.0)
    assert weights.inputs[0].preprocess[0] == Step(name="scale_linear", parameters={"gain": 0.5, "offset": 1.0})
    assert weights.outputs[0].channels == ("round", "oval")
    assert weights.tolerance == Tolerance(rtol=Number("0.01"), atol=Number("0.001"))
    assert paper.paper.authors[0].orcid == "0000-0002-1825-0097"


def test_a_description_in_a_folder_names_files_from_there(project: Path) -> None:
    (project / "model").mkdir()
    for name in ("rdf.yaml", "model.onnx"):
        (project / name).rename(project / "model" / name)
    (weights,) = read(project, "import: model/rdf.yaml\npaper: {title: x}\n").paper.weights
    assert weights.files[0].path == "model/model.onnx"


def test_a_pyproject_describes_the_code(project: Path) -> None:
    paper_file = read(project, "import: pyproject.toml\npaper: {title: x}\n")
    code = paper_file.paper.code
    assert code is not None
    assert (code.version, code.license, code.repo) == (
        "1.2.0",
        "Apache-2.0",
        "https://github.com/example-lab/leafgrade",
    )
    assert paper_file.paper.paper.authors == (Author(family="Nowak", given="Ines"),)
    assert paper_file.problem("x", "code", "version").line == 6


def test_safetensors_tell_parameters_and_shapes_without_their_data(project: Path) -> None:
    (weights,) = read(
        project,
        f"import: model.safetensors\npaper: {{title: x}}\nweights: [{{id: w, sha256: {SHA256}}}]\n",
    ).paper.weights
    assert (weights.parameters, weights.dtypes) == (15, ("F32", "F16"))
    assert weights.tensors == {"w": "F32 [4, 3]", "b": "F16 [3]"}
    assert (weights.files[0].path, weights.files[0].size_bytes, weights.files[0].format) == (
        "model.safetensors",
        206,
        "safetensors",
    )


def test_onnx_tells_operator_set_inputs_and_outputs_for_the_file_that_is_listed(project: Path) -> None:
    (weights,) = read(
        project,
        "import: model.onnx\npaper: {title: x}\nweights:\n  - id: w\n    outputs: [{id: scores, dtype: float16}]\n"
        f"    files: [{{path: model.onnx, sha256: {SHA256}}}, {{path: model.safetensors, sha256: {SHA256}}}]\n",
    ).paper.weights
    assert (weights.parameters, weights.dtypes) == (15, ("float32", "float16"))
    assert [file.opset for file in weights.files] == [17, None]
    assert (weights.files[0].size_bytes, weights.files[0].format) == (218, "onnx")
    assert [tensor.id for tensor in weights.inputs] == ["image"], "initializers are no inputs"
    assert weights.inputs[0].axes == {"batch": "any", "axis1": 4}
    assert weights.outputs[0].dtype == "float16", "the author's word stays"
    assert weights.outputs[0].axes == {"batch": "any", "axis1": 3}


def test_the_weights_that_a_file_describes_are_named_where_there_are_several(project: Path) -> None:
    first, second = read(
        project,
        "import: {file: config.json, weights: b}\npaper: {title: x}\n"
        "weights: [{id: a, access: gated, reason: y}, {id: b, access: gated, reason: y}]\n",
    ).paper.weights
    assert first.outputs == ()
    assert second.outputs[0].channels[0] == "round"


def test_imported_values_keep_the_place_that_they_came_from(project: Path) -> None:
    problem = read(project, "import: CITATION.cff\n").problem("no longer resolves", "paper", "doi")
    assert (problem.path, problem.line, problem.column) == (project / "CITATION.cff", 21, 8)
    assert problem.message == "no longer resolves (or set it in paper.yml)"


def safetensors(header: bytes, length: int | None = None) -> bytes:
    return struct.pack("<Q", len(header) if length is None else length) + header


HOSTILE = {
    "no bytes.safetensors": b"",
    "short.safetensors": b"\x10\0\0",
    "a header beyond the end.safetensors": safetensors(b"{}", 2**63),
    "not JSON.safetensors": safetensors(b"{" * 1000),
    "deep.safetensors": safetensors(b"[" * 1_000_000),
    "a list.safetensors": safetensors(b"[]"),
    "a negative shape.safetensors": safetensors(b'{"w": {"dtype": "F32", "shape": [-1]}}'),
    "a shape of text.safetensors": safetensors(b'{"w": {"dtype": "F32", "shape": "x"}}'),
    "a number as tensor.safetensors": safetensors(b'{"w": 3}'),
    "empty.onnx": b"",
    "all ones.onnx": b"\xff" * 100_000,
    "a length beyond the end.onnx": b"\x3a\xff\xff\xff\xff\x7f",
    "endless small fields.onnx": b"\x08\x01" * 500_000,
    "a graph of endless fields.onnx": b"\x3a\x80\x89\x7a" + b"\x08\x01" * 1_000_000,
    "pickle.onnx": b"\x80\x04\x95cposix\nsystem\n.",
    "deep.bib": b"@article{a, title = " + b"{" * 100_000,
    "many.bib": b"@article{a, title={x}}\n" * 17_000,
    "too many.bib": b"@article{a, title={x}}\n" * 20_000,
    "half.bib": b"@article{a, title = {x}, author = {and and and, , ,}, year = {}, month = {99}}",
    "binary.bib": bytes(range(256)),
    "deep/config.json": b"[" * 500_000,
    "list/config.json": b"[1]",
    "nulls/preprocessor_config.json": b'{"size": null, "image_mean": null, "image_std": {}}',
    "strange/config.json": b'{"id2label": {"0": {"a": 1}, "b": "c", "1": null}}',
    "strange.cff": b"preferred-citation: [a]\nauthors: {a: b}\nidentifiers: [a, {type: doi}]\nlicense: {}\n",
    "laughs.cff": b"a: &a0 [x]\n" + b"".join(b"k: &a%d [*a%d, *a%d]\n" % (i + 1, i, i) for i in range(30)),
    "card.md": b"---\ndatasets: {a: b}\nmodel-index: [3, {results: [4, {metrics: [5]}]}]\nlicense: [a]\n---\n",
    "strange.rdf.yaml": b"format_version: 0.5.0\ninputs: [a, {axes: b}, {data: [3]}]\nweights: [x]\nauthors: 3\n",
    "deep/pyproject.toml": b"a = " + b"[" * 100_000,
    "types/pyproject.toml": b"[project]\nversion = 3\nauthors = 4\nkeywords = 5\nlicense = 6\nurls = 7\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_imports_end_in_problems_or_are_read(name: str, project: Path) -> None:
    path = project / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(HOSTILE[name])
    start = time.process_time()
    try:
        read(project, f"import: {json.dumps(name)}\npaper: {{title: x}}\n")
    except PaperError as error:
        assert all(problem.line >= 1 and str(problem).isprintable() for problem in error.problems)
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "name",
    [
        "CITATION.cff",
        "paper.bib",
        "config.json",
        "preprocessor_config.json",
        "rdf.yaml",
        "model.onnx",
        "model.safetensors",
    ],
)
def test_mutated_imports_end_in_problems_or_are_read(name: str, project: Path) -> None:
    original = (project / name).read_bytes()
    chance = random.Random(20250314)
    for _ in range(60):
        data = bytearray(original)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(data))
            data[at : at + chance.randint(0, 4)] = chance.choice(
                [b"", b"\n", b"{", b"[", b'"', b": ", b"\xff", b"99", b"x"]
            )
        (project / name).write_bytes(data)
        try:
            read(project, f"import: {name}\npaper: {{title: x}}\n")
        except PaperError as error:
            assert all(problem.line >= 1 and str(problem).isprintable() for problem in error.problems)


def test_a_page_is_made_again_when_an_imported_file_changes(project: Path) -> None:
    read(project, "import: [CITATION.cff, {file: paper.bib}]\n")
    sources = companion_sources(load_companion(project / "paper.yml"))
    assert {project / "CITATION.cff", project / "paper.bib"} <= set(sources.files)
