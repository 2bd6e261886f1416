"""A JSON file beside a paper file, read as what it should hold, or as a problem with its place."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from paper_companion.paper.problems import PaperError, Problem

Content = TypeVar("Content")


def read_beside(path: Path, parse: Callable[[str], Content], cure: str) -> Content | None:
    """What `parse` makes of the file's text, or None when there is no such file.

    `parse` raises ValueError, `cure` says what to do then. Raises PaperError.
    """
    line = column = 1
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except json.JSONDecodeError as error:
        line, column, what = error.lineno, error.colno, f"is not JSON: {error.msg}"
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
    except (ValueError, RecursionError) as error:
        what = str(error)
    raise PaperError([Problem(path, line, column, "", f"{what} ({cure})")])
