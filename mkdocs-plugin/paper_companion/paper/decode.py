"""From YAML nodes straight to the model's dataclasses, by decoders that are compiled from their annotations once.

A decoder returns a value, or reports what is wrong and returns None; decoding goes on, so that all problems are found.
"""

import math
import re
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from paper_companion.paper.findings import IS_REQUIRED, Findings
from paper_companion.paper.identifiers import FORMATS
from paper_companion.paper.model import KEY_OF_ATTRIBUTE, Answer, Checklist, Demo, DemoInput
from paper_companion.paper.operations import OPERATIONS, Step
from paper_companion.paper.problems import did_you_mean, quoted
from paper_companion.paper.tree import find, is_empty
from paper_companion.paper.values import Number

Decode = Callable[[Node, Findings], Any]

_INTEGER = re.compile(r"[+-]?[0-9](?:_?[0-9])*").fullmatch
_JSON_INTEGER = re.compile(r"[-+]?[0-9]+").fullmatch
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?").fullmatch
_TRUTH = {word: truth for words, truth in (("true yes on", True), ("false no off", False)) for word in words.split()}
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]").search
_MAX_DIGITS = 18


def keys_of(cls: type) -> dict[str, Field[Any]]:
    """The keys of a mapping that becomes this class, with the fields that hold their values."""
    return {KEY_OF_ATTRIBUTE.get(field.name, field.name): field for field in fields(cls)}


@cache
def decoder(annotation: Any) -> Decode:
    """The decoder for a type: a dataclass of the model, or an annotation of one of their fields."""
    if annotation is str:
        return _text
    if annotation is Number:
        return _number
    if annotation is int:
        return _integer
    if annotation is bool:
        return _truth
    if annotation is Any:
        return _json
    if annotation is Step:
        return _step
    if annotation is Checklist:
        return _checklist
    if annotation is Demo:
        return _demo
    if annotation is DemoInput:
        return _demo_input
    if is_dataclass(annotation):
        return mapping_decoder(annotation)
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _format_decoder(arguments[1])
    if origin is Literal:
        return _choice_decoder(arguments)
    if origin is tuple:
        if arguments[1:] == (...,):
            return _list_decoder(arguments[0])
        return _fixed_list_decoder(arguments)
    if origin is Mapping:
        return _table_decoder(arguments[1])
    if origin in (Union, types.UnionType):
        present = [argument for argument in arguments if argument is not type(None)]
        return decoder(present[0]) if len(present) == 1 else _size_or_names
    raise TypeError(f"no decoder for {annotation}")


def what(node: Node) -> str:
    """A node in words, for "expected …, got …"."""
    if type(node) is ScalarNode:
        return "nothing" if is_empty(node) else quoted(node.value)
    return "a list" if type(node) is SequenceNode else "a mapping"


def _text(node: Node, report: Findings) -> str | None:
    if type(node) is not ScalarNode:
        return report(node, f"expected text, got {what(node)}")
    text = node.value.strip()
    if not text:
        return report(node, "expected text, got nothing (leave the key out)")
    if not text.isprintable() and _CONTROL(text):
        return report(node, f"there is a control character in {what(node)} (delete it)")
    return text


def _integer(node: Node, report: Findings) -> int | None:
    if type(node) is ScalarNode and len(node.value) > _MAX_DIGITS:
        return report(node, f"expected a whole number of at most {_MAX_DIGITS} digits, got {what(node)}")
    if type(node) is not ScalarNode or not _INTEGER(node.value):
        return report(node, f"expected a whole number, got {what(node)}")
    number = int(node.value)
    return number if number >= 0 else report(node, f"expected a whole number from 0 on, got {what(node)}")


def _number(node: Node, report: Findings) -> Number | None:
    if type(node) is ScalarNode and _NUMBER(node.value):
        number = Number(node.value)
        if math.isfinite(number):
            return number
    return report(node, f"expected a number, got {what(node)}")


def _truth(node: Node, report: Findings) -> bool | None:
    truth = _TRUTH.get(node.value.lower()) if type(node) is ScalarNode else None
    return report(node, f"expected true or false, got {what(node)}") if truth is None else truth


def _json(node: Node, report: Findings) -> Any:
    if type(node) is MappingNode:
        return _table_decoder(Any)(node, report)
    if type(node) is SequenceNode:
        return [_json(child, report) for child in node.value]
    return node.value if node.style else plain_value(node.value)


def plain_value(text: str) -> Any:
    """What an unquoted scalar means by the rules of YAML 1.2, numbers with their spelling kept."""
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if len(text) <= _MAX_DIGITS and _JSON_INTEGER(text):
        return int(text)
    if _NUMBER(text):
        number = Number(text)
        return number if math.isfinite(number) else text
    return text


