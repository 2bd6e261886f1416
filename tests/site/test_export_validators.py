"""Exports before the validators of their formats, which know more than a schema does; without the network."""

import hashlib
import io
import json
import re
from pathlib import Path

import numpy
import pytest
import yaml
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.page.exports import export
from paper_companion.paper.problems import PaperError
from paper_companion.paper.reader import read_paper

# The validators' own libraries leave files open, and call what is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore")

REPOSITORY = Path(__file__).parents[2]
FULL = REPOSITORY / "tests/unit/paper/project"
EXAMPLES = sorted((REPOSITORY / "examples").glob("*/docs/**/*paper.yml"))
DATED = [path for path in (FULL / "docs/paper.yml", *EXAMPLES) if read_paper(path).paper.paper.date]

# RO-Crate


def remember(cache: Path, url: str, content: bytes) -> None:
    """Puts a document into the validator's cache, as if it had been fetched."""
    import requests
    from requests_cache import CachedSession
    from urllib3 import HTTPResponse

    with CachedSession(str(cache)) as session:
        request = requests.Request("GET", url).prepare()
        response = requests.Response()
        response.status_code, response.url, response.request = 200, url, request
        response.headers["Content-Type"] = "application/ld+json"
        response.raw = HTTPResponse(io.BytesIO(content), status=200, request_url=url, preload_content=False)
        response._content = content
        session.cache.save_response(response, session.cache.create_key(request))


