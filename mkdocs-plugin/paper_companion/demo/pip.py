"""pip: how wheels come from where the user's own settings say that packages come from."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from paper_companion.demo.target import Target

TIMEOUT_S = 600
_SKIPPED = re.compile(r"(?:Skipping|Found) link.*?([^/\s]+\.(?:whl|tar\.gz|zip))(?:[#\s]|$)")
_VERSIONS = re.compile(r"from versions: ([^)]*)\)")
_UNREACHABLE = re.compile(r"Retrying \(|NewConnectionError|ConnectTimeout|NameResolutionError")


class PipError(Exception):
    """pip is missing, or what it was asked to do failed. The text is one line."""


@dataclass(frozen=True)
class NoWheel(Exception):
    """There is no wheel that fits: `versions` have one, `files` are all that there is of the package."""

    versions: tuple[str, ...]
    files: tuple[str, ...]


def download_wheel(requirement: str, target: Target) -> tuple[str, bytes]:
    """The newest wheel for a target that meets a requirement: its file name and its bytes.

    Raises NoWheel and PipError.
    """
    platforms = [word for platform in target.platforms for word in ("--platform", platform)]
    python = target.python.replace(".", "")
    tags = [*platforms, "--python-version", target.info["python"], "--implementation", "cp"]
    tags += ["--abi", f"cp{python}", "--abi", "abi3", "--abi", "none"]
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as folder:
        command = ["download", "-vv", "--no-deps", "--only-binary=:all:", *tags, "--dest", folder, requirement]
        done = _pip(command)
        for path in Path(folder).glob("*.whl"):
            return path.name, path.read_bytes()
    text = done.stdout + done.stderr
    files = tuple(dict.fromkeys(_SKIPPED.findall(text)))
    if not files and _UNREACHABLE.search(text):
        raise PipError("the package index cannot be reached (connect to the network once: the lock holds from then on)")
    found = _VERSIONS.search(text)
    if found is None:
        raise PipError(_reason(done.stderr, done.returncode))
    versions = () if found[1] == "none" else tuple(found[1].split(", "))
    raise NoWheel(versions, files)


def build_wheel(project: Path) -> tuple[str, bytes]:
    """The wheel of a project: its file name and its bytes; the project's folder is only read. Raises PipError."""
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as folder:
        done = _pip(["wheel", "--no-deps", "--wheel-dir", folder, str(project)])
        for path in Path(folder).glob("*.whl"):
            return path.name, path.read_bytes()
    raise PipError(_reason(done.stderr, done.returncode))


def described(files: Sequence[str]) -> str:
    """What there is of a package, in words: its newest version, and what for; wheels for other Pyodides by name."""
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename
    from packaging.version import Version

    platforms_of: dict[Version, set[str]] = {}
    for file in files:
        try:
            _, version, _, tags = parse_wheel_filename(file)
        except InvalidWheelFilename:
            continue
        platforms_of.setdefault(version, set()).update(re.split(r"_?\d", tag.platform)[0] for tag in tags)
    if not platforms_of:
        return "sources only" if files else "nothing"
    newest = max(platforms_of, key=lambda version: (not version.is_prerelease, version))
    others = [file for file in files if "wasm32" in file][-1:]
    return "".join([f"{newest} for {', '.join(sorted(platforms_of[newest]))}", *(f", and {file}" for file in others)])


def _pip(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # A fixed time goes into wheels that are built; nobody answers questions here.
    environment = os.environ | {"SOURCE_DATE_EPOCH": "315532800", "PIP_NO_INPUT": "1", "PIP_NO_COLOR": "1"}
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, encoding="utf-8", errors="replace", env=environment, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired:
        raise PipError(f"pip {arguments[0]} took longer than {TIMEOUT_S} s") from None
    if "No module named pip" in done.stderr:
        raise PipError(f"pip is not installed in this Python ({sys.executable} -m ensurepip installs it)")
    return done


def _reason(stderr: str, status: int) -> str:
    """The line of pip's output that says what went wrong."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(?:ERROR|error|\w*Error)\b", line)]
    return " ".join((errors or lines or [f"pip ended with status {status}"])[0].split())
