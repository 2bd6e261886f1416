"""Replayed examples as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from paper_companion.evidence.model import (
    Kind,
    Observation,
    Outcome,
    Rung,
    evidence_path,
    kept_evidence,
    write_evidence,
)
from paper_companion.evidence.subjects import example_subject, replay_target
from paper_companion.paper.reader import PaperFile


def keep_replay(paper_file: PaperFile, seen: date, examples: Iterable[tuple[int, str, Mapping[str, Any]]]) -> None:
    """Write down what a replay saw: for each example its number, why it does not agree (or nothing), and details.

    The evidence holds for the lock and the recorded answers as they lie beside the paper file now. Raises EvidenceError
    when the evidence that is there cannot be read, and OSError.
    """
    target = replay_target(*(path.read_bytes() for path in _replayed_files(paper_file.path)))
    observations = [
        Observation(
            subject=example_subject(number),
            kind=Kind.REPLAY,
            rung=Rung.EXECUTED,
            outcome=Outcome.BROKEN if reason else Outcome.OK,
            target=target,
            seen=seen,
            reason=reason,
            details=details,
        )
        for number, reason, details in examples
    ]
    old = kept_evidence(paper_file.path)
    targets = {(one.subject, one.kind): one.target for one in observations}
    write_evidence(evidence_path(paper_file.path), old.adding(observations).keeping(targets, (Kind.REPLAY,)))


def replayable(paper_path: Path) -> str | None:
    """What a replay would look at now, to tell whether one that was seen still counts; None without lock or answers.

    Raises OSError.
    """
    files = _replayed_files(paper_path)
    return replay_target(*(path.read_bytes() for path in files)) if all(path.exists() for path in files) else None


def _replayed_files(paper_path: Path) -> tuple[Path, Path]:
    lock, examples = (paper_path.with_name(f"{paper_path.stem}.{kind}.json") for kind in ("lock", "examples"))
    return lock, examples
