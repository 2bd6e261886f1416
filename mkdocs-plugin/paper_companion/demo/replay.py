"""Replay: the recorded examples answered once more in the locked runtime that readers use, and compared."""

import datetime
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.demo.bridge.comparison import compared
from paper_companion.demo.bridge.wire import unpacked
from paper_companion.demo.bundle import DemoBundle
from paper_companion.demo.code import browser_demo
from paper_companion.demo.deno import DenoError, run_script
from paper_companion.demo.examples import example_values, tolerance, unmet_expectation
from paper_companion.demo.recorder import Recording
from paper_companion.paper.problems import UnavailableError
from paper_companion.paper.reader import PaperFile
from paper_companion.site_file import web_files
from paper_companion.whole_file import copy_whole, write_whole

TIMEOUT_S = 600

Answer = Mapping[str, Any]
Runner = Callable[[Path, Mapping[str, Any], Sequence[Any]], tuple[str, list[Answer]]]
"""Takes a folder with the demo's part of a site, the manifest and the examples' values; gives what ran, and answers."""


@dataclass(frozen=True)
class ReplayedExample:
    """One example: `error` is empty unless the function or the runtime failed, `comparisons` come from `compared`."""

    number: int
    label: str
    error: str
    comparisons: tuple[Mapping[str, Any], ...]
    seconds: float
    by: str
    """The runtime, and what it ran in."""

    @property
    def agrees(self) -> bool:
        return not self.error and all(one["agrees"] for one in self.comparisons)

    @property
    def deviation(self) -> float:
        """The largest deviation of a number from the recorded one."""
        return max((one["deviation"] for one in self.comparisons), default=0.0)

    @property
    def details(self) -> dict[str, Any]:
        """What evidence keeps of it beside the verdict."""
        return {"deviation": self.deviation, "by": self.by}

    @property
    def reason(self) -> str:
        """Why it does not agree, in a phrase; empty when it does."""
        if self.error:
            return self.error
        for one in self.comparisons:
            if not one["agrees"]:
                where = f" at {one['where']}" if one["where"] else ""
                return f"{one['id']}: " + (one["difference"] or f"deviates by {one['deviation']:.3g}{where}")
        return ""


@dataclass(frozen=True)
class Replay:
    """What a replay saw, and on which day (UTC)."""

    seen: datetime.date
    examples: tuple[ReplayedExample, ...]

    @property
    def agrees(self) -> bool:
        return all(example.agrees for example in self.examples)


def replay(paper_file: PaperFile, bundle: DemoBundle, recording: Recording, run: Runner) -> Replay:
    """Answer every recorded example in the locked runtime. Raises UnavailableError when nothing could be run at all."""
    demo = browser_demo(paper_file)
    manifest = bundle.manifest
    values = [example_values(paper_file, number, manifest["inputs"]) for number in range(len(demo.examples))]
    with _served_files(bundle) as folder:
        try:
            by, answers = run(folder, manifest, values)
        except DenoError as error:
            raise UnavailableError([paper_file.problem(f"cannot be replayed: {error}", "demo")]) from None
    failed = next((answer["failed"] for answer in answers if "failed" in answer), None)
    if failed is None and len(answers) < len(values):
        failed = "the runtime ended before it had answered"
    found = []
    for number, example in enumerate(demo.examples):
        answer = answers[number] if number < len(answers) and "failed" not in answers[number] else {"failed": failed}
        rtol, atol = tolerance(paper_file.paper, demo, number)
        recorded = unpacked(dict(recording.examples[number].outputs))
        error = answer.get("failed") or _error(answer)
        error = error or unmet_expectation(paper_file, number, manifest["outputs"], answer["outputs"])
        comparisons = () if error else compared(manifest["outputs"], unpacked(answer["outputs"]), recorded, rtol, atol)
        label = example.label or f"example {number + 1}"
        found.append(ReplayedExample(number, label, error, tuple(comparisons), answer.get("seconds", 0.0), by))
    return Replay(datetime.datetime.now(datetime.UTC).date(), tuple(found))


def under_deno(folder: Path, manifest: Mapping[str, Any], values: Sequence[Any]) -> tuple[str, list[Answer]]:
    """Run in Pyodide under Deno, which may read `folder` and nothing else. Raises DenoError."""
    modules = folder / web_files()[0]
    runtime = folder / manifest["runtime"]["url"]
    for wheel in manifest["wheels"]:
        # Pyodide opens wheels by path there, and looks for them beside its own files.
        shutil.copyfile(folder / wheel["url"], runtime / wheel["name"])
    request = {"manifest": with_base(manifest, f"{folder.as_uri()}/"), "values": list(values)}
    printed = run_script(
        "replay.mjs", [str(modules)], readable=[folder], input=json.dumps(request).encode(), timeout_s=TIMEOUT_S
    )
    return f"Pyodide {manifest['runtime']['version']} under Deno", [json.loads(line) for line in printed.splitlines()]


def in_chromium(folder: Path, manifest: Mapping[str, Any], values: Sequence[Any]) -> tuple[str, list[Answer]]:
    """Run in Chromium, from a server on loopback, in the worker that readers get. Raises DenoError."""
    from paper_companion.demo.chromium import answers_in_chromium

    return answers_in_chromium(folder, web_files()[0], manifest, values, TIMEOUT_S)


def replay_table(replayed: Replay) -> str:
    """What a replay saw, a line an example."""
    rows = [("example", "verdict", "largest deviation", "time")]
    for one in replayed.examples:
        deviation = "" if one.error else f"{one.deviation:.2e}" if one.deviation else "0"
        rows.append((one.label, "agrees" if one.agrees else "DIFFERS", deviation, f"{1000 * one.seconds:.0f} ms"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    lines += [f"{one.label}: {one.reason}" for one in replayed.examples if not one.agrees]
    return "\n".join([*lines, *dict.fromkeys(f"in {one.by}" for one in replayed.examples)])


def to_json(replayed: Replay) -> str:
    """What a replay saw, as JSON."""
    examples = [
        {
            "number": one.number,
            "label": one.label,
            "agrees": one.agrees,
            "reason": one.reason,
            "deviation": one.deviation,
            "seconds": one.seconds,
            "by": one.by,
            "outputs": list(one.comparisons),
        }
        for one in replayed.examples
    ]
    document = {"agrees": replayed.agrees, "seen": replayed.seen.isoformat(), "examples": examples}
    return json.dumps(document, indent=1, ensure_ascii=False)


def with_base(value: Any, base: str) -> Any:
    """Every `url` of a manifest as an absolute address."""
    if isinstance(value, Mapping):
        return {
            key: base + item if key == "url" and isinstance(item, str) else with_base(item, base)
            for key, item in value.items()
        }
    return [with_base(item, base) for item in value] if isinstance(value, list | tuple) else value


@contextmanager
def _served_files(bundle: DemoBundle) -> Iterator[Path]:
    """A folder with the part of a site that the demo is made of."""
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as name:
        folder = Path(name).resolve()
        for file in (*bundle.assets, *web_files()[1]):
            if file.source is not None:
                copy_whole(file.source, folder / file.path)
            else:
                write_whole(folder / file.path, file.content)
        yield folder


def _error(answer: Answer) -> str:
    if "error" not in answer:
        return ""
    return " ".join(f"{answer['error']['type']}: {answer['error']['message']}".split())
