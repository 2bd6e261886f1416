"""What an address on a forge points at, and what every forge is asked about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from paper_companion.evidence.hosts.api import Settled
from paper_companion.evidence.judgement import Judgement, broken, ok, warning
from paper_companion.evidence.model import Rung
from paper_companion.evidence.net.connection import Answer
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


def version_tags(version: str) -> tuple[str, ...]:
    """The tags under which a version may stand: as it is written, and with a v before it."""
    return tuple(dict.fromkeys((version, f"v{version.removeprefix('v')}")))


def check_lines(link: RepositoryLink, answer: Answer) -> None:
    """Raises Settled when a file ends before the lines that are pointed at."""
    count = answer.body.count(b"\n") + bool(answer.body and not answer.body.endswith(b"\n"))
    if link.lines and answer.complete and max(link.lines) > count:
        raise Settled(broken(f"{link.path} ends at line {count}, before line {max(link.lines)}"))


def judged(link: RepositoryLink, remarks: Sequence[tuple[str, str]]) -> Judgement:
    """The judgement of what is there, with remarks and what to do about each; a full commit hash proves what it is."""
    exact = is_commit(link.ref)
    rung, details = (Rung.VERIFIED, {"commit": link.ref}) if exact else (Rung.LINKED, {})
    if remarks:
        return warning("; ".join(reason for reason, _ in remarks), remarks[0][1], rung, **details)
    return ok(rung, **details)
