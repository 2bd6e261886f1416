"""The lock: every file that a demo is made of, by size and sha256."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.code import browser_demo, read_code
from paper_companion.demo.compiler import can_compile
from paper_companion.demo.deno import INSTALL
from paper_companion.demo.download import download
from paper_companion.demo.form import read_form
from paper_companion.demo.libraries import LibraryFile, LibraryUnavailable, fill_libraries, needed_libraries
from paper_companion.demo.package import LockedPackage, from_entry, to_entry
from paper_companion.demo.packages import resolve_packages
from paper_companion.demo.projects import project_sha256
from paper_companion.demo.runtime import (
    DEFAULT_SOURCES,
    PACKAGE_INDEX,
    STANDARD_LIBRARY,
    RuntimeFile,
    RuntimeUnavailable,
    Say,
    compile_library,
    fetch_core,
    is_supported,
    newest_version,
)
from paper_companion.demo.target import Target
from paper_companion.demo.tensors import Plan, tensor_plans
from paper_companion.paper.beside import read_beside
from paper_companion.paper.model import File
from paper_companion.paper.problems import UnavailableError
from paper_companion.paper.reader import PaperError, PaperFile, Problem
from paper_companion.whole_file import write_whole

FORMAT_VERSION = 1


@dataclass(frozen=True)
class LockedFile:
    """A file of the author's, by its path relative to the project root. `role` is code, weights or data."""

    path: str
    role: str
    digest: Digest
    url: str | None = None
    """Where it can be downloaded when it is not in the project."""


@dataclass(frozen=True)
class Lock:
    """What a demo is made of."""

    run: str
    runtime_version: str
    runtime_info: Mapping[str, str]
    """Pyodide's own description of the version: its ABI, platform and Python."""
    runtime: tuple[RuntimeFile, ...]
    files: tuple[LockedFile, ...]
    requested: tuple[str, ...] = ()
    """The packages that the paper file asks for, as it does."""
    packages: tuple[LockedPackage, ...] = ()
    """These and all that they need, by name."""
    preparation: tuple[Plan, ...] = ()
    """How inputs are prepared and what outputs mean."""
    libraries: tuple[LibraryFile, ...] = ()
    """What the page needs to show the answers."""

    @property
    def target(self) -> Target:
        """What packages have to fit."""
        return Target(self.runtime_version, self.runtime_info)

    @property
    def sha256(self) -> str:
        """One hash for all of it."""
        return hashlib.sha256(to_json(self).encode()).hexdigest()

    @property
    def answer_sha256(self) -> str:
        """The hash of what decides the answers; see `answer_sha256`."""
        return answer_sha256(self.run, self.files, self.preparation)


def answer_sha256(run: str, files: Iterable[LockedFile], preparation: Sequence[Plan] = ()) -> str:
    """One hash for what decides the answers in any runtime: the function, its preparation and the author's files."""
    document = [run, *(_file_entry(file) for file in files), *preparation]
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def lock_path(paper_file: Path) -> Path:
    """Where the lock of a paper file lies: beside it, named after its stem."""
    return paper_file.with_name(f"{paper_file.stem}.lock.json")


def make_lock(paper_file: PaperFile, cache: Cache, sources: Sequence[str] = DEFAULT_SOURCES, say: Say = print) -> Lock:
    """Look at every file that the demo needs and put those of the runtime into the cache. Raises PaperError."""
    demo = browser_demo(paper_file)
    form = read_form(paper_file)
    files = locked_files(paper_file)
    fetch_files(paper_file, files, cache, say)
    version = demo.runtime or newest_version()
    if not is_supported(version):
        what = f"expected a version of Pyodide from 0.27.0 on, as {newest_version()}, got {version!r}"
        raise PaperError([paper_file.problem(what, "demo", "runtime")])
    try:
        core = fetch_core(version, cache, sources, say)
        runtime = tuple(_locked_runtime(version, core, cache, say))
    except RuntimeUnavailable as error:
        raise PaperError([paper_file.problem(str(error), "demo", "runtime")]) from None
    index = cache.get(core[PACKAGE_INDEX])
    assert index is not None, "was fetched"
    distribution = json.loads(index.read_bytes())
    target = Target(version, distribution["info"])
    packages = resolve_packages(paper_file, target, distribution, cache, sources, say)
    libraries = needed_libraries(form.outputs)
    try:
        fill_libraries(libraries, cache, say)
    except LibraryUnavailable as error:
        raise PaperError([paper_file.problem(str(error), "demo", "outputs")]) from None
    plans = preparation(paper_file)
    return Lock(demo.run, version, target.info, runtime, files, demo.packages, packages, plans, libraries)


def preparation(paper_file: PaperFile) -> tuple[Plan, ...]:
    """How the demo's inputs are prepared now, and what its outputs mean."""
    return tuple(tensor_plans(paper_file.paper).values())


