"""The schema and the reference page say what the reader does, in the model's own words.

After a change of the model, `paper-companion schema` and `schema --markdown` write both files anew.
"""

import dataclasses
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from paper_companion.cli import main
from paper_companion.paper import json_schema, reference
from paper_companion.paper.documentation import describe_fields
from paper_companion.paper.lint import find_paper_files

ROOT = Path(__file__).parents[3]
SCHEMA_FILE = ROOT / "mkdocs-plugin" / "paper_companion" / "paper" / "paper.schema.json"
REFERENCE_FILE = ROOT / "docs" / "reference" / "paper-file.md"
FULL = Path(__file__).parent / "project" / "docs" / "paper.yml"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema.paper_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


class Yaml12Loader(yaml.SafeLoader):
    """Types as an editor sees them: by the core schema of YAML 1.2."""


Yaml12Loader.yaml_implicit_resolvers = {}
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("(?:true|false)$"), list("tf"))
Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("[-+]?[0-9]+$"), list("-+0123456789"))
Yaml12Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def test_the_committed_schema_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(main, ["schema"])
    assert printed.exit_code == 0
    assert SCHEMA_FILE.read_text(encoding="utf-8") == printed.stdout, "run: paper-companion schema > " + str(
        SCHEMA_FILE
    )


def test_the_committed_reference_page_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(main, ["schema", "--markdown"])
    assert printed.exit_code == 0
    assert REFERENCE_FILE.read_text(encoding="utf-8") == printed.stdout


@pytest.mark.parametrize(
    "path", [FULL, *find_paper_files(ROOT / "examples")], ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_what_the_reader_reads_an_editor_accepts(path: Path, validator: jsonschema.Draft202012Validator) -> None:
    document = yaml.load(path.read_text(encoding="utf-8"), Yaml12Loader)
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    "text",
    [
        "paper: {titel: x}",
        "paper: {}",
        "paper: {title: x, doi: abc}",
        "paper: {title: [x]}",
        "{paper: {title: x}, code: {access: gated}}",
        "{paper: {title: x}, data: [{id: a, access: withdrawn, reason: y}]}",
        "{paper: {title: x}, code: {access: closed, reason: y}}",
        "{paper: {title: x}, weights: [{id: w, inputs: [{id: a, preprocess: [{scale_linear: {gian: 1}}]}]}]}",
        "{paper: {title: x}, evidence: {max_age_days: -1}}",
        "{paper: {title: x}, checklists: {reforms: maybe}}",
    ],
)
def test_what_the_reader_refuses_an_editor_underlines(text: str, validator: jsonschema.Draft202012Validator) -> None:
    assert not validator.is_valid(yaml.load(text, Yaml12Loader))


def test_every_key_is_described_in_a_sentence() -> None:
    found = reference.model_classes()
    assert len(found) > 25
    for cls in found:
        described = describe_fields(cls)
        for field in dataclasses.fields(cls):
            assert described.get(field.name, "").endswith("."), f"{cls.__name__}.{field.name}"
