"""What is wrong with a paper file, where, and what to do: the one kind of line that every command prints."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One problem. `line` and `column` count from 1, in characters; `key` is as `weights[0].sha256`, or empty."""

    path: Path
    line: int
    column: int
    key: str
    message: str

    def __str__(self) -> str:
        key = f"{self.key}: " if self.key else ""
        return f"{self.path}:{self.line}:{self.column}: {key}{self.message}"


class PaperError(Exception):
    """A paper file that cannot be used, with every problem that was found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class UnavailableError(PaperError):
    """What is needed cannot be had here and now, so that nothing can be said of the paper file."""


def key_path(keys: Iterable[str | int]) -> str:
    """`("weights", 0, "sha256")` as `weights[0].sha256`."""
    path = ""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else key
    return path


def on_one_line(text: str, limit: int = 600) -> str:
    """The text with what cannot be printed escaped, cut to the limit: names come from files that anybody may write."""
    shown = text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def quoted(text: str, limit: int = 60) -> str:
    """The text in quotes on one line, unprintable characters escaped, cut to the limit."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` with the nearest known word, or all of them when there are few; else nothing."""
    from difflib import get_close_matches

    known = list(known)
    if near := get_close_matches(word[:40], known, n=1, cutoff=0.6):
        return f" (did you mean {near[0]}?)"
    return f" (known: {', '.join(known)})" if 0 < len(known) <= 12 else ""
