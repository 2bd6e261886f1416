"""The model as a JSON Schema (draft 2020-12), with which editors complete, explain and check keys."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, is_dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from paper_companion.paper.decode import accepts_text, keys_of
from paper_companion.paper.documentation import describe_class, describe_fields
from paper_companion.paper.identifiers import FORMATS
from paper_companion.paper.model import Answer, Checklist, Paper, Shared, Step
from paper_companion.paper.operations import OPERATIONS, Operation
from paper_companion.paper.values import Number

Schema = dict[str, Any]

# A scalar is text to the reader, whatever an editor takes it for: 2401.10020 need not be quoted.
_TEXT: Schema = {"type": ["string", "number", "boolean"]}
_NUMBER: Schema = {"type": ["number", "string"]}
_INTEGER: Schema = {"type": ["integer", "string"], "minimum": 0, "pattern": "^[+]?[0-9](_?[0-9])*$"}
_TRUTH: Schema = {"enum": [True, False, "yes", "no", "on", "off"]}

_PARAMETERS: Mapping[str, Schema] = {
    "number": _NUMBER,
    "numbers": {"anyOf": [_NUMBER, {"type": "array", "items": _NUMBER}]},
    "axes": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
    "axis": _TEXT,
    "text": _TEXT,
    "function": _TEXT,
}


def paper_schema() -> Schema:
    """The schema of a paper file."""
    definitions: dict[str, Schema] = {}
    root = _class_schema(Paper, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "paper.yml",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _class_schema(cls: type, definitions: dict[str, Schema]) -> Schema:
    hints = get_type_hints(cls, include_extras=True)
    descriptions = describe_fields(cls)
    properties = {}
    for key, field in keys_of(cls).items():
        schema = _schema(hints[field.name], definitions)
        properties[key] = {**schema, "description": descriptions[field.name], **_default(field)}
    schema: Schema = {
        "type": "object",
        "description": describe_class(cls),
        "properties": properties,
        "required": [key for key, field in keys_of(cls).items() if is_required(field)],
        "additionalProperties": False,
    }
    if issubclass(cls, Shared):
        schema["allOf"] = [
            _when_access(["gated", "withheld", "withdrawn"], "reason"),
            _when_access(["withdrawn"], "date"),
        ]
    if hasattr(cls, "from_text"):
        return {"anyOf": [_TEXT, schema], "description": schema.pop("description")}
    return schema


def is_required(field: Field[Any]) -> bool:
    """Whether a key cannot be left out."""
    return field.default is MISSING and field.default_factory is MISSING


def _when_access(values: list[str], required: str) -> Schema:
    condition = {"properties": {"access": {"enum": values}}, "required": ["access"]}
    return {"if": condition, "then": {"required": [required]}}


def _default(field: Field[Any]) -> Schema:
    default = field.default
    if isinstance(default, bool | int | str):
        return {"default": default}
    return {"default": float(default)} if isinstance(default, Number) else {}


def _schema(annotation: Any, definitions: dict[str, Schema]) -> Schema:
    if annotation is str:
        return dict(_TEXT)
    if annotation is int:
        return dict(_INTEGER)
    if annotation is bool:
        return dict(_TRUTH)
    if annotation is Number:
        return dict(_NUMBER)
    if annotation is Any:
        return {}
    if is_dataclass(annotation):
        return _reference(annotation, definitions)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _format_schema(arguments[1])
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _schema(arguments[1], definitions)}
    if origin is tuple and arguments[1:] == (...,):
        item = _schema(arguments[0], definitions)
        items = {"type": "array", "items": item}
        return {"anyOf": [item, items]} if accepts_text(arguments[0]) else items
    if origin is tuple:
        items = [_schema(argument, definitions) for argument in arguments]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}
    if origin in (Union, types.UnionType):
        kinds = [_schema(argument, definitions) for argument in arguments if argument is not type(None)]
        return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    raise TypeError(f"no schema for {annotation}")


def _format_schema(name: str) -> Schema:
    known = FORMATS[name]
    schema = {**_TEXT, "examples": [known.example]}
    return {**schema, "pattern": known.pattern} if known.pattern else schema


def _reference(cls: type, definitions: dict[str, Schema]) -> Schema:
    name = cls.__name__
    if name not in definitions:
        definitions[name] = {}  # taken, while its own references are followed
        if cls is Step:
            definitions[name] = _step_schema()
        elif cls is Checklist:
            answers = {"type": "object", "additionalProperties": _reference(Answer, definitions)}
            definitions[name] = {"anyOf": [{"const": "auto"}, answers], "description": describe_class(cls)}
        else:
            definitions[name] = _class_schema(cls, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _step_schema() -> Schema:
    alone = [
        name
        for name, operation in OPERATIONS.items()
        if not any(given.required for given in operation.parameters.values())
    ]
    return {
        "description": describe_class(Step),
        "anyOf": [
            {"enum": alone},
            {
                "type": "object",
                "properties": {name: _operation_schema(name, operation) for name, operation in OPERATIONS.items()},
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
            },
        ],
    }


def _operation_schema(name: str, operation: Operation) -> Schema:
    schema: Schema = {
        "type": "object",
        "properties": {
            key: {**_PARAMETERS[given.kind], "description": given.description}
            for key, given in operation.parameters.items()
        },
        "required": [key for key, given in operation.parameters.items() if given.required],
        "additionalProperties": False,
    }
    if name == "call":
        schema = {"anyOf": [_format_schema("function"), schema]}
    elif not schema["required"]:
        schema["type"] = ["object", "null"]
    return {**schema, "description": operation.description}
