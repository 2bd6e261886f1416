"""What a repository's README says, with the documents that it links to: tables with results, commands, addresses."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath

from paper_companion.evidence.repository_files import Checkout

MAX_DOCUMENTS = 20
# A stranger's README could be written to keep regular expressions busy.
MAX_LINES, MAX_LINE_CHARACTERS, MAX_COMMANDS, MAX_TABLES = 5000, 1000, 100, 100
_README = re.compile(r"readme(\.(md|rst|txt|markdown))?$", re.IGNORECASE)
_LOCAL_LINK = re.compile(r"\]\(\s*(?:\./)?([\w./-]+\.(?:md|rst|txt))(?:#[\w-]*)?\s*\)", re.IGNORECASE)
_RUNNER = (
    r"(python[\d.]*|bash|sh|make|just|torchrun|accelerate|deepspeed|horovodrun|mpirun|srun|sbatch|uv run|poetry run|"
    r"pdm run|pipenv run|hatch run|pixi run|conda run|julia|Rscript|matlab|docker (?:compose )?run|cargo run|go run|"
    r"snakemake|dvc (?:repro|exp)|nix (?:run|develop)|jupyter|papermill|\./[\w./-]+)"
)
_COMMAND = re.compile(rf"\s*(?:[$!>%]\s*)*((?:[A-Z_]+=\S+\s+)*{_RUNNER}(?:\s.*|$))")
_INLINE_COMMAND = re.compile(rf"`+\s*(?:python\n)?((?:[A-Z_]+=\S+\s+)*{_RUNNER}\s[^`]+?)\s*`+")
_SETTING_UP = re.compile(r"(-m (pip|venv)|setup\.py (install|develop|build)|make (install|clean|all)\b)")
_FENCE = re.compile(r"\s*(```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s|\s*<h[1-6]|[=~^\"-]{3,}\s*$")
_METRIC = re.compile(
    r"\b(acc|accuracy|top-?[15]|m?ap(50|@\S+)?|auc|auroc|auprc|f1|precision|recall|m?iou|dice|psnr|ssim|lpips|fid|bleu|"
    r"rouge\S*|meteor|cider|wer|cer|eer|ppl|perplexity|rmse|mae|mse|mape|nll|r2|r²|loss|error|err|scores?|reward|success|elo|"
    r"exact match|em|spearman|pearson|corr|correlation|mrr|ndcg|hits?@\S+|kappa|fps|latency|throughput|speed-?up|"
    r"time \(m?s|avg|metric|results?|performance|benchmarks?)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[\s*_`~<>]*[-+]?\d+([.,]\d+)?[\s*_`%]*(\((±|\+/-)?.*\)|(±|\\pm|\+/-|\$).*)?[\s*_]*$")
_MEASURED = re.compile(r"\d\s*(%|±|\\pm|\+/-)")
_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command that people are told to run; `about` is the heading and the sentence or comment above it."""

    path: str
    line: int
    words: tuple[str, ...]
    about: str


@dataclass(frozen=True)
class Readme:
    """The README nearest to the top of a folder, and local documents that it links to."""

    checkout: Checkout
    paths: tuple[str, ...]
    """The files that are looked at, relative to the checkout."""

    @cached_property
    def documents(self) -> tuple[tuple[str, list[str]], ...]:
        """Path and lines of the README and of each document that it links to, the README first; none without one."""
        found = [path for path in self.paths if _README.match(path.rpartition("/")[2])]
        if not found:
            return ()
        readme = min(found, key=lambda path: (path.count("/"), path))
        lines = self.lines(readme)
        folder, held = PurePosixPath(readme).parent, frozenset(self.paths)
        linked = dict.fromkeys(str(folder / name) for line in lines for name in _LOCAL_LINK.findall(line))
        others = [path for path in linked if path in held and path != readme][:MAX_DOCUMENTS]
        return ((readme, lines), *((path, self.lines(path)) for path in others))

    def lines(self, path: str) -> list[str]:
        """The lines of a document, as far as anybody reads them."""
        return [line[:MAX_LINE_CHARACTERS] for line in self.checkout.lines(path)[:MAX_LINES]]

    @cached_property
    def commands(self) -> tuple[Command, ...]:
        """The commands in all documents, in order; those that only set up are left out."""
        found = (command for path, lines in self.documents for command in _commands(path, lines))
        return tuple(islice(found, MAX_COMMANDS))

    def tables(self) -> Iterator[tuple[str, int, int]]:
        """Path, first and last line of each table with measured numbers."""
        for path, lines in self.documents:
            for first, last in islice(_tables(lines), MAX_TABLES):
                if _has_results(lines[first:last], " ".join(_above(lines, first))):
                    rows = [number for number in range(first, last) if _numbers(lines[number])]
                    yield path, rows[0] + 1, rows[-1] + 1


