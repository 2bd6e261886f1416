"""Projects: packages of the author's own, a folder or a wheel, and the wheels that are built from them."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from paper_companion.demo.pip import PipError, build_wheel
from paper_companion.demo.target import Target
from paper_companion.demo.wheels import WheelError, normalised, read_wheel

_NOT_SOURCES = ("__pycache__", "build", "dist", "node_modules", "*.egg-info", "*.pyc", ".*")
_BUILD = "pip install 'mkdocs-paper-companion[build]'"
_NEEDS_PYTHON = (3, 12)
TIMEOUT_S = 3600


def project_sha256(path: Path) -> str:
    """One hash over a wheel, or over the names and contents of what a folder's wheel is built from. Raises OSError."""
    whole = hashlib.sha256()
    for file in (path,) if path.is_file() else _sources(path):
        name = file.relative_to(path).as_posix()
        data = file.read_bytes()
        whole.update(f"{name}\0{len(data)}\0".encode() + data)
    return whole.hexdigest()


def build_project(path: Path, target: Target) -> tuple[str, bytes]:
    """The wheel of a project: its file name and its bytes, the same wherever it is built.

    Raises PipError, WheelError and OSError.
    """
    if path.is_file():
        name, data = path.name, path.read_bytes()
    else:
        if not any((path / name).is_file() for name in ("pyproject.toml", "setup.py")):
            raise PipError(f"{path} is not a project (it has neither pyproject.toml nor setup.py)")
        with tempfile.TemporaryDirectory(prefix="paper-companion-") as scratch:
            # Builders leave their own files in the folder: they get one of theirs.
            copy = Path(scratch) / path.resolve().name
            shutil.copytree(path, copy, ignore=shutil.ignore_patterns(*_NOT_SOURCES))
            name, data = build_wheel(copy)
            if not read_wheel(name, data).is_pure:
                name, data = _cross_built(copy, name, target)
    wheel = read_wheel(name, data)
    if not target.loads(wheel.tags):
        raise WheelError(f"{name} is not for {target} (Python {target.python}, {' or '.join(target.platforms[:2])})")
    return name, normalised(data)


def _cross_built(project: Path, native: str, target: Target) -> tuple[str, bytes]:
    """The wheel of a project with compiled parts, built for Pyodide by Pyodide's own builder."""
    import sys

    program = shutil.which("pyodide")
    if program is None:
        here = ".".join(map(str, sys.version_info[:2]))
        python = "" if sys.version_info >= _NEEDS_PYTHON else f", with Python 3.12 or later: this is {here}"
        raise PipError(
            f"{native} has compiled parts, and building them for {target} needs pyodide-build ({_BUILD}{python}; "
            "or build the wheel elsewhere and name it here: ./wheels/….whl)"
        )
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as folder:
        for command in (["xbuildenv", "install", target.version], ["build", str(project), "--outdir", folder]):
            try:
                done = subprocess.run(
                    [program, *command], capture_output=True, encoding="utf-8", errors="replace", timeout=TIMEOUT_S
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise PipError(f"pyodide {command[0]}: {error}") from None
            if done.returncode:
                last = (done.stderr or done.stdout).strip().splitlines()[-1:]
                raise PipError(f"pyodide {command[0]} failed: {''.join(last)}")
        for path in Path(folder).glob("*.whl"):
            return path.name, path.read_bytes()
    raise PipError("pyodide build made no wheel")


def _sources(folder: Path) -> Iterator[Path]:
    skipped = shutil.ignore_patterns(*_NOT_SOURCES)
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - skipped(place, folders))
        yield from (Path(place) / name for name in sorted(set(files) - skipped(place, files)))
