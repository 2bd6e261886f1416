"""The bundle: the files that a site serves for a demo, under names that hold their hash, and the manifest of them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.code import read_code
from paper_companion.demo.form import form_inputs, form_outputs
from paper_companion.demo.lock import Lock, differences, lock_path, make_lock, read_lock, write_lock
from paper_companion.demo.runtime import DEFAULT_SOURCES, PACKAGE_INDEX, RuntimeUnavailable, Say, fill_cache
from paper_companion.paper.reader import PaperError, PaperFile

FOLDER = "assets/paper-companion"
BRIDGE = Path(__file__).with_name("bridge.py")
HASH_DIGITS = 16


@dataclass(frozen=True)
class Asset:
    """A file of the site: its path there, and its bytes, or the file that holds them."""

    path: str
    size_bytes: int
    source: Path | None = None
    data: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class DemoBundle:
    """What a site serves for one demo.

    `manifest` is plain JSON; every `url` in it is a path from the site's root.
    """

    lock: Lock
    assets: tuple[Asset, ...]
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
        fill_cache(lock.runtime_version, lock.runtime, cache, sources, say)
    except RuntimeUnavailable as error:
        raise PaperError([paper_file.problem(str(error), "demo")]) from None
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


def web_file(path: Path, folder: str) -> Asset:
    """A file of this package as the site serves it in `folder`."""
    return Asset(f"{folder}/{path.name}", path.stat().st_size, source=path)


def _bundle(paper_file: PaperFile, lock: Lock, cache: Cache) -> DemoBundle:
    demo = paper_file.paper.demo
    core = f"{FOLDER}/pyodide-{lock.runtime_version}-{_short(*(file.digest for file in lock.runtime))}"
    assets = [
        Asset(f"{core}/{file.name}", file.digest.size_bytes, source=cache.get(file.digest)) for file in lock.runtime
    ]
    runtime = [_entry(asset, file.digest, name=file.name) for asset, file in zip(assets, lock.runtime, strict=True)]

    index = json.dumps({"info": lock.runtime_info, "packages": {}}, sort_keys=True).encode()
    bridge = BRIDGE.read_bytes()
    made = [_content_named("", PACKAGE_INDEX, index), _content_named("", BRIDGE.name, bridge)]
    files = [
        Asset(_path_of(file.digest, file.path), file.digest.size_bytes, source=paper_file.root / file.path)
        for file in lock.files
    ]
    code = read_code(paper_file)
    manifest = {
        "lock": lock.sha256,
        "run": lock.run,
        "runtime": {"version": lock.runtime_version, "url": f"{core}/", "files": runtime},
        "packages": [],
        "wheels": [],
        "index": _entry(made[0], Digest.of_bytes(index), name=PACKAGE_INDEX),
        "bridge": _entry(made[1], Digest.of_bytes(bridge), name=BRIDGE.name),
        "files": [_entry(asset, file.digest, name=file.path) for asset, file in zip(files, lock.files, strict=True)],
        "inputs": form_inputs(demo, code),
        "outputs": form_outputs(demo, code),
        "strings": dict(demo.strings),
    }
    every = (*assets, *made, *files)
    download_bytes = sum(asset.size_bytes for asset in every)
    return DemoBundle(lock, every, manifest | {"download": download_bytes}, download_bytes)


def _entry(asset: Asset, digest: Digest, *, name: str) -> dict[str, Any]:
    return {"name": name, "url": asset.path, "size": digest.size_bytes, "sha256": digest.sha256}


def _content_named(folder: str, name: str, data: bytes) -> Asset:
    return Asset(_path_of(Digest.of_bytes(data), name), len(data), data=data)


def _path_of(digest: Digest, name: str) -> str:
    """Where a file lies in the site: a folder that says what it holds, so that a change is never hidden by a cache."""
    return f"{FOLDER}/files/{digest.sha256[:HASH_DIGITS]}/{name.rpartition('/')[2]}"


def _short(*digests: Digest) -> str:
    return Digest.of_bytes("".join(digest.sha256 for digest in digests).encode()).sha256[:HASH_DIGITS]
