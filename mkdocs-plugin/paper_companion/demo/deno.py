"""Deno: the JavaScript runtime that fetches Pyodide from npm, compiles for it and replays in it."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

SCRIPTS = Path(__file__).with_name("deno_scripts")
INSTALL = "pip install 'mkdocs-paper-companion[demo]'"


class DenoError(Exception):
    """Deno is not installed, or what it was asked to do failed. The text is one line."""


def find_deno() -> str | None:
    """The Deno of the installed wheel, else one on the PATH, else None."""
    try:
        from deno import find_deno_bin
    except ImportError:
        return shutil.which("deno")
    try:
        return str(find_deno_bin())
    except FileNotFoundError:
        return shutil.which("deno")


def run_script(
    name: str, arguments: Sequence[str], *, readable: Sequence[Path], input: bytes = b"", timeout_s: float = 300
) -> bytes:
    """What a script of ours prints. It may read the `readable` paths and nothing else: no network, no writing.

    Raises DenoError, with the script's last line on stderr.
    """
    permission = "--allow-read=" + ",".join(str(path) for path in (SCRIPTS, *readable))
    command = ["run", "--quiet", "--no-prompt", "--no-config", "--no-lock", permission, str(SCRIPTS / name), *arguments]
    return _deno(command, input=input, timeout_s=timeout_s)


def fetch_npm_package(name: str, version: str, folder: Path, *, timeout_s: float = 300) -> Path:
    """Let Deno download a package from npm into `folder`, and return the folder that holds its files.

    Raises DenoError.
    """
    command = ["cache", "--quiet", "--no-config", "--no-lock", f"npm:{name}@{version}"]
    _deno(command, deno_dir=folder, timeout_s=timeout_s)
    for found in folder.glob(f"npm/*/{name}/{version}"):
        return found
    raise DenoError(f"deno cache npm:{name}@{version} left no files")


def _deno(arguments: Sequence[str], *, input: bytes = b"", deno_dir: Path | None = None, timeout_s: float) -> bytes:
    program = find_deno()
    if program is None:
        raise DenoError(f"Deno is not installed ({INSTALL})")
    with tempfile.TemporaryDirectory() as scratch:
        environment = os.environ | {
            "DENO_DIR": str(deno_dir or scratch),
            "DENO_NO_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
            # Deno brings certificates of its own; behind a company's proxy only the system's will do.
            "DENO_TLS_CA_STORE": os.environ.get("DENO_TLS_CA_STORE", "mozilla,system"),
        }
        try:
            done = subprocess.run(
                [program, *arguments], input=input, capture_output=True, env=environment, timeout=timeout_s
            )
        except subprocess.TimeoutExpired:
            raise DenoError(f"deno {arguments[0]} took longer than {timeout_s:.0f} s") from None
        except OSError as error:
            raise DenoError(f"{program}: {error.strerror}") from None
    if done.returncode:
        raise DenoError(_reason(done.stderr) or f"deno {arguments[0]} ended with status {done.returncode}")
    return done.stdout


def _reason(stderr: bytes) -> str:
    """The line of Deno's output that says what went wrong."""
    lines = [line.strip() for line in stderr.decode(errors="replace").splitlines() if line.strip()]
    return next((line for line in lines if "rror" in line), lines[-1] if lines else "")
