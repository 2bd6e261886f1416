"""Claims run again: the author's own command, with a time limit and a clean environment, and what came out of it."""

from __future__ import annotations

import csv
import json
import math
import os
import platform
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any

from paper_companion.evidence.files import hash_file
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown
from paper_companion.evidence.model import Kind, Observation, Rung
from paper_companion.evidence.subjects import reproduce_target, result_subject, weights_of
from paper_companion.evidence.tree import Tree
from paper_companion.paper.artifacts import File
from paper_companion.paper.model import Paper, Result

MAX_RESULT_BYTES = 64 * 1024 * 1024
# What a command needs to find programs, libraries and its caches. Tokens and passwords of the caller are not among it.
_PROGRAMS = ("PATH", "LD_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX", "CUDA_HOME", "CUDA_VISIBLE_DEVICES", "SHELL")
_PERSON = ("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME")
_WINDOWS = ("SYSTEMROOT", "COMSPEC", "PATHEXT", "APPDATA", "LOCALAPPDATA", "USERPROFILE", "NUMBER_OF_PROCESSORS")


@dataclass(frozen=True)
class Reproduction:
    """One claim that was run again."""

    result: Result
    judgement: Judgement
    seen: date

    def observation(self) -> Observation:
        """What goes into the evidence."""
        return Observation(
            subject=result_subject(self.result),
            kind=Kind.REPRODUCE,
            rung=Rung.EXECUTED,
            outcome=self.judgement.verdict,
            target=reproduce_target(self.result),
            seen=self.seen,
            reason=self.judgement.reason,
            details=self.judgement.details,
        )


def can_be_reproduced(result: Result) -> bool:
    """Whether a result says how it comes out again: a command, where its value is left, and the value claimed."""
    return bool(result.command and result.read and result.value is not None)


def reproduce(
    paper: Paper,
    result: Result,
    tree: Tree,
    time_limit_s: float = 3600.0,
    kept: Iterable[str] = (),
    output: IO[str] | None = None,
) -> Reproduction:
    """Run a result's command in the project's tree and compare what it measures with what is claimed.

    `kept` are further variables of the environment that the command may see. The command's own words go to `output`.
    """
    begun = datetime.now(UTC)
    judgement = _judge(paper, result, tree, time_limit_s, clean_environment(os.environ, kept), output)
    return Reproduction(result, judgement, begun.date())


def _judge(
    paper: Paper, result: Result, tree: Tree, time_limit_s: float, environment: dict[str, str], output: IO[str] | None
) -> Judgement:
    assert result.command
    assert result.read
    assert result.value is not None
    root, files = tree.folder, weights_of(paper, result)
    facts: dict[str, Any] = {"weights": [file.sha256 for file in files]} if files else {}
    for file in files:
        same = _is_here(file, root)
        if same is False:
            return broken(f"{file.path} is not the file that the paper file describes: its sha256 differs", **facts)
        facts["weights_here"] = facts.get("weights_here", True) and same is True
    name, _, place = result.read.partition("#")
    path = root / name
    before = _stamp(path)
    begun = time.monotonic()
    status = _run(result.command, root, environment, time_limit_s, output)
    duration_s = time.monotonic() - begun
    facts |= {
        "claimed": float(result.value),
        "tolerance": tolerance_of(result),
        "duration_s": round(duration_s, 1),
        "machine": machine(),
        **tree.facts,
        **_ci_run(os.environ),
    }
    if status is None:
        return unknown(f"was stopped after {time_limit_s:,g} s (--time-limit gives it more)", **facts)
    if status in (126, 127):
        return unknown(f"the command could not be run here (status {status})", **facts)
    if status != 0:
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return broken(f"the command {how}", **facts)
    if _stamp(path) in (None, before):
        return broken(f"the command did not write {name}", **facts)
    try:
        value = read_value(path, place)
    except OSError as error:
        return broken(f"{name} cannot be read: {error.strerror}", **facts)
    except ValueError as error:
        return broken(f"{name}: {error}", **facts)
    facts["value"] = value
    said = f"measured {value:.6g}, claimed {result.value} ± {tolerance_of(result):.3g}"
    if not agrees(value, result):
        return broken(said, **facts)
    return Judgement(ok().verdict, said, rung=Rung.EXECUTED, details=facts)


