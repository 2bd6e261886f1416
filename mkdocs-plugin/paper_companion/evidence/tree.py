"""The tree in which commands are run: the commit that is checked out, and what differs from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.evidence.repository_files import Checkout, GitError, git
from paper_companion.paper.reader import PaperFile

_SHOWN = 5


@dataclass(frozen=True)
class Tree:
    """A project's folder before the first command runs: what commands leave behind is no change of the code."""

    folder: Path
    commit: str = ""
    """What is checked out; empty where git cannot tell."""
    changed: tuple[str, ...] = ()
    """Files that are in no commit as they are, new ones too unless git ignores them."""
    refused: str = ""
    """Why git does not tell, where people can do something about it."""

    @property
    def facts(self) -> dict[str, Any]:
        """What goes into the evidence."""
        return {"commit": self.commit, "changed": bool(self.changed)} if self.commit else {}

    @property
    def remark(self) -> str:
        """What people should know before they wait for hours; empty when there is nothing."""
        if self.refused:
            return f"the commit is not written down, so the code will not count as executed: {self.refused}"
        if not self.changed:
            return ""
        more = f" and {len(self.changed) - _SHOWN} more" if len(self.changed) > _SHOWN else ""
        names = ", ".join(self.changed[:_SHOWN]) + more
        return f"not as in any commit, so the code will not count as executed: {names} (commit, or have git ignore it)"


def tree_of(paper_file: PaperFile) -> Tree:
    """The state of a paper's project. The paper file, what lies beside it and what results are read from may differ."""
    root = paper_file.root.resolve()
    excluded = [f":(exclude,literal){path.relative_to(root).as_posix()}" for path in _not_code(paper_file, root)]
    status = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".", *excluded]
    try:
        commit = git(root, "rev-parse", "HEAD").strip()
        entries = git(root, *status, ":(exclude)*.evidence.json").split("\0")
    except GitError:
        return Tree(paper_file.root, refused=Checkout(root).refused)
    return Tree(paper_file.root, commit, tuple(entry[3:] for entry in entries if entry))


def _not_code(paper_file: PaperFile, root: Path) -> Iterator[Path]:
    folder, stem = paper_file.path.parent.resolve(), paper_file.path.stem
    read = (result.read.partition("#")[0] for result in paper_file.paper.results if result.read)
    beside = (folder / name for name in (paper_file.path.name, f"{stem}.lock.json", f"{stem}.examples.json"))
    for path in (*beside, *(root / name for name in read)):
        # A folder would hide all that is in it.
        if path.is_relative_to(root) and not path.is_dir():
            yield path
