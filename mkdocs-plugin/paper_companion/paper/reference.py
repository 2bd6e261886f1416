"""The reference page: every key of a paper file in tables, from the model's own words."""

import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from paper_companion.paper.decode import accepts_text, keys_of
from paper_companion.paper.documentation import describe_class, describe_fields
from paper_companion.paper.identifiers import FORMATS
from paper_companion.paper.json_schema import is_required
from paper_companion.paper.model import Answer, Checklist, Paper, Step
from paper_companion.paper.operations import OPERATIONS
from paper_companion.paper.values import Number

_INTRODUCTION = """\
<!-- Generated from the model by `paper-companion schema --markdown`: edit the docstrings there. -->

# The paper file

Every key of `paper.yml`. Keys in **bold** are required where their mapping is there at all. Scalars are read as text,
and then as what the key means: `arxiv: 2401.10020`, `version: 3.10` and `answer: no` need no quotes. A key without a
value is a key that is left out. Paths are relative to the project root unless the key says otherwise. Where a list of
words or paths is expected, one alone will do.

The smallest file has a title:

```yaml
paper:
  title: Leaves by their shape
```

| to … | run or write |
|---|---|
| start, from what a folder already holds | `paper-companion new FOLDER` |
| check a file, or all below a folder | `paper-companion lint` |
| see what imports fill in, and from where | `paper-companion explain docs/paper.yml` |
| let an editor complete and explain keys | `paper-companion schema > paper.schema.json` |
| read `paper.evidence.json` in a program | `paper-companion schema --evidence > evidence.schema.json` |
| check before each commit | the hook `paper-companion-lint` of this repository in `.pre-commit-config.yaml` |

Editors with the YAML language server find the schema by the first line of the paper file:
`# yaml-language-server: $schema=../paper.schema.json`.

What `import` reads: CITATION.cff (`preferred-citation` is the paper), BibTeX, a Hugging Face model card's front
matter, `config.json` (`id2label`), `preprocessor_config.json`, a bioimage.io `rdf.yaml` (0.5), `pyproject.toml`, and
the headers of local safetensors and ONNX files. A key in the paper file wins over every import, and an earlier import
over a later one; lists are taken whole. Nothing in these files is ever executed.
"""


def reference_page() -> str:
    """The page in Markdown."""
    sections = [_INTRODUCTION]
    for cls in model_classes():
        title = "The top level" if cls is Paper else cls.__name__
        sections.append(f"## {title}\n\n{describe_class(cls)}\n\n{_table(cls)}")
    sections.append(_operations())
    sections.append(_formats())
    return "\n".join(sections)


def model_classes() -> list[type]:
    """The classes that a paper file is made of, in the order in which they are first needed."""
    found: list[type] = []

    def collect(cls: type) -> None:
        if cls not in found:
            found.append(cls)
            for annotation in get_type_hints(cls, include_extras=True).values():
                for inner in _inner_classes(annotation):
                    collect(inner)

    collect(Paper)
    return found


def _inner_classes(annotation: Any) -> list[type]:
    if annotation is Checklist:
        return [Answer]
    if annotation is Step:
        return []  # told in the section of operations
    if is_dataclass(annotation) and isinstance(annotation, type):
        return [annotation]
    return [cls for argument in get_args(annotation) for cls in _inner_classes(argument)]


def _table(cls: type) -> str:
    hints = get_type_hints(cls, include_extras=True)
    descriptions = describe_fields(cls)
    rows = ["| key | value | what it says |", "|---|---|---|"]
    for key, field in keys_of(cls).items():
        name = f"**`{key}`**" if is_required(field) else f"`{key}`"
        default = f" Default: `{field.default}`." if isinstance(field.default, str | int | Number) else ""
        text = descriptions[field.name].replace("|", "\\|")
        rows.append(f"| {name} | {_in_words(hints[field.name])} | {text}{default} |")
    return "\n".join(rows) + "\n"


def _in_words(annotation: Any) -> str:
    simple = {str: "text", int: "whole number", bool: "true or false", Number: "number", Any: "any value"}
    if annotation in simple:
        return simple[annotation]
    if annotation is Step:
        return "[operation](#operations)"
    if annotation is Checklist:
        return f"`auto`, or item to {_in_words(Answer)}"
    if is_dataclass(annotation):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return f"[{arguments[1]}](#formats)"
    if origin is Literal:
        return ", ".join(f"`{choice}`" for choice in arguments)
    if origin is Mapping:
        return f"mapping of names to {_in_words(arguments[1])}"
    if origin is tuple and arguments[1:] == (...,):
        item = _in_words(arguments[0])
        return f"one or a list of: {item}" if accepts_text(arguments[0]) else f"list of {item}"
    if origin is tuple:
        return f"list of {len(arguments)}: {_in_words(arguments[0])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_in_words(argument) for argument in arguments if argument is not type(None))
    raise TypeError(f"no words for {annotation}")


def _operations() -> str:
    rows = ["| operation | what it does | parameters |", "|---|---|---|"]
    for name, operation in OPERATIONS.items():
        parameters = []
        for key, given in operation.parameters.items():
            written = f"**`{key}`**" if given.required else f"`{key}`"
            default = "" if given.default is None else f" Default: `{given.default}`."
            parameters.append(f"{written} ({given.kind}): {given.description}{default}")
        rows.append(f"| `{name}` | {operation.description} | {'<br>'.join(parameters) or 'none'} |")
    introduction = "The steps of `preprocess` and `postprocess`, by name alone or with their parameters, in order.\n"
    return "## Operations\n\n" + introduction + "\n" + "\n".join(rows) + "\n"


def _formats() -> str:
    rows = ["| format | what it is | example |", "|---|---|---|"]
    rows += [f"| {name} | {known.description} | `{known.example}` |" for name, known in FORMATS.items()]
    return "## Formats\n\n" + "\n".join(rows) + "\n"
