"""Evidence: what a machine saw of a paper file, and the JSON file that keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from paper_companion import __version__
from paper_companion.paper.problems import PaperError, Problem
from paper_companion.whole_file import clear_left_behind, write_whole

FORMAT_VERSION = 1
MAX_FILE_BYTES = 16 * 1024 * 1024


class EvidenceError(PaperError):
    """An evidence file that cannot be read: what was seen before is in it, so that nothing is written over it."""


class Kind(StrEnum):
    """What was done to look: each kind replaces only its own earlier observation of a subject."""

    LINK = "link"
    FILE = "file"
    EMBED = "embed"
    REPLAY = "replay"
    REPRODUCE = "reproduce"
    COMPLETENESS = "completeness"


class Rung(StrEnum):
    """How far up an observation reaches when its outcome is good; the members stand in the ladder's order."""

    DECLARED = "declared"
    LINKED = "linked"
    VERIFIED = "verified"
    EXECUTED = "executed"

    @property
    def height(self) -> int:
        """0 for declared up to 3 for executed."""
        return list(Rung).index(self)


class Outcome(StrEnum):
    """How it went. Unknown means that nobody could tell (a bot wall, a login, a rate limit), which is no failure."""

    OK = "ok"
    WARNING = "warning"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Observation:
    """One look at one thing.

    `subject` is the key path that the observation is about, entries named by their id where they have one
    (`weights[leafgrade-s].files[0]`); `target` is the very thing looked at (an address, a hash, a command). A paper
    file that has since been given another target is not covered by the observation: see `Evidence.of`.
    """

    subject: str
    kind: Kind
    rung: Rung
    outcome: Outcome
    target: str
    seen: date
    by: str = __version__
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Whether the thing is there and is what the paper says, be it with a remark."""
        return self.outcome in (Outcome.OK, Outcome.WARNING)


@dataclass(frozen=True)
class Evidence:
    """Everything seen of one paper file, at most one observation for a subject and a kind."""

    observations: tuple[Observation, ...] = ()

    def of(self, subject: str, kind: Kind, target: str) -> Observation | None:
        """The observation of exactly this thing, or None when it was never seen or has changed since."""
        for seen in self.observations:
            if seen.subject == subject and seen.kind is kind and seen.target == target:
                return seen
        return None

    def adding(self, observations: Iterable[Observation]) -> Evidence:
        """This evidence with newer observations in place of older ones of the same subject and kind.

        An outcome of `unknown` says nothing new, so it never takes the place of an earlier judgement of the same
        target: that one stays, with its date, and grows stale by itself.
        """
        kept = {(seen.subject, seen.kind): seen for seen in self.observations}
        for new in observations:
            old = kept.get((new.subject, new.kind))
            if new.outcome is Outcome.UNKNOWN and old is not None and old.target == new.target:
                continue
            kept[new.subject, new.kind] = new
        return Evidence(tuple(sorted(kept.values(), key=lambda seen: (seen.subject, seen.kind))))

    def keeping(self, targets: Mapping[tuple[str, Kind], str], kinds: Iterable[Kind]) -> Evidence:
        """This evidence without those observations of `kinds` whose subject is gone or has another target by now."""
        kinds = frozenset(kinds)
        return replace(
            self,
            observations=tuple(
                seen
                for seen in self.observations
                if seen.kind not in kinds or targets.get((seen.subject, seen.kind)) == seen.target
            ),
        )


def evidence_path(paper_file: Path) -> Path:
    """Where the evidence of a paper file lies: beside it, named after its stem."""
    return paper_file.with_name(f"{paper_file.stem}.evidence.json")


def to_json(evidence: Evidence) -> str:
    """The text of an evidence file: sorted, one key a line, so that a change shows as a small diff."""
    document = {
        "version": FORMAT_VERSION,
        "observations": [
            {
                "subject": seen.subject,
                "kind": str(seen.kind),
                "rung": str(seen.rung),
                "outcome": str(seen.outcome),
                "target": seen.target,
                "seen": seen.seen.isoformat(),
                "by": seen.by,
                "reason": seen.reason,
                "details": dict(sorted(seen.details.items())),
            }
            for seen in sorted(evidence.observations, key=lambda seen: (seen.subject, seen.kind))
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def from_json(text: str) -> Evidence:
    """Evidence from the text of an evidence file. Raises ValueError that says which key is wrong."""
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ValueError("expected an object")
    if document.get("version") != FORMAT_VERSION:
        raise ValueError(f"version: expected {FORMAT_VERSION}, found {document.get('version')!r} (run check again)")
    entries = document.get("observations")
    if not isinstance(entries, list):
        raise ValueError("observations: expected a list")
    return Evidence(tuple(_observation(entry, f"observations[{number}]") for number, entry in enumerate(entries)))


def _observation(entry: Any, key: str) -> Observation:
    if not isinstance(entry, dict):
        raise ValueError(f"{key}: expected an object")
    details = entry.get("details", {})
    if not isinstance(details, dict):
        raise ValueError(f"{key}.details: expected an object")
    signs = details.get("signs", [])
    if not isinstance(signs, list) or not all(isinstance(sign, str) for sign in signs):
        raise ValueError(f"{key}.details.signs: expected a list of texts")

    def text(name: str, default: str | None = None) -> str:
        value = entry.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{key}.{name}: expected a text")
        return value

    def one_of(name: str, choices: type[StrEnum]) -> Any:
        try:
            return choices(text(name))
        except ValueError:
            raise ValueError(f"{key}.{name}: expected one of {', '.join(choices)}, found {entry.get(name)!r}") from None

    try:
        seen = date.fromisoformat(text("seen"))
    except ValueError:
        raise ValueError(f"{key}.seen: expected a date such as 2026-11-23, found {entry.get('seen')!r}") from None
    return Observation(
        subject=text("subject"),
        kind=one_of("kind", Kind),
        rung=one_of("rung", Rung),
        outcome=one_of("outcome", Outcome),
        target=text("target"),
        seen=seen,
        by=text("by"),
        reason=text("reason", ""),
        details=details,
    )


def kept_evidence(paper_file: Path) -> Evidence:
    """The evidence that lies beside a paper file; empty where there is none. Raises as read_evidence does."""
    path = evidence_path(paper_file)
    return read_evidence(path) if path.exists() else Evidence()


def read_evidence(path: Path) -> Evidence:
    """The evidence kept in a file. Raises EvidenceError with the file's name and place when it cannot be read."""
    line = column = 1
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ValueError(f"larger than {MAX_FILE_BYTES} bytes")
        return from_json(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        line, column, message = error.lineno, error.colno, f"not JSON: {error.msg}"
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError:
        message = "not JSON: no UTF-8"
    except (ValueError, RecursionError) as error:
        message = str(error)
    cure = "restore the file, or move it away and run `paper-companion check` again"
    raise EvidenceError((Problem(path, line, column, "", f"{message} ({cure})"),))


def write_evidence(path: Path, evidence: Evidence) -> None:
    """Write an evidence file whole or not at all, whenever the process may end."""
    clear_left_behind(path)
    write_whole(path, to_json(evidence).encode())