def locked_files(paper_file: PaperFile) -> tuple[LockedFile, ...]:
    """The author's files as they are now: code, weights and data. Raises PaperError when one is not as declared."""
    demo = browser_demo(paper_file)
    found = {path: LockedFile(path, "code", _digest(paper_file, path, "run")) for path in read_code(paper_file).modules}
    problems: list[Problem] = []
    for number, weights in enumerate(paper_file.paper.weights):
        for position, file in enumerate(weights.files) if weights.id == demo.weights_id else ():
            if demo.uses(file):
                keys = ("weights", number, "files", position)
                path = file.path or file.name
                if path in found:
                    problems.append(paper_file.problem(f"another file is called {path} too (add a path)", *keys, "url"))
                elif file.url and not (paper_file.root / path).is_file():
                    missing = [key for key in ("sha256", "size_bytes") if getattr(file, key) is None]
                    what = f"is required for {path}, which the demo downloads when it is locked (or put it there)"
                    problems += [paper_file.problem(what, *keys, key.removesuffix("_bytes")) for key in missing]
                    if not missing:
                        found[path] = LockedFile(path, "weights", Digest(file.size_bytes, file.sha256), file.url)
                else:
                    digest = _digest(paper_file, path, "weights")
                    found[path] = LockedFile(path, "weights", digest, file.url)
                    problems += _differences(paper_file, path, keys, file, digest)
    for pattern in demo.files:
        matches = sorted(path for path in paper_file.root.glob(pattern) if path.is_file())
        if not matches:
            problems.append(paper_file.problem(f"no file matches {pattern}", "demo", "files"))
        for path in matches:
            relative = path.relative_to(paper_file.root).as_posix()
            found.setdefault(relative, LockedFile(relative, "data", Digest.of_file(path)))
    if problems:
        raise PaperError(problems)
    return tuple(found[path] for path in sorted(found))


def read_lock(paper_file: PaperFile) -> Lock | None:
    """The lock beside a paper file, or None when there is none. Raises PaperError when it cannot be read as one."""
    cure = f"make it again: paper-companion lock {paper_file.path}"
    return read_beside(lock_path(paper_file.path), from_json, cure)


def write_lock(paper_file: PaperFile, lock: Lock) -> None:
    """Write the lock beside the paper file, unless it is there already, word for word."""
    path, data = lock_path(paper_file.path), to_json(lock).encode()
    if not path.exists() or path.read_bytes() != data:
        write_whole(path, data)


def differences(paper_file: PaperFile, lock: Lock) -> list[str]:
    """What has changed in the project since the demo was locked, a phrase each. Raises PaperError."""
    demo = browser_demo(paper_file)
    found = []
    if lock.run != demo.run:
        found.append(f"demo.run is {demo.run}, locked was {lock.run}")
    if demo.runtime not in (None, lock.runtime_version):
        found.append(f"demo.runtime is {demo.runtime}, locked was {lock.runtime_version}")
    if lock.preparation != preparation(paper_file):
        found.append("the preparation of its tensors has changed")
    if lock.requested != demo.packages:
        found.append(f"demo.packages is {', '.join(demo.packages)}, locked was {', '.join(lock.requested)}")
    libraries = {file.library for file in needed_libraries(read_form(paper_file).outputs)}
    if {file.library for file in lock.libraries} != libraries:
        found.append("the types of the outputs have changed")
    for package in lock.packages:
        if package.project and _project_sha256(paper_file, package.project.path) != package.project.sha256:
            found.append(f"{package.project.path} has changed")
    now = {file.path: file.digest for file in locked_files(paper_file)}
    then = {file.path: file.digest for file in lock.files}
    found += [f"{path} is new" for path in sorted(now.keys() - then.keys())]
    found += [f"{path} is no longer used" for path in sorted(then.keys() - now.keys())]
    found += [f"{path} has changed" for path in sorted(now.keys() & then.keys()) if now[path] != then[path]]
    return found


