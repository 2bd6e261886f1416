"""The packages that an install command names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?(?:==([A-Za-z0-9.!+_-]+)|[<>=!~].*)?$")
_NPM = re.compile(r"((?:@[a-z0-9._~-]+/)?[a-z0-9._~-]+)(?:@([A-Za-z0-9.+_-]+))?$")
_TAKES_A_VALUE = frozenset(
    {"-r", "-c", "-e", "-f", "-i", "-t", "--requirement", "--constraint", "--editable", "--index-url", "--target"}
)


@dataclass(frozen=True)
class Package:
    """One package, and the exact version that is asked for, if any."""

    index: str
    """`pypi` or `npm`."""
    name: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.index}:{self.name}" + (f"@{self.version}" if self.version else "")

    @classmethod
    def parse(cls, text: str) -> Package:
        """The package that `str` wrote."""
        index, _, rest = text.partition(":")
        name, _, version = rest.rpartition("@") if rest.rfind("@") > 0 else (rest, "", "")
        return cls(index, name, version)


def packages_in(command: str) -> Iterator[Package]:
    """The packages that an install command takes from PyPI or npm by name; paths, addresses and files are left out."""
    for part in re.split(r"&&|\|\||[;\n]", command):
        try:
            words = shlex.split(part, comments=True)
        except ValueError:
            continue
        for tool, verbs, index, pattern in (
            (("pip", "pip3"), ("install",), "pypi", _REQUIREMENT),
            (("npm", "pnpm", "yarn"), ("install", "i", "add"), "npm", _NPM),
        ):
            for number, word in enumerate(words[:-1]):
                if word in tool and words[number + 1] in verbs:
                    yield from _named(words[number + 2 :], index, pattern)
                    break


def _named(words: list[str], index: str, pattern: re.Pattern[str]) -> Iterator[Package]:
    skip = False
    for word in words:
        if skip or word.startswith("-"):
            skip = word in _TAKES_A_VALUE
            continue
        matched = pattern.match(word.partition(";")[0].replace(" ", ""))
        if matched and not word.endswith((".whl", ".tar.gz", ".zip", ".txt")):
            yield Package(index, matched[1], matched[2] or "")
