"""What an address on a forge points at, and what every forge is asked about it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from paper_companion.paper.artifacts import Code

SHA1 = re.compile(r"[0-9a-f]{40}$")
_LINES = re.compile(r"L(\d+)(?:C\d+)?(?:-L?(\d+)(?:C\d+)?)?$")


@dataclass(frozen=True)
class RepositoryLink:
    """A repository, and what in it is pointed at."""

    project: str
    """`owner/name`, or `group/subgroup/name`."""
    ref: str = ""
    """A commit, tag or branch."""
    path: str = ""
    lines: tuple[int, int] | None = None
    tag: str = ""
    """The tag of a release."""
    asset: str = ""
    """The name of a file of that release."""
    other: bool = False
    """Whether it points at something that no forge's API is asked about, such as an issue."""

    @classmethod
    def of_code(cls, project: str, code: Code) -> RepositoryLink:
        """The commit (else the released version) and subfolder that a paper describes."""
        return cls(project, ref=code.commit or "", path=(code.subfolder or "").strip("/"))


def lines_of(fragment: str) -> tuple[int, int] | None:
    """The lines that `L10-L20` names, None for another fragment."""
    matched = _LINES.match(fragment)
    return (int(matched[1]), int(matched[2] or matched[1])) if matched else None


def is_commit(ref: str) -> bool:
    """Whether a ref is a full commit hash, which no push can ever move."""
    return bool(SHA1.match(ref))


def line_count(body: bytes) -> int:
    """The number of lines of a text, the last one with or without its line end."""
    return body.count(b"\n") + bool(body and not body.endswith(b"\n"))