def to_json(lock: Lock) -> str:
    """The text of a lock file: one file a line, so that a change shows as a small diff."""
    runtime = {"name": "pyodide", "version": lock.runtime_version, "info": dict(sorted(lock.runtime_info.items()))}
    head = {"version": FORMAT_VERSION, "run": lock.run, "runtime": runtime}
    lines = [f" {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()]
    lines += _json_list("runtime_files", [_runtime_entry(file) for file in lock.runtime])
    lines[-1] += ","
    lines += _json_list("files", [_locked_entry(file) for file in lock.files])
    lines[-1] += ","
    lines.append(f' "requested": {json.dumps(lock.requested, ensure_ascii=False)},')
    lines += _json_list("packages", [to_entry(package) for package in lock.packages])
    lines[-1] += ","
    lines += _json_list("preparation", lock.preparation)
    if lock.libraries:
        lines[-1] += ","
        lines += _json_list("libraries", [file.to_entry() for file in lock.libraries])
    return "\n".join(["{", *lines, "}"]) + "\n"


def from_json(text: str) -> Lock:
    """A lock from the text of a lock file. Raises ValueError."""
    document = json.loads(text)
    if not isinstance(document, dict) or document.get("version") != FORMAT_VERSION:
        raise ValueError(f"is not a lock of version {FORMAT_VERSION}")
    try:
        return Lock(
            run=_text(document["run"]),
            runtime_version=_text(document["runtime"]["version"]),
            runtime_info={_text(key): _text(value) for key, value in document["runtime"]["info"].items()},
            runtime=tuple(
                RuntimeFile(
                    _text(entry["name"]),
                    _entry_digest(entry),
                    _entry_digest(entry["from"]) if "from" in entry else None,
                )
                for entry in document["runtime_files"]
            ),
            files=tuple(
                LockedFile(_text(entry["path"]), _text(entry["role"]), _entry_digest(entry), entry.get("url"))
                for entry in document["files"]
            ),
            requested=tuple(map(_text, document["requested"])),
            packages=tuple(map(from_entry, document["packages"])),
            preparation=tuple(map(dict, document["preparation"])),
            libraries=tuple(map(LibraryFile.from_entry, document.get("libraries", ()))),
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"is not a lock as this version writes it: {error}") from None


def _locked_runtime(version: str, core: Mapping[str, Digest], cache: Cache, say: Say) -> Iterator[RuntimeFile]:
    for name, digest in core.items():
        if name == STANDARD_LIBRARY and can_compile():
            yield RuntimeFile(name, compile_library(version, cache, say), source=digest)
        elif name != PACKAGE_INDEX:  # readers get one that holds this demo's packages alone
            yield RuntimeFile(name, digest)
    if not can_compile():
        say(f"the standard library is not compiled: the demo will take twice as long to start ({INSTALL} compiles it)")


def fetch_files(paper_file: PaperFile, files: Iterable[LockedFile], cache: Cache, say: Say) -> None:
    """Have every one of the author's files in the project or in the cache. Raises PaperError."""
    for file in files:
        if file.url and not (paper_file.root / file.path).is_file() and cache.get(file.digest) is None:
            say(f"fetching {file.path} from {file.url}")
            try:
                cache.add_bytes(download(file.url, file.digest))
            except (OSError, ValueError) as error:
                what = f"{file.path} cannot be had from {file.url}: {error}"
                raise UnavailableError([paper_file.problem(what, "demo", "weights")]) from None


def _project_sha256(paper_file: PaperFile, path: str) -> str | None:
    try:
        return project_sha256(paper_file.root / path)
    except OSError:
        return None


def _digest(paper_file: PaperFile, path: str, key: str) -> Digest:
    try:
        return Digest.of_file(paper_file.root / path)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror} (paths are relative to {paper_file.root})"
        raise PaperError([paper_file.problem(what, "demo", key)]) from None


def _differences(
    paper_file: PaperFile, path: str, keys: tuple[str | int, ...], file: File, digest: Digest
) -> Iterable[Problem]:
    """What the paper file says of a weights file that is not so."""
    if file.sha256 not in (None, digest.sha256):
        what = f"{path} has sha256 {digest.sha256} (another file, or a line to correct here)"
        yield paper_file.problem(what, *keys, "sha256")
    if file.size_bytes not in (None, digest.size_bytes):
        yield paper_file.problem(f"{path} has {digest.size_bytes} bytes", *keys, "size")


def _json_list(key: str, entries: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [f"  {json.dumps(entry, ensure_ascii=False)}," for entry in entries]
    if lines:
        lines[-1] = lines[-1][:-1]
    return [f' "{key}": [', *lines, " ]"]


def _runtime_entry(file: RuntimeFile) -> dict[str, Any]:
    entry = {"name": file.name, **_digest_entry(file.digest)}
    return entry | {"from": _digest_entry(file.source)} if file.source else entry


def _file_entry(file: LockedFile) -> dict[str, Any]:
    return {"path": file.path, "role": file.role, **_digest_entry(file.digest)}


def _locked_entry(file: LockedFile) -> dict[str, Any]:
    return _file_entry(file) | ({"url": file.url} if file.url else {})


def _digest_entry(digest: Digest) -> dict[str, Any]:
    return {"size": digest.size_bytes, "sha256": digest.sha256}


def _entry_digest(entry: Mapping[str, Any]) -> Digest:
    size, sha256 = entry["size"], entry["sha256"]
    if not isinstance(size, int) or len(_text(sha256)) != 64:
        raise TypeError("a size in bytes and a sha256 of 64 hex digits belong to each file")
    return Digest(size, sha256)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {value!r}")
    return value
