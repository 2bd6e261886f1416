"""ML Code Completeness, read from the repository itself: each tick names the file and lines that earn it.

The five items are those of `paperswithcode/releasing-research-code`. What is found by looking at names and texts is a
sign, not a proof: nothing is run.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from paper_companion.evidence.repository_files import Checkout
from paper_companion.paper.model import Paper

ITEMS: Mapping[str, str] = {
    "dependencies": "Specification of dependencies",
    "training": "Training code",
    "evaluation": "Evaluation code",
    "weights": "Pre-trained models",
    "results": "README with a table of results and the commands that reproduce them",
}


@dataclass(frozen=True)
class Sign:
    """Where something was found: a path in the repository, and lines from 1 (both 0 for the whole file)."""

    path: str
    first_line: int = 0
    last_line: int = 0

    def __str__(self) -> str:
        if not self.first_line:
            return self.path
        same = self.first_line == self.last_line
        return f"{self.path}:{self.first_line}" + ("" if same else f"-{self.last_line}")


@dataclass(frozen=True)
class Tick:
    """One item: what the repository shows of it, and what the paper file declares."""

    item: str
    detected: tuple[Sign, ...]
    declared: str = ""
    """What the paper file says, in a few words; empty when it says nothing."""
    disagreement: str = ""
    """What does not fit between the two; empty when they do."""
    declared_key: tuple[str | int, ...] = ()


_DEPENDENCIES = re.compile(
    r"(requirements[\w.-]*\.(txt|in|lock)|requirements\.lock|environment[\w.-]*\.ya?ml|conda[\w.-]*\.ya?ml|conda-lock\.yml|"
    r"pipfile(\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|pixi\.(toml|lock)|dockerfile|[\w.-]+\.dockerfile|"
    r"setup\.(py|cfg)|renv\.lock|description|project\.toml|manifest\.toml|package\.json|cargo\.toml|go\.mod|flake\.nix)$",
    re.IGNORECASE,
)
_PROGRAM = r"\.(py|sh|ipynb|jl|r|m|lua|rs|cpp|cu)$"
_TRAINING = re.compile(
    r"(^|[_-])(pre)?(train|training|trainer|finetune|fine_tune|fit)([_-]\w+)*" + _PROGRAM, re.IGNORECASE
)
_EVALUATION = re.compile(
    r"(^|[_-])(eval|evals|evaluate|evaluation|evaluator|inference|infer|predict|score|benchmark|validate|reproduce)"
    r"([_-]\w+)*" + _PROGRAM + r"|^test\.(py|sh)$",
    re.IGNORECASE,
)
_WEIGHTS_FILE = re.compile(
    r"\.(safetensors|pt|pth|ckpt|onnx|h5|keras|pb|tflite|gguf|joblib|pkl|pickle)$", re.IGNORECASE
)
_WEIGHTS_WORDS = re.compile(r"pre-?trained|checkpoint|model zoo|\bweights\b|trained model", re.IGNORECASE)
_WEIGHTS_ADDRESS = re.compile(
    r"https?://\S*(huggingface\.co/|drive\.google\.com|zenodo\.org|dropbox\.com|/releases/|figshare\.com|onedrive|osf\.io|"
    r"\.(?:pth?|ckpt|safetensors|onnx|tar\.gz|zip)\b)",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"^\s*(\$\s*|!\s*)?(python3?|bash|sh|make|torchrun|accelerate|uv run|poetry run|julia|Rscript|docker run)\s"
)
_NUMBER_CELL = re.compile(r"\|\s*\**\s*[<>~±]?\s*\d+([.,]\d+)?\s*(%|±|\\pm|\||\*|\()")
_HTML_NUMBER_CELL = re.compile(r"<td[^>]*>\s*\d+(\.\d+)?\s*%?", re.IGNORECASE)


def look_for_all(checkout: Checkout, subfolder: str = "") -> dict[str, tuple[Sign, ...]]:
    """The signs of each item in a checkout, or in one folder of it; at most ten for an item."""
    prefix = f"{subfolder.strip('/')}/" if subfolder.strip("/") else ""
    paths = [path for path in checkout.paths if path.startswith(prefix)]
    readme = _readme(paths)
    lines = checkout.lines(readme) if readme else []
    finders: Mapping[str, Callable[[], Iterator[Sign]]] = {
        "dependencies": lambda: _dependencies(checkout, paths),
        "training": lambda: _programs(paths, _TRAINING),
        "evaluation": lambda: _programs(paths, _EVALUATION),
        "weights": lambda: _weights(paths, readme, lines),
        "results": lambda: _results(readme, lines),
    }
    return {item: tuple(sign for sign, _ in zip(find(), range(10), strict=False)) for item, find in finders.items()}


def judge_completeness(paper: Paper, checkout: Checkout) -> tuple[Tick, ...]:
    """Each item with what was detected, what is declared, and where the two disagree."""
    found = look_for_all(checkout, (paper.code.subfolder or "") if paper.code is not None else "")
    if not found["weights"]:
        # Any format will do for a file that the paper file calls weights.
        named = (file.path for weights in paper.weights for file in weights.files if file.path)
        found["weights"] = tuple(Sign(path) for path in named if path in checkout.paths)
    return tuple(_tick(item, found[item], paper, checkout) for item in ITEMS)


def _tick(item: str, detected: tuple[Sign, ...], paper: Paper, checkout: Checkout) -> Tick:
    declared, key = _declared(item, paper)
    answer = _answer(item, paper)
    disagreement = ""
    if answer is not None:
        said, answer_key = answer
        if said in ("yes", "partial") and not detected and not declared:
            disagreement, key = f"the checklist says {said}, but nothing was found in the repository", answer_key
        elif said in ("no", "na") and detected:
            disagreement, key = f"the checklist says {said}, but {detected[0]} looks like it", answer_key
    elif item in ("training", "evaluation") and declared:
        missing = _missing_programs(declared, checkout, paper)
        if missing:
            disagreement = f"the command names {missing}, which the repository does not hold"
    elif detected and not declared and item != "results":
        disagreement = f"{detected[0]} looks like it, but the paper file does not say so"
    return Tick(item, detected, declared, disagreement, key)


def _answer(item: str, paper: Paper) -> tuple[str, tuple[str, ...]] | None:
    checklist = paper.checklists.get("code-completeness")
    answer = checklist.answers.get(item) if checklist is not None else None
    return (answer.answer, ("checklists", "code-completeness", item)) if answer is not None else None


def _declared(item: str, paper: Paper) -> tuple[str, tuple[str | int, ...]]:
    """What the paper file says of an item, and where it says or would say it."""
    code, environment = paper.code, paper.environment
    match item:
        case "dependencies":
            said = (environment.lock if environment else "") or (environment.image if environment else "")
            return said or (code.install if code else "") or "", ("environment", "lock")
        case "training":
            return (code.train if code else "") or "", ("code", "train")
        case "evaluation":
            return (code.evaluate if code else "") or "", ("code", "evaluate")
        case "weights":
            shared = [weights.id for weights in paper.weights if weights.access == "open"]
            return ", ".join(shared), ("weights",)
    runs = [result.id for result in paper.results if result.command]
    return ", ".join(runs), ("results",)


def _missing_programs(command: str, checkout: Checkout, paper: Paper) -> str:
    """Programs that a command names by path and that the checkout lacks."""
    subfolder = (paper.code.subfolder or "").strip("/") if paper.code is not None else ""
    held = set(checkout.paths)
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    missing = [
        word
        for word in words
        if re.search(_PROGRAM, word, re.IGNORECASE)
        and not word.startswith(("-", "/"))
        and "://" not in word
        and held.isdisjoint({_joined(subfolder, word), _joined("", word)})
    ]
    return ", ".join(missing)


def _joined(folder: str, name: str) -> str:
    return PurePosixPath(folder, name).as_posix() if folder else PurePosixPath(name).as_posix()


def _dependencies(checkout: Checkout, paths: list[str]) -> Iterator[Sign]:
    # Those nearest to the top first: a demo's requirements are not the paper's.
    for path in sorted(paths, key=lambda path: path.count("/")):
        name = path.rpartition("/")[2]
        if name.lower() == "pyproject.toml":
            for number, line in enumerate(checkout.lines(path), 1):
                if re.match(r"\s*dependencies\s*=|\[tool\.poetry\.dependencies\]", line):
                    yield Sign(path, number, number)
                    break
        elif _DEPENDENCIES.match(name) and (name != "setup.py" or _requires(checkout, path)):
            yield Sign(path)


def _requires(checkout: Checkout, path: str) -> bool:
    return any("install_requires" in line for line in checkout.lines(path))


def _programs(paths: list[str], pattern: re.Pattern[str]) -> Iterator[Sign]:
    for path in sorted(paths, key=lambda path: path.count("/")):
        folders, _, name = path.rpartition("/")
        if pattern.search(name) and not name.startswith("test_") and "tests" not in folders.split("/"):
            yield Sign(path)


def _weights(paths: list[str], readme: str, lines: list[str]) -> Iterator[Sign]:
    for path in paths:
        if _WEIGHTS_FILE.search(path):
            yield Sign(path)
    near = -10
    for number, line in enumerate(lines, 1):
        if _WEIGHTS_WORDS.search(line):
            near = number
        # The words may stand in a heading or a table's head, a few lines above the address.
        if number - near <= 6 and _WEIGHTS_ADDRESS.search(line):
            yield Sign(readme, number, number)


def _results(readme: str, lines: list[str]) -> Iterator[Sign]:
    """A table with numbers, and commands; one without the other is no sign of this item."""
    table = [
        number for number, line in enumerate(lines, 1) if _NUMBER_CELL.search(line) or _HTML_NUMBER_CELL.search(line)
    ]
    commands = [number for number, line in enumerate(lines, 1) if _COMMAND.match(line)]
    if table and commands:
        yield Sign(readme, table[0], _end_of_run(table))
        yield Sign(readme, commands[0], _end_of_run(commands))


def _end_of_run(numbers: list[int]) -> int:
    last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1:
            break
        last = number
    return last


def _readme(paths: list[str]) -> str:
    found = [
        path for path in paths if re.match(r"readme(\.(md|rst|txt|markdown))?$", path.rpartition("/")[2], re.IGNORECASE)
    ]
    return min(found, key=lambda path: (path.count("/"), path), default="")
