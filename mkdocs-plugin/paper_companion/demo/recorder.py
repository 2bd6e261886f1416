"""The recorder: what the author's function answers to the examples under CPython, kept beside the paper file."""

import datetime
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.demo.bundle import BRIDGE
from paper_companion.demo.cache import Digest
from paper_companion.demo.code import browser_demo
from paper_companion.demo.examples import example_files, example_values, unmet_expectation
from paper_companion.demo.form import plain_number, read_form
from paper_companion.demo.lock import answer_sha256, locked_files, preparation
from paper_companion.paper.beside import read_beside
from paper_companion.paper.interface import Demo
from paper_companion.paper.reader import PaperError, PaperFile, Problem
from paper_companion.whole_file import write_whole

FORMAT_VERSION = 1
TIMEOUT_S = 600


@dataclass(frozen=True)
class RecordedExample:
    """One example and its answer. `files` are the sha256 of the files among the inputs; bytes are base64 text."""

    inputs: Mapping[str, Any]
    files: Mapping[str, str]
    outputs: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class Recording:
    """The answers to all examples, and what gave them."""

    answer_sha256: str
    """The hash of the function and its files (`lock.answer_sha256`)."""
    python: str
    recorded: datetime.date
    examples: tuple[RecordedExample, ...]


def recording_path(paper_file: Path) -> Path:
    """Where the recorded answers of a paper file lie: beside it, named after its stem."""
    return paper_file.with_name(f"{paper_file.stem}.examples.json")


def record(paper_file: PaperFile, *, python: str = sys.executable, today: datetime.date) -> Recording:
    """Ask the function under CPython for the answer to each example, in a process of its own.

    Raises PaperError when the demo has no examples, or the function fails on one.
    """
    demo = _with_examples(paper_file)
    form = read_form(paper_file)
    inputs, outputs = form.inputs, form.outputs
    for file in locked_files(paper_file):
        if not (paper_file.root / file.path).is_file():
            what = f"the function needs {file.path} in {paper_file.root} (curl -L -o {file.path} {file.url})"
            raise PaperError([paper_file.problem(what, "demo", "weights")])
    values = [example_values(paper_file, number, inputs) for number in range(len(demo.examples))]
    version, answers = ask(paper_file, python, {"inputs": inputs, "outputs": outputs, "values": values})
    failed = [
        paper_file.problem(f"{demo.run} failed: {_error_line(answer['error'])}", "demo", "examples", number)
        for number, answer in enumerate(answers)
        if "error" in answer
    ]
    failed += [
        paper_file.problem(f"{demo.run} answered otherwise: {unmet}", "demo", "examples", number, "expect")
        for number, answer in enumerate(answers)
        if (unmet := unmet_expectation(paper_file, number, outputs, answer.get("outputs")))
    ]
    if failed:
        raise PaperError(failed)
    examples = tuple(
        RecordedExample(
            inputs={key: plain_number(value) for key, value in example.inputs.items()},
            files=input_hashes(paper_file, example_files(inputs, example.inputs)),
            outputs=answer["outputs"],
            seconds=round(answer["seconds"], 6),
        )
        for example, answer in zip(demo.examples, answers, strict=True)
    )
    return Recording(
        answer_sha256(demo.run, locked_files(paper_file), preparation(paper_file)), version, today, examples
    )