@pytest.mark.parametrize("path", DATED, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_the_crate_of_every_paper_has_all_that_its_validator_requires(path, tmp_path):
    import rocrate
    from rocrate_validator.models import ValidationSettings
    from rocrate_validator.services import validate_metadata_as_dict

    # What this library ships is the context of a later version; it has every term of ours.
    context = Path(rocrate.__file__).parent / "data/ro-crate.jsonld"
    remember(tmp_path / "cache", "https://w3id.org/ro/crate/1.2/context", context.read_bytes())
    settings = ValidationSettings(
        rocrate_uri=".",
        profile_identifier="ro-crate-1.2",
        requirement_severity="REQUIRED",
        metadata_only=True,
        offline=True,
        cache_path=tmp_path / "cache",
    )

    result = validate_metadata_as_dict(json.loads(export("ro-crate", read_paper(path))[0]), settings)

    assert [issue.message for issue in result.get_issues()] == []
    assert result.passed()


# bioimage.io

MODEL = """
paper:
  title: Leaves
  authors: [{family: Nowak, given: Ines, orcid: 0000-0002-1825-0097, affiliation: [Example University, Field Lab]}]
  abstract: Small networks grade leaves.
  doi: 10.5555/leaves
  limitations: Silhouettes only.
environment: {lock: requirements.lock, hardware: 1 GPU}
data:
  - {id: leafset, url: "https://example.com/leafset", doi: 10.5555/leafset, license: CC-BY-4.0, splits: {test: 20}}
weights:
  - id: leaf-net
    name: "Leaf-Net: small"
    license: MIT
    trained_on: [leafset]
    parameters: 17
    files:
      - {path: leaf.onnx, format: onnx, opset: 17, parent: torchscript, sha256: ONNX}
      - {path: leaf.pt, format: torchscript, sha256: TORCH}
      - {path: leaf.safetensors, format: safetensors, sha256: TORCH}
    inputs:
      - id: Leaf-Image
        description: A photograph.
        axes: {batch: any, c: [red, green], height: 4, width: any}
        dtype: float32
        range: [0, 255]
        unit: mm
        resize: {height: 4, width: 6}
        preprocess:
          - call: prepare.py:straighten
          - scale_linear: {gain: 0.5}
          - scale_linear: {gain: 1}
          - fixed_zero_mean_unit_variance: {mean: [0.5, 0.25], std: 0.5}
          - zero_mean_unit_variance
          - clip: {min: 0}
          - ensure_dtype: {dtype: float32}
      - id: size
        axes: {i: 2}
        unit: leaves
    outputs:
      - id: scores
        axes: {batch: any, channel: [round, oval]}
        postprocess: [softmax, {binarize: {threshold: [0.5, 0.25], axis: channel}}]
        test: {file: scores.npy}
      - id: mask
        axes: {batch: any, height: 4, width: any}
        dtype: bool
        postprocess:
          - scale_range: {min_percentile: 1, axes: [height, width], reference_tensor: Leaf-Image}
          - scale_mean_variance: {reference_tensor: size}
    tolerance: {rtol: 0.5, atol: 0.01}
results:
  - {id: main, claim: It works., data: "leafset#test", weights: leaf-net, metric: accuracy, value: 0.94}
page: {teaser: {file: leaf.png, alt: A leaf}}
"""
FILES = {
    "leaf.onnx": b"onnx",
    "leaf.pt": b"torch",
    "leaf.safetensors": b"torch",
    "leaf.png": b"\x89PNG",
    "prepare.py": b"def straighten(image): return image\n",
    "README.md": b"# Validation\n",
    "requirements.lock": b"numpy==2.4.6\ntorch==2.9.1 \\\n    --hash=sha256:0\n",
}


@pytest.fixture
def project(tmp_path):
    """A project with a model that says everything that bioimage.io has a place for, and some things that it has not."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    numpy.save(tmp_path / "scores.npy", numpy.ones((1, 2), numpy.float32))
    (tmp_path / "mkdocs.yml").write_text("site_name: Leaves\n")
    write(tmp_path, MODEL)
    return tmp_path


def write(project, text):
    for word, name in (("ONNX", "leaf.onnx"), ("TORCH", "leaf.pt")):
        text = text.replace(f"sha256: {word}", f"sha256: {hashlib.sha256(FILES[name]).hexdigest()}")
    (project / "paper.yml").write_text(text)


def described(project, paper="paper.yml", looks_at_files=True):
    """The description as bioimage.io's own library reads it."""
    from bioimageio.spec import InvalidDescr, ValidationContext, build_description

    text = export("bioimageio", read_paper(project / paper))[0]
    addresses = dict.fromkeys(re.findall(r'"(https?://[^"]+)"', text))
    context = ValidationContext(
        perform_io_checks=looks_at_files,
        known_files=addresses if looks_at_files else {},
        root=project,
        log_warnings=False,
        file_name="rdf.yaml",
    )
    model = build_description(yaml.safe_load(text), context=context, format_version="latest")
    assert not isinstance(model, InvalidDescr), model.validation_summary.format()
    return model


def test_bioimageio_reads_the_whole_model_as_the_paper_file_says_it(project):
    model = described(project)

    assert model.name == "Leaf-Net small"
    (author,) = model.authors
    assert (author.name, author.affiliation) == ("Ines Nowak", "Example University; Field Lab")
    assert str(author.orcid) == "0000-0002-1825-0097"
    assert [str(entry.doi) for entry in model.cite] == ["10.5555/leaves", "10.5555/leafset"]
    assert str(model.license) == "MIT"
    assert model.documentation.source.path.name == "README.md"
    assert [str(cover.source.path) for cover in model.covers] == ["leaf.png"]
    assert {str(file.source.path) for file in model.attachments} == {"requirements.lock", "prepare.py"}
    assert (model.training_data.name, str(model.training_data.license)) == ("leafset", "CC-BY-4.0")
    config = model.config.bioimageio
    assert config.model_parameter_count == 17
    assert config.bias_risks_limitations.limitations == "Silhouettes only."
    assert config.environmental_impact.hardware_type == "1 GPU"
    assert (config.evaluations[0].results, config.evaluations[0].sample_count) == ([[0.94]], 20)
    assert config.reproducibility_tolerance[0].absolute_tolerance == 0.01


def test_bioimageio_reads_the_weights_with_hash_version_and_parent(project):
    weights = described(project).weights

    assert set(weights.available_formats) == {"onnx", "torchscript"}
    assert (weights.onnx.opset_version, weights.onnx.parent) == (17, "torchscript")
    assert str(weights.onnx.sha256) == hashlib.sha256(b"onnx").hexdigest()
    assert str(weights.torchscript.pytorch_version) == "2.9.1"


def test_bioimageio_reads_tensors_with_axes_values_and_steps(project):
    model = described(project)

    image, size = model.inputs
    assert str(image.id) == "leaf_image"
    assert [(axis.type, str(axis.id)) for axis in image.axes] == [
        ("batch", "batch"), ("channel", "channel"), ("space", "y"), ("space", "x"),
    ]  # fmt: skip
    assert image.axes[1].channel_names == ["red", "green"]
    assert (image.axes[2].size, image.axes[3].size.min) == (4, 1)
    assert (image.data.range, str(image.data.unit)) == ((0, 255), "mm")
    # It adds a cast at the start by itself.
    assert [(step.id, dict(step.kwargs)) for step in image.preprocessing[1:]] == [
        ("scale_linear", {"gain": 0.5, "offset": 0.0}),
        ("fixed_zero_mean_unit_variance", {"mean": [0.5, 0.25], "std": [0.5, 0.5], "axis": "channel"}),
        ("zero_mean_unit_variance", {"axes": ["channel", "y", "x"], "eps": 1e-6}),
        ("clip", {"min": 0, "max": None, "min_percentile": None, "max_percentile": None, "axes": None}),
        ("ensure_dtype", {"dtype": "float32"}),
    ]
    assert [(axis.type, str(axis.id)) for axis in size.axes] == [("index", "i_axis")]
    scores, mask = model.outputs
    assert [step.id for step in scores.postprocessing] == ["softmax", "binarize"]
    assert scores.postprocessing[1].kwargs.threshold == [0.5, 0.25]
    assert (str(mask.axes[2].size.tensor_id), str(mask.axes[2].size.axis_id)) == ("leaf_image", "x")
    assert str(mask.postprocessing[0].kwargs.reference_tensor) == "leaf_image"
    assert mask.data.type == "bool"


def test_what_bioimageio_has_no_place_for_is_told_at_its_line(project):
    done = CliRunner().invoke(
        main, ["export", "bioimageio", str(project / "paper.yml"), "--to", str(project / "rdf.yaml")]
    )

    assert done.exit_code == 0, done.stderr
    told = [line.removeprefix(f"{project}/paper.yml:") for line in done.stderr.splitlines()]
    assert told == [
        "13:11: weights[0].name: note: called Leaf-Net small there, where names have few characters",
        "20:9: weights[0].files[2]: note: bioimage.io has no weights as safetensors: left out",
        "22:9: weights[0].inputs[0].test: note: bioimage.io asks for a test tensor, to try the model with",
        "28:17: weights[0].inputs[0].resize: note: bioimage.io has no such step: left out, so do it before",
        "30:13: weights[0].inputs[0].preprocess[0]: note: prepare.py:straighten is a function of yours: not among the "
        "steps, but attached",
        "37:9: weights[0].inputs[1].test: note: bioimage.io asks for a test tensor, to try the model with",
        "39:15: weights[0].inputs[1].unit: note: no SI unit, and there is no place for others: left out",
        "45:9: weights[0].outputs[1].test: note: bioimage.io asks for a test tensor, to try the model with",
        "51:23: weights[0].tolerance.rtol: note: bioimage.io tolerates 0.01 at most",
        f"{project / 'rdf.yaml'}",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (", opset: 17", "", "weights[0].files[0]: bioimage.io asks for the operator set of ONNX weights (add opset"),
        ("opset: 17", "opset: 6", "weights[0].files[0].opset: bioimage.io takes operator sets from 7 on"),
        ("environment: {lock: requirements.lock, hardware: 1 GPU}\n", "", "environment.lock: bioimage.io asks for the"),
        ("axes: {i: 2}", "dtype: float32", "weights[0].inputs[1].axes: bioimage.io describes each axis (add axes"),
        ("id: mask", "id: Scores", "weights[0].outputs[1].id: another tensor is called scores, too, in bioimage.io's"),
        ("c: [red, green]", "c: any", "weights[0].inputs[0].axes.c: bioimage.io names each channel (give their"),
        ("height: 4, width: any}\n        dtype: bool", "z: any}", "weights[0].outputs[1].axes.z: bioimage.io wants"),
        (
            "dtype: float32\n        range",
            "dtype: float16\n        range",
            "weights[0].inputs[0].dtype: bioimage.io has",
        ),
        (
            "batch: any, channel: [round, oval]",
            "batch: [round, oval]",
            "weights[0].outputs[0].axes.batch: bioimage.io has no names",
        ),
        ("axes: [height, width],", "axes: [depth],", "postprocess[0].scale_range.axes: the tensor has no axis depth"),
        (
            "height: 4, width: any}\n        dtype: float32",
            "x: 4, width: 5}",
            "inputs[0].axes: two of its axes have one",
        ),
        ("{dtype: float32}", "{dtype: float16}", "weights[0].inputs[0].preprocess[6].ensure_dtype: bioimage.io has no"),
        ("min_percentile: 1,", "min_percentile: 100,", "postprocess[0].scale_range.min_percentile: bioimage.io wants"),
        ('name: "Leaf-Net: small"', "name: 叶子", "weights[0].name: bioimage.io wants a name of five letters or more"),
        (
            MODEL[MODEL.index("    inputs:") : MODEL.index("    outputs:")],
            "",
            "weights[0].inputs: bioimage.io describes",
        ),
        ("format: onnx", "format: npz", "weights[0].files: bioimage.io describes weights as onnx, torchscript"),
    ],
)
def test_what_bioimageio_asks_for_is_told_with_what_to_add_and_nothing_is_written(old, new, message, project):
    assert old in MODEL
    text = MODEL.replace(old, new)
    if "npz" in new:
        text = text.replace("format: torchscript", "format: npy").replace("parent: torchscript, ", "")
    write(project, text)

    done = CliRunner().invoke(
        main, ["export", "bioimageio", str(project / "paper.yml"), "--to", str(project / "rdf.yaml")]
    )

    assert done.exit_code == 1
    assert any(message in line and line.startswith(f"{project}/paper.yml:") for line in done.stderr.splitlines())
    assert not (project / "rdf.yaml").exists()