def _format_decoder(name: str) -> Decode:
    check = FORMATS[name].check
    must_exist = name in ("path", "sibling", "function")

    def decode(node: Node, report: Findings) -> str | None:
        text = _text(node, report)
        if text is None:
            return None
        try:
            text = check(text)
        except ValueError as error:
            return report(node, str(error))
        if must_exist:
            report.expect_file(node, name, text)
        return text

    return decode


def _choice_decoder(choices: tuple[str, ...]) -> Decode:
    allowed = frozenset(choices)

    def decode(node: Node, report: Findings) -> str | None:
        if type(node) is ScalarNode:
            if node.value in allowed:
                return node.value
            expected = f"expected {', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else choices[0]
            return report(node, f"{expected}, got {what(node)}")
        return report(node, f"expected a word, got {what(node)}")

    return decode


def accepts_text(annotation: Any) -> bool:
    """Whether one of these may be written as a scalar, and then alone in the place of a list."""
    if is_dataclass(annotation):
        return hasattr(annotation, "from_text")
    return get_origin(annotation) in (None, Annotated, Literal)


def _list_decoder(annotation: Any) -> Decode:
    decode_item = decoder(annotation)
    one_is_enough = accepts_text(annotation)
    alone = (ScalarNode, MappingNode) if is_dataclass(annotation) else (ScalarNode,)

    def decode(node: Node, report: Findings) -> tuple[Any, ...]:
        if type(node) is SequenceNode:
            return tuple([decode_item(child, report) for child in node.value])
        if one_is_enough and type(node) in alone:
            return (decode_item(node, report),)
        report(node, f"expected a list, got {what(node)}")
        return ()

    return decode


def _fixed_list_decoder(annotations: tuple[Any, ...]) -> Decode:
    decoders = [decoder(annotation) for annotation in annotations]

    def decode(node: Node, report: Findings) -> tuple[Any, ...] | None:
        if type(node) is SequenceNode and len(node.value) == len(decoders):
            return tuple(decode_item(child, report) for decode_item, child in zip(decoders, node.value, strict=True))
        got = f"a list of {len(node.value)}" if type(node) is SequenceNode else what(node)
        return report(node, f"expected a list of {len(decoders)}, got {got}")

    return decode


def _table_decoder(annotation: Any) -> Decode:
    decode_value = decoder(annotation)

    def decode(node: Node, report: Findings) -> dict[str, Any]:
        table: dict[str, Any] = {}
        if type(node) is not MappingNode:
            report(node, f"expected a mapping, got {what(node)}")
            return table
        for key_node, value_node in node.value:
            key = _key(key_node, table, report)
            if key is not None:
                table[key] = decode_value(value_node, report)
        return table

    return decode


def _key(key_node: Node, seen: Mapping[str, Any], report: Findings) -> str | None:
    if type(key_node) is not ScalarNode:
        return report(key_node, f"expected a key, got {what(key_node)}")
    if key_node.value in seen:
        return report(key_node, "this key is there twice (delete one)")
    return key_node.value


@cache
def mapping_decoder(cls: type) -> Decode:
    """The decoder for a mapping whose keys are the fields of this class."""
    hints = get_type_hints(cls, include_extras=True)
    table = {key: (field.name, decoder(hints[field.name])) for key, field in keys_of(cls).items()}
    required = [
        (key, field.name)
        for key, field in keys_of(cls).items()
        if field.default is MISSING and field.default_factory is MISSING
    ]
    from_text = getattr(cls, "from_text", None)

    def decode(node: Node, report: Findings) -> Any:
        if type(node) is not MappingNode:
            if from_text and type(node) is ScalarNode:
                # A path alone is checked as it would be under its key.
                text = table["file"][1](node, report) if "file" in table else _text(node, report)
                return None if text is None else from_text(text)
            return report(node, f"expected a mapping, got {what(node)}")
        values: dict[str, Any] = {}
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            entry = table.get(key) if type(key_node) is ScalarNode else None
            if entry is None:
                _report_unknown_key(key_node, table, report)
                continue
            if key in seen:
                report(key_node, "this key is there twice (delete one)")
                continue
            seen.add(key)
            if not is_empty(value_node):
                attribute, decode_value = entry
                values[attribute] = decode_value(value_node, report)
        for key, attribute in required:
            if attribute not in values:
                report(node, IS_REQUIRED, key)
                values[attribute] = None
        return cls(**values)

    return decode


