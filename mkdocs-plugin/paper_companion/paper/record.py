"""The decorator behind the model's classes: frozen dataclasses that cost a fifth of the import time of ordinary ones.

`dataclass(frozen=True)` writes and compiles six methods for each class, 0.9 ms a time; a model of forty classes would
make every `mkdocs build` wait for that. These classes share one set of methods instead. Everything in `dataclasses`,
equality, hashing, pickling and `FrozenInstanceError` work as usual.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)


class Record:
    """The methods that all records share."""

    def __init__(self, **values: Any) -> None:
        """Takes every field by name. Raises TypeError for a field that is missing or unknown."""
        template, factories, required = _plan(type(self))
        attributes = self.__dict__
        attributes.update(template)
        for name, factory in factories:
            if name not in values:
                attributes[name] = factory()
        attributes.update(values)
        if len(attributes) > len(template) or any(name not in values for name in required):
            wrong = [*(values.keys() - template.keys()), *(set(required) - values.keys())]
            raise TypeError(f"{type(self).__name__}: unknown or missing: {', '.join(sorted(wrong))}")
        self.complete()

    def complete(self) -> None:
        """Called when all fields are set: the place to derive one from another."""

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({values})"

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash((type(self), *map(_hashable, self.__dict__.values())))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


@dataclass_transform(kw_only_default=True, frozen_default=True)
def record(cls: _Class) -> _Class:
    """Makes a subclass of Record a frozen dataclass whose fields are given by name."""
    return dataclass(init=False, repr=False, eq=False, kw_only=True)(cls)


@cache
def _plan(
    cls: type,
) -> tuple[Mapping[str, Any], tuple[tuple[str, Callable[[], Any]], ...], tuple[str, ...]]:
    """A class's fields with their defaults, the fields whose default is made anew, and those without one."""
    template, factories, required = {}, [], []
    for field in fields(cls):
        template[field.name] = None if field.default is MISSING else field.default
        if field.default_factory is not MISSING:
            factories.append((field.name, field.default_factory))
        elif field.default is MISSING:
            required.append(field.name)
    return template, tuple(factories), tuple(required)


def _hashable(value: Any) -> Any:
    if isinstance(value, dict):
        return tuple((key, _hashable(item)) for key, item in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list | tuple) else value