def test_a_description_is_imported_again_as_the_same_tensors(project):
    (project / "rdf.yaml").write_text(export("bioimageio", read_paper(project / "paper.yml"))[0])
    (project / "again.yml").write_text("import: rdf.yaml\npaper: {title: Leaves}\n")

    first, again = (read_paper(project / name).paper.weights[0] for name in ("paper.yml", "again.yml"))

    assert again.outputs[0].channels == first.outputs[0].channels
    assert again.outputs[0].postprocess == first.outputs[0].postprocess
    assert [file.sha256 for file in again.files] == [file.sha256 for file in first.files[:2]]
    assert list(again.inputs[0].axes) == ["batch", "channel", "y", "x"]


def test_the_full_paper_is_valid():
    model = described(FULL, paper="docs/paper.yml", looks_at_files=False)

    assert model.weights.onnx.comment == "Converted from safetensors."
    assert model.inputs[0].test_tensor is not None


def test_weights_that_nobody_can_get_are_not_described(project):
    reason = "access: withheld, because: privacy, reason: Growers did not consent."
    (project / "paper.yml").write_text(f"paper: {{title: Leaves}}\nweights: [{{id: leaf, {reason}}}]\n")

    with pytest.raises(PaperError, match="describes weights that somebody can get"):
        export("bioimageio", read_paper(project / "paper.yml"))
