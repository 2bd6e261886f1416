"""The model's own words, for the schema and the reference page: the docstrings of classes and under attributes."""

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def describe_class(cls: type) -> str:
    """The class's docstring, on one line."""
    return " ".join((inspect.getdoc(cls) or "").split())


@cache
def describe_fields(cls: type) -> dict[str, str]:
    """The text under each attribute of a class and of those it inherits from."""
    described: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base is object:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for attribute, text in pairwise(statements):
            if (
                isinstance(attribute, ast.AnnAssign)
                and isinstance(attribute.target, ast.Name)
                and isinstance(text, ast.Expr)
                and isinstance(text.value, ast.Constant)
                and isinstance(text.value.value, str)
            ):
                described[attribute.target.id] = " ".join(text.value.value.split())
    return described
