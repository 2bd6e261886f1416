"""What a folder already says about a paper: files to import, weights and their hashes, repository and commit."""

import ast
import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Hashed only, never loaded: some of these can run code.
_SUFFIXES = ".safetensors .onnx .npz .pt .pth .ckpt .h5 .keras .gguf .joblib .pkl"
_WEIGHTS_SUFFIXES = frozenset(_SUFFIXES.split())
_PAPER_IMPORTS = ("CITATION.cff",)
_CODE_IMPORTS = ("pyproject.toml",)
_CARDS = ("model-card.md", "MODEL_CARD.md", "README.md")
_WEIGHTS_IMPORTS = (*_CARDS, "config.json", "preprocessor_config.json", "rdf.yaml")
_LOCKS = ("requirements.lock", "uv.lock", "poetry.lock", "conda-lock.yml", "pixi.lock", "requirements.txt")
_SKIPPED = ("node_modules", "site", "build", "dist", "__pycache__", "venv")
_MAX_DEPTH = 4
_MAX_WEIGHTS = 20
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class FoundWeights:
    """One weights file: its path relative to the project, and what it is made of."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Discovery:
    """What was found in a folder. Paths are relative to it, but for `subfolder`, which is its own in its repository."""

    paper_imports: tuple[str, ...] = ()
    weights_imports: tuple[str, ...] = ()
    weights: tuple[FoundWeights, ...] = ()
    lock: str | None = None
    repo: str | None = None
    commit: str | None = None
    branch: str = "main"
    subfolder: str | None = None
    demo_function: str | None = None


def discover(folder: Path, say: Callable[[str], None]) -> Discovery:
    """Looks around in a folder, which need not be there; `say` hears what takes time. Raises OSError."""
    checkout = next(place for place in (folder, *folder.resolve().parents) if place.is_dir())
    root = _git(checkout, "rev-parse", "--show-toplevel")
    inside = folder.resolve().relative_to(Path(root).resolve()).as_posix() if root else "."
    # A commit that is older than the folder has none of its code.
    has_folder = inside == "." or _git(checkout, "rev-parse", "--verify", f"HEAD:{inside}")
    bibliographies = sorted(path.name for path in folder.glob("*.bib"))
    paper_imports = [name for name in _PAPER_IMPORTS if (folder / name).is_file()]
    if len(bibliographies) == 1:
        paper_imports += bibliographies
    paper_imports += [name for name in _CODE_IMPORTS if (folder / name).is_file()]
    weights = []
    for path in list(_weights_files(folder))[:_MAX_WEIGHTS]:
        size_bytes = path.stat().st_size
        if not size_bytes:
            say(f"{path.relative_to(folder)} is empty, and left out")
            continue
        if size_bytes > 100 * _CHUNK_BYTES:
            say(f"hashing {path.relative_to(folder)} ({size_bytes / 1e6:.0f} MB)")
        weights.append(FoundWeights(path.relative_to(folder).as_posix(), size_bytes, _sha256(path)))
    return Discovery(
        paper_imports=tuple(paper_imports),
        weights_imports=tuple(name for name in _WEIGHTS_IMPORTS if _describes_weights(folder / name)),
        weights=tuple(weights),
        lock=next((name for name in _LOCKS if (folder / name).is_file()), None),
        repo=_public_address(_git(checkout, "config", "--get", "remote.origin.url")),
        commit=_git(checkout, "rev-parse", "--verify", "HEAD") if has_folder else None,
        branch=_branch(checkout) or "main",
        subfolder=None if inside == "." else inside,
        demo_function=_demo_function(folder / "demo" / "app.py"),
    )


def _describes_weights(path: Path) -> bool:
    if not path.is_file():
        return False
    if path.suffix != ".md":
        return True
    with path.open("rb") as file:
        return file.readline(10).rstrip() == b"---"


def _weights_files(folder: Path) -> Iterator[Path]:
    for parent, names, files in os.walk(folder):
        depth = len(Path(parent).relative_to(folder).parts)
        kept = sorted(name for name in names if not name.startswith(".") and name not in _SKIPPED)
        names[:] = kept if depth < _MAX_DEPTH else []
        for name in sorted(files):
            path = Path(parent, name)
            if path.suffix.lower() in _WEIGHTS_SUFFIXES and path.is_file():
                yield path


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None


def _branch(folder: Path) -> str | None:
    """The remote's default branch, or else the one that is checked out."""
    if default := _git(folder, "symbolic-ref", "--short", "refs/remotes/origin/HEAD"):
        return default.removeprefix("origin/")
    return _git(folder, "symbolic-ref", "--short", "HEAD")


def _public_address(remote: str | None) -> str | None:
    """A remote's web address, without the user name and password that it may hold; None for a folder."""
    if remote is None:
        return None
    for pattern in (r"(?:https?|ssh|git)://(?:[^/@]*@)?([\w.-]+)(?::\d+)?/(.+)", r"(?:[\w.-]+@)([\w.-]+):(?!/)(.+)"):
        if match := re.fullmatch(pattern, remote):
            return f"https://{match[1]}/{match[2].rstrip('/').removesuffix('.git')}"
    return None


def _demo_function(path: Path) -> str | None:
    """The function in an existing demo file: predict, or the only public one."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]
    return "predict" if "predict" in names else names[0] if len(names) == 1 else None
