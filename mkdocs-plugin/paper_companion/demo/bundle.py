"""The bundle: the files that a site serves for a demo, under names that hold their hash, and the manifest of them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.code import browser_demo
from paper_companion.demo.form import read_form
from paper_companion.demo.libraries import LibraryUnavailable, fill_libraries, library_of
from paper_companion.demo.lock import (
    Lock,
    LockedFile,
    differences,
    fetch_files,
    lock_path,
    make_lock,
    read_lock,
    write_lock,
)
from paper_companion.demo.package import index_entry
from paper_companion.demo.package_files import WheelUnavailable, fill_packages
from paper_companion.demo.runtime import DEFAULT_SOURCES, PACKAGE_INDEX, RuntimeUnavailable, Say, fill_cache
from paper_companion.paper.problems import UnavailableError
from paper_companion.paper.reader import PaperError, PaperFile
from paper_companion.site_file import FOLDER, SiteFile, content_path

BRIDGE = Path(__file__).with_name("bridge")
_HERE_ALONE = frozenset({"__main__.py", "wire.py"})
_PREPARATION = frozenset({"axes.py", "preparation.py", "resampling.py", "steps.py"})


@dataclass(frozen=True)
class DemoBundle:
    """What a site serves for one demo.

    `manifest` is plain JSON; every `url` in it is a path from the site's root.
    """

    lock: Lock
    assets: tuple[SiteFile, ...]
    manifest: Mapping[str, Any]
    download_bytes: int
    """What a first run makes a reader download, before any compression by the host."""


def bundle_demo(
    paper_file: PaperFile,
    cache: Cache,
    *,
    sources: Sequence[str] = DEFAULT_SOURCES,
    strict: bool = False,
    say: Say = print,
) -> DemoBundle:
    """Everything for the demo, exactly as locked.

    Without a lock, or with one that is not of the project as it is now, a new lock is made and written first; when
    `strict`, that is an error. Raises PaperError.
    """
    lock = current_lock(paper_file, cache, sources=sources, strict=strict, say=say)
    try:
        fetch_files(paper_file, lock.files, cache, say)
        fill_cache(lock.runtime_version, lock.runtime, cache, sources, say)
        fill_packages(lock.packages, paper_file.root, lock.target, cache, sources, say)
        fill_libraries(lock.libraries, cache, say)
    except (LibraryUnavailable, RuntimeUnavailable, WheelUnavailable) as error:
        raise UnavailableError([paper_file.problem(str(error), "demo")]) from None
    bundle = _bundle(paper_file, lock, cache)
    limit = paper_file.paper.demo.max_download_mb
    if limit is not None and bundle.download_bytes > limit * 1e6:
        what = f"a reader would have to download {bundle.download_bytes / 1e6:.1f} MB, more than {limit} MB"
        raise PaperError([paper_file.problem(what, "demo", "max_download_mb")])
    return bundle


def current_lock(
    paper_file: PaperFile, cache: Cache, *, sources: Sequence[str] = DEFAULT_SOURCES, strict: bool, say: Say
) -> Lock:
    """The lock of the project as it is now: the one that is there, or a new one. Raises PaperError."""
    browser_demo(paper_file)
    lock = read_lock(paper_file)
    changes = ["there is no lock"] if lock is None else differences(paper_file, lock)
    if lock is not None and not changes:
        return lock
    name = lock_path(paper_file.path).name
    if strict:
        what = f"{'; '.join(changes)} (run: paper-companion lock {paper_file.path})"
        raise PaperError([paper_file.problem(what, "demo")])
    lock = make_lock(paper_file, cache, sources, say)
    write_lock(paper_file, lock)
    say(f"{'; '.join(changes)}: wrote {name}")
    return lock


def _bundle(paper_file: PaperFile, lock: Lock, cache: Cache) -> DemoBundle:
    demo = paper_file.paper.demo
    core = f"{FOLDER}/pyodide-{lock.runtime_version}-{_short(file.digest for file in lock.runtime)}"
    packages = {package.name: index_entry(package) for package in lock.packages}
    index = json.dumps({"info": dict(lock.runtime_info), "packages": packages}, sort_keys=True).encode()
    parts = _Parts()
    runtime = [
        parts.add(file.name, file.digest, f"{core}/{file.name}", cache.get(file.digest)) for file in lock.runtime
    ]
    files = [
        parts.add(one.path, one.digest, content_path(one.digest.sha256, one.path), _place(paper_file, one, cache))
        for one in lock.files
    ]
    wheels = [
        parts.add(one.file_name, one.digest, content_path(one.digest.sha256, one.file_name), cache.get(one.digest))
        for one in lock.packages
    ]
    form = read_form(paper_file)
    scripts: dict[str, list[dict[str, Any]]] = {}
    for file in lock.libraries:
        name = file.path.rpartition("/")[2]
        script = parts.add(name, file.digest, content_path(file.digest.sha256, name), cache.get(file.digest))
        scripts.setdefault(file.library, []).append(script)
    left_out = _HERE_ALONE if lock.preparation else _HERE_ALONE | _PREPARATION
    manifest = {
        "lock": lock.sha256,
        "run": lock.run,
        "runtime": {"version": lock.runtime_version, "url": f"{core}/", "files": runtime},
        "index": parts.add_bytes(PACKAGE_INDEX, index),
        "packages": list(packages),
        "wheels": wheels,
        "library": [
            parts.add_bytes(f"paper_companion_bridge/{path.name}", path.read_bytes())
            for path in sorted(BRIDGE.glob("*.py"))
            if path.name not in left_out
        ],
        "files": files,
        "inputs": form.inputs,
        "outputs": [
            {**output, "scripts": scripts[name]} if (name := library_of(output)) in scripts else output
            for output in form.outputs
        ],
        "strings": dict(demo.strings),
    }
    manifest["download"] = parts.size_bytes
    return DemoBundle(lock, tuple(parts.assets), manifest, parts.size_bytes)


def _place(paper_file: PaperFile, file: LockedFile, cache: Cache) -> Path | None:
    """Where one of the author's files is: in the project, or fetched."""
    path = paper_file.root / file.path
    return path if path.is_file() else cache.get(file.digest)


class _Parts:
    """Collects what a demo downloads: the files for the site, and what the manifest says of each."""

    def __init__(self) -> None:
        self.assets: list[SiteFile] = []
        self.size_bytes = 0

    def add(
        self, name: str, digest: Digest, path: str, source: Path | None, data: bytes | None = None
    ) -> dict[str, Any]:
        self.assets.append(SiteFile(path, source, data))
        self.size_bytes += digest.size_bytes
        return {"name": name, "url": path, "size": digest.size_bytes, "sha256": digest.sha256}

    def add_bytes(self, name: str, data: bytes) -> dict[str, Any]:
        digest = Digest.of_bytes(data)
        return self.add(name, digest, content_path(digest.sha256, name), None, data)


def _short(digests: Iterable[Digest]) -> str:
    return Digest.of_bytes("".join(digest.sha256 for digest in digests).encode()).sha256[:16]