def tolerance_of(result: Result) -> float:
    """By how much a value may differ: what the author says, else half a unit of the claim's last digit."""
    if result.tolerance is not None:
        return float(result.tolerance)
    digits = re.search(r"\.(\d+)", str(result.value))
    exponent = re.search(r"[eE]([+-]?\d+)", str(result.value))
    return 0.5 * 10.0 ** ((int(exponent[1]) if exponent else 0) - (len(digits[1]) if digits else 0))


def agrees(value: float, result: Result) -> bool:
    """Whether a measured value confirms the claim."""
    assert result.value is not None
    claimed = float(result.value)
    # A difference of exactly the tolerance counts as within it, whatever binary fractions make of it.
    slack = 1e-9 * max(1.0, abs(claimed))
    return math.isfinite(value) and abs(value - claimed) <= tolerance_of(result) + slack


def read_value(path: Path, place: str) -> float:
    """The number at a place: in JSON `accuracy`, `test.accuracy`, `runs.0.accuracy` or a JSON pointer; in CSV a column.

    Of a column the last row counts. A byte order mark, as programs on Windows write, is skipped. Raises OSError,
    ValueError.
    """
    if path.stat().st_size > MAX_RESULT_BYTES:
        raise ValueError(f"has more than {MAX_RESULT_BYTES} bytes")
    if path.suffix.lower() in (".csv", ".tsv"):
        try:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                rows = list(csv.DictReader(stream, delimiter="\t" if path.suffix.lower() == ".tsv" else ","))
        except csv.Error as error:
            raise ValueError(f"is no table: {error}") from None
        if not rows or place not in rows[-1]:
            raise ValueError(f"there is no column {place} with a value")
        return _number(rows[-1][place], place)
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    if isinstance(found, dict) and place in found:
        return _number(found[place], place)
    if place.startswith("/"):
        keys = [key.replace("~1", "/").replace("~0", "~") for key in place[1:].split("/")]
    else:
        keys = place.split(".")
    for key in keys:
        try:
            found = found[int(key)] if isinstance(found, list) else found[key]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ValueError(f"there is nothing at {place}") from None
    return _number(found, place)


def _number(found: Any, place: str) -> float:
    try:
        value = math.nan if isinstance(found, bool) else float(found)
    except (TypeError, ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"there is no number at {place}")
    return value


def clean_environment(environment: Mapping[str, str], kept: Iterable[str] = ()) -> dict[str, str]:
    """The environment without what a result must not depend on; this Python's programs are found first."""
    clean = {name: environment[name] for name in (*_PROGRAMS, *_PERSON, *_WINDOWS, *kept) if name in environment}
    clean["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), clean.get("PATH", os.defpath)))
    return clean


def _run(
    command: str, root: Path, environment: dict[str, str], time_limit_s: float, output: IO[str] | None
) -> int | None:
    """The command's exit status, None when its time was up. Everything that it started ends with it."""
    process = subprocess.Popen(
        command,
        shell=True,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output or subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        return process.wait(timeout=time_limit_s)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


def _is_here(file: File, root: Path) -> bool | None:
    """Whether the file in the project is the one that the paper file describes; None when nobody can tell."""
    path = root / file.path if file.path else None
    return hash_file(path) == file.sha256 if path is not None and file.sha256 and path.is_file() else None


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ino, status.st_size


def machine() -> str:
    """The machine in a few words: system, processor, cores, Python."""
    cores = os.cpu_count() or 1
    return f"{platform.system()} {platform.machine()}, {cores} cores, Python {platform.python_version()}"


def _ci_run(environment: Mapping[str, str]) -> dict[str, str]:
    """The address of the CI run, where there is one."""
    server, repository, run = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    if server and repository and run:
        return {"run": f"{server}/{repository}/actions/runs/{run}"}
    address = environment.get("CI_JOB_URL", "")
    return {"run": address} if address.startswith("https://") else {}