def _report_unknown_key(key_node: Node, known: Mapping[str, Any], report: Findings) -> None:
    if type(key_node) is not ScalarNode:
        report(key_node, f"expected a key, got {what(key_node)}")
    elif key_node.value == "<<":
        report(key_node, "merge keys are not part of YAML 1.2 (repeat the keys, or use an alias for a whole value)")
    else:
        report(key_node, f"unknown key{did_you_mean(key_node.value, known)}")


def _size_or_names(node: Node, report: Findings) -> int | str | tuple[str, ...] | None:
    if type(node) is SequenceNode:
        return _list_decoder(str)(node, report)
    if type(node) is ScalarNode and _INTEGER(node.value):
        return _integer(node, report)
    return _text(node, report)


def _checklist(node: Node, report: Findings) -> Checklist | None:
    if type(node) is ScalarNode:
        if node.value == "auto":
            return Checklist(auto=True)
        return report(node, f"expected auto or answers by item, got {what(node)}")
    return Checklist(answers=_table_decoder(Answer)(node, report))


def _step(node: Node, report: Findings) -> Step | None:
    if type(node) is ScalarNode:
        name_node, value_node = node, None
    elif type(node) is MappingNode and len(node.value) == 1:
        name_node, value_node = node.value[0]
    else:
        return report(node, f"expected one operation with its parameters, got {what(node)}")
    operation = OPERATIONS.get(name_node.value) if type(name_node) is ScalarNode else None
    if operation is None:
        name = name_node.value if type(name_node) is ScalarNode else "?"
        return report(name_node, f"unknown operation{did_you_mean(name, OPERATIONS)}")
    given: dict[str, Any] = {}
    if name_node.value == "call" and type(value_node) is ScalarNode:
        given["function"] = _format_decoder("function")(value_node, report)
    elif value_node is not None and not is_empty(value_node):
        if type(value_node) is not MappingNode:
            return report(value_node, f"expected a mapping, got {what(value_node)}")
        for key_node, parameter_node in value_node.value:
            key = _key(key_node, given, report)
            if key is None:
                continue
            parameter = operation.parameters.get(key)
            if parameter is None:
                _report_unknown_key(key_node, operation.parameters, report)
                continue
            given[key] = _PARAMETERS[parameter.kind](parameter_node, report)
    parameters: dict[str, Any] = {}
    for key, parameter in operation.parameters.items():
        if key in given:
            parameters[key] = given[key]
        elif parameter.required:
            report(value_node or node, IS_REQUIRED, key)
        elif parameter.default is not None:
            parameters[key] = parameter.default
    return Step(name=name_node.value, parameters=parameters)


def _demo_input(node: Node, report: Findings) -> DemoInput | None:
    field: DemoInput | None = mapping_decoder(DemoInput)(node, report)
    if field is None or field.default is None:
        return field
    return replace(field, default=_input_value(field, find(node, ("default",)), report))


def _demo(node: Node, report: Findings) -> Demo | None:
    """A demo whose examples hold what the fields mean: for a text field, 3.10 and no are what was typed."""
    demo: Demo | None = mapping_decoder(Demo)(node, report)
    if demo is None or not demo.inputs or not demo.examples:
        return demo
    field_of = {field.id: field for field in demo.inputs if field and field.type}
    examples = []
    for index, example in enumerate(demo.examples):
        inputs_node = find(node, ("examples", index, "inputs"))
        if example and example.inputs and type(inputs_node) is MappingNode:
            inputs = dict(example.inputs)
            for key_node, value_node in inputs_node.value:
                if type(key_node) is ScalarNode and (field := field_of.get(key_node.value)):
                    inputs[key_node.value] = _input_value(field, value_node, report)
            example = replace(example, inputs=inputs)
        examples.append(example)
    return replace(demo, examples=tuple(examples))


def _input_value(field: DemoInput, node: Node, report: Findings) -> Any:
    if is_empty(node):
        return None
    if field.type in ("number", "slider"):
        return _number(node, report)
    if field.type == "checkbox":
        return _truth(node, report)
    if field.type == "table":
        return _json(node, report)
    if type(node) is SequenceNode and field.multiple:
        return [_typed_text(child, report) for child in node.value]
    return _typed_text(node, report)


def _typed_text(node: Node, report: Findings) -> str | None:
    return node.value if type(node) is ScalarNode else report(node, f"expected text, got {what(node)}")


def _numbers(node: Node, report: Findings) -> Number | tuple[Number, ...] | None:
    return _list_decoder(Number)(node, report) if type(node) is SequenceNode else _number(node, report)


_PARAMETERS: Mapping[str, Decode] = {
    "number": _number,
    "numbers": _numbers,
    "axes": _list_decoder(str),
    "axis": _text,
    "text": _text,
    "function": _format_decoder("function"),
}