def ask(paper_file: PaperFile, python: str, request: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The version of that Python, and the function's answer, or what went wrong, for each of the request's values.

    Raises PaperError.
    """
    demo = browser_demo(paper_file)
    whole = {"run": demo.run, "root": str(paper_file.root), **request}
    try:
        done = subprocess.run(
            [python, str(BRIDGE)],
            input=json.dumps(whole),
            stdout=subprocess.PIPE,
            encoding="utf-8",
            cwd=paper_file.root,
            timeout=TIMEOUT_S,
        )
        hello, *answers = [json.loads(line) for line in done.stdout.splitlines()]
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PaperError([paper_file.problem(f"{python} gave no answer: {error}", "demo", "run")]) from None
    except ValueError:
        raise PaperError([paper_file.problem(f"{python} does not answer as Python does", "demo", "run")]) from None
    if len(answers) != len(request["values"]):
        what = f"{python} ended with status {done.returncode} after {len(answers)} answers"
        raise PaperError([paper_file.problem(what, "demo", "run")])
    return hello["python"], answers


def input_hashes(paper_file: PaperFile, files: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The sha256 of every file among an example's inputs, by path."""
    return {path: Digest.of_file(paper_file.root / path).sha256 for paths in files.values() for path in paths}


def stale_reason(paper_file: PaperFile, recording: Recording, answers: str) -> str | None:
    """Why a recording is not of the demo (`answers` is its hash) and its examples as they are now, or None."""
    demo = browser_demo(paper_file)
    if recording.answer_sha256 != answers:
        return "the recorded answers are of another version of the demo"
    if len(recording.examples) != len(demo.examples):
        return "other examples were recorded than are listed"
    outputs = {output["id"] for output in read_form(paper_file).outputs}
    for now, then in zip(demo.examples, recording.examples, strict=True):
        if outputs != then.outputs.keys():
            return "other outputs were recorded than there are"
        if {key: plain_number(value) for key, value in now.inputs.items()} != then.inputs:
            return "other examples were recorded than are listed"
        for path, sha256 in then.files.items():
            if not (paper_file.root / path).is_file() or Digest.of_file(paper_file.root / path).sha256 != sha256:
                return f"{path} has changed since its answer was recorded"
    return None


def current_recording(paper_file: PaperFile, answers: str) -> Recording:
    """The recorded answers of the demo as it is now (`answers` is its `answer_sha256`). Raises PaperError."""
    _with_examples(paper_file)
    recording = read_recording(paper_file)
    stale = "no answers have been recorded" if recording is None else stale_reason(paper_file, recording, answers)
    if recording is None or stale:
        raise PaperError([to_be_recorded(paper_file, stale)])
    return recording


def _with_examples(paper_file: PaperFile) -> Demo:
    demo = browser_demo(paper_file)
    if not demo.examples:
        raise PaperError([paper_file.problem("there are no examples to answer (list some under examples:)", "demo")])
    return demo


def to_be_recorded(paper_file: PaperFile, why: str) -> Problem:
    """What the author has to do about recorded answers that cannot be used."""
    return paper_file.problem(f"{why} (run: paper-companion record {paper_file.path})", "demo", "examples")


def write_recording(paper_file: PaperFile, recording: Recording) -> Path:
    """Write the recorded answers beside the paper file, and return where."""
    path = recording_path(paper_file.path)
    write_whole(path, to_json(recording).encode())
    return path


def read_recording(paper_file: PaperFile) -> Recording | None:
    """The recorded answers beside a paper file, or None when there are none. Raises PaperError."""

    def parse(text: str) -> Recording:
        recording = from_json(text)
        types = {output["id"]: output["type"] for output in read_form(paper_file).outputs}
        for number, example in enumerate(recording.examples):
            for name, value in example.outputs.items():
                if name in types and not _has_shape(types[name], value):
                    raise ValueError(f"examples[{number}].outputs.{name} is not what an output of its type shows")
        return recording

    cure = f"make it again: paper-companion record {paper_file.path}"
    return read_beside(recording_path(paper_file.path), parse, cure)


def _has_shape(kind: str, value: Any) -> bool:
    """Whether a recorded value is as the bridge gives it for this type of output; replay judges what it says."""
    if kind == "json":
        return True
    if kind in ("text", "markdown", "html"):
        return isinstance(value, str)
    if kind == "gallery":
        return isinstance(value, list) and all(_has_shape("image", one) for one in value)
    if kind == "label":
        return isinstance(value, list) and all(
            isinstance(one, dict)
            and isinstance(one.get("label"), str)
            and isinstance(one.get("confidence"), int | float | None)
            for one in value
        )
    if not isinstance(value, dict):
        return False
    if kind == "table":
        rows = value.get("rows")
        return (
            isinstance(value.get("headers"), list) and isinstance(rows, list) and all(isinstance(r, list) for r in rows)
        )
    return "vega" in value or all(isinstance(value.get(key), str) for key in ("mime", "name", "base64"))


def to_json(recording: Recording) -> str:
    """The text of a file of recorded answers."""
    document = {
        "version": FORMAT_VERSION,
        "answer_sha256": recording.answer_sha256,
        "python": recording.python,
        "recorded": recording.recorded.isoformat(),
        "examples": [
            {
                "inputs": dict(example.inputs),
                "files": dict(example.files),
                "outputs": dict(example.outputs),
                "seconds": example.seconds,
            }
            for example in recording.examples
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str) -> Recording:
    """A recording from the text of its file. Raises ValueError."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("version") != FORMAT_VERSION:
        raise ValueError(f"is not a file of recorded answers of version {FORMAT_VERSION}")
    try:
        return Recording(
            answer_sha256=str(document["answer_sha256"]),
            python=str(document["python"]),
            recorded=datetime.date.fromisoformat(document["recorded"]),
            examples=tuple(
                RecordedExample(
                    dict(entry["inputs"]), dict(entry["files"]), dict(entry["outputs"]), float(entry["seconds"])
                )
                for entry in document["examples"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"is not a file of recorded answers as this version writes it: {error}") from None


def _error_line(error: Mapping[str, str]) -> str:
    """An error of the author's function on one line: its last frame, its type and its message."""
    frames = [line.strip() for line in error["traceback"].splitlines() if line.strip().startswith("File ")]
    where = f" ({frames[-1]})" if frames else ""
    return " ".join(f"{error['type']}: {error['message']}{where}".split())