def _commands(path: str, lines: list[str]) -> Iterator[Command]:
    number = 0
    while number < len(lines):
        line, begun = lines[number], number
        while line.rstrip().endswith("\\") and number + 1 < len(lines):
            number += 1
            line = f"{line.rstrip()[:-1]} {lines[number]}"
        number += 1
        at_start = _COMMAND.match(line)
        for text in [at_start[1]] if at_start else [found[1] for found in _INLINE_COMMAND.finditer(line)]:
            if not _SETTING_UP.search(text):
                about = " ".join((*_above(lines, begun), "" if at_start else line.replace(text, "")))
                yield Command(path, begun + 1, _words(text), about)


def _words(command: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(command, comments=True))
    except ValueError:
        return tuple(command.split())


def _above(lines: list[str], number: int) -> tuple[str, ...]:
    """The heading above a line, and the nearest sentence or comment between the two."""
    sentence = ""
    in_block = sum(bool(_FENCE.match(line)) for line in lines[:number]) % 2 == 1
    for place in range(number - 1, max(-1, number - 30), -1):
        line = lines[place]
        if _FENCE.match(line):
            in_block = not in_block
            continue
        # What looks like a heading in a block of code is a comment.
        if _HEADING.match(line) and not in_block:
            # The title of a heading that is underlined stands above its line.
            title = lines[place - 1] if re.match(r"[=~^\"-]{3,}", line) and place else line
            return (title, sentence)
        if not sentence and line.strip(" *$") and not _COMMAND.match(line) and "|" not in line:
            sentence = line
    return (sentence,)


def _tables(lines: list[str]) -> Iterator[tuple[int, int]]:
    """First line and line after the last of each table, of Markdown, reStructuredText or HTML."""
    number = 0
    while number < len(lines):
        begun = number
        if "<table" in lines[number].lower():
            while number < len(lines) and "</table" not in lines[number].lower():
                number += 1
            yield begun, min(number + 1, len(lines))
        while number < len(lines) and (lines[number].count("|") >= 2 or re.match(r"\s*\+[-=+]+\+\s*$", lines[number])):
            number += 1
        if number - begun >= 2 and "<table" not in lines[begun].lower():
            yield begun, number
        number = max(number, begun + 1)


def _has_results(table: list[str], above: str) -> bool:
    rows = [line for line in table if _numbers(line)]
    rule = next((number for number, line in enumerate(table) if number and set(line) <= set(" \t:|+=-")), len(table))
    head = table if "<" in table[0] else table[:rule]
    words = "\n".join((above, *head, *(line.strip(" |").partition("|")[0] for line in rows)))
    named = _METRIC.search(re.sub(r"<[^<>]{1,300}>|\]\([^()]{0,300}\)", " ", words))
    return bool(rows) and (named is not None or any(map(_MEASURED.search, rows)))


def _numbers(line: str) -> bool:
    cells = _CELL.findall(line) if "<t" in line.lower() else line.strip().strip("|").split("|")[1:]
    return any(_NUMBER.match(cell.strip()) for cell in cells)
