"""The runtime: the files of one version of Pyodide, and where they can be had."""

import functools
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.compiler import CompileError, compile_zip, compiled_before
from paper_companion.demo.deno import DenoError, fetch_npm_package

DEFAULT_SOURCES = ("npm", "https://cdn.jsdelivr.net/pyodide/v{version}/full/")
STANDARD_LIBRARY = "python_stdlib.zip"
PACKAGE_INDEX = "pyodide-lock.json"
OLDEST = (0, 27)
TIMEOUT_S = 60

Say = Callable[[str], None]


class RuntimeUnavailable(Exception):
    """Files of the runtime can neither be found in the cache nor be had from any source. The text is one line."""


@dataclass(frozen=True)
class RuntimeFile:
    """One file of the runtime. `source` is what it was compiled from, when it was."""

    name: str
    digest: Digest
    source: Digest | None = None


@functools.cache
def known_versions() -> Mapping[str, Mapping[str, Digest]]:
    """The versions whose files are pinned in this package, oldest first: for each, file name to digest."""
    text = Path(__file__).with_name("runtimes.json").read_text(encoding="utf-8")
    return {
        version: {name: Digest(file["size"], file["sha256"]) for name, file in entry["files"].items()}
        for version, entry in json.loads(text).items()
    }


def newest_version() -> str:
    """The version that a demo gets when it asks for none."""
    return list(known_versions())[-1]


def pins(version: str, cache: Cache) -> Mapping[str, Digest] | None:
    """The digests of a version's files, from this package or from an earlier fetch; None for a version never met."""
    if version in known_versions():
        return known_versions()[version]
    note = cache.note(f"pyodide-{version}.json")
    return {name: Digest(*digest) for name, digest in json.loads(note).items()} if note else None


def is_supported(version: str) -> bool:
    """Whether `version` is written as 314.0.7 is, and is 0.27 or later."""
    parts = version.split(".")
    return len(parts) == 3 and all(map(str.isdecimal, parts)) and tuple(map(int, parts)) >= OLDEST


def file_names(version: str) -> tuple[str, ...]:
    """The files that make up the core of a version."""
    module = "pyodide.asm.mjs" if int(version.split(".")[0]) >= 314 else "pyodide.asm.js"
    return ("pyodide.mjs", module, "pyodide.asm.wasm", STANDARD_LIBRARY, PACKAGE_INDEX)


def fetch_core(version: str, cache: Cache, sources: Sequence[str], say: Say) -> Mapping[str, Digest]:
    """The core's files as npm has them, by name, in the cache afterwards; opens no connection when they are there.

    A version that this package does not know is taken as the first source gives it: the lock pins it from then on.
    Raises RuntimeUnavailable.
    """
    pinned = pins(version, cache)
    if pinned is None:
        pinned = _fetch(version, dict.fromkeys(file_names(version)), cache, sources, say)
        note = {name: [digest.size_bytes, digest.sha256] for name, digest in pinned.items()}
        cache.add_note(f"pyodide-{version}.json", json.dumps(note).encode())
    missing = {name: digest for name, digest in pinned.items() if cache.get(digest) is None}
    if missing:
        _fetch(version, missing, cache, sources, say)
    return pinned


def fill_cache(version: str, files: Sequence[RuntimeFile], cache: Cache, sources: Sequence[str], say: Say) -> None:
    """Have every one of `files` in the cache; opens no connection when they are there. Raises RuntimeUnavailable."""
    missing = [file for file in files if cache.get(file.digest) is None]
    if any(file.source for file in missing):
        fetch_core(version, cache, sources, say)
    fetched = {file.name: file.digest for file in missing if not file.source and cache.get(file.digest) is None}
    if fetched:
        _fetch(version, fetched, cache, sources, say)
    for file in missing:
        if file.source:
            made = compile_library(version, cache, say)
            if made != file.digest:
                raise RuntimeUnavailable(
                    f"{file.name} of Pyodide {version} compiles to sha256 {made.sha256[:12]}…, "
                    f"which is not the lock's {file.digest.sha256[:12]}… (lock again)"
                )


def compile_library(version: str, cache: Cache, say: Say) -> Digest:
    """The compiled standard library of a version whose core is in the cache. Raises RuntimeUnavailable."""
    core = pins(version, cache)
    assert core is not None, "the core is fetched before it is compiled"
    source = core[STANDARD_LIBRARY]
    if made := compiled_before(source, core, cache):
        return made
    say(f"compiling the standard library of Pyodide {version}")
    try:
        return compile_zip("library", source, core, cache)
    except CompileError as error:
        raise RuntimeUnavailable(f"{STANDARD_LIBRARY} of Pyodide {version}: {error}") from None


def _fetch(
    version: str, wanted: Mapping[str, Digest | None], cache: Cache, sources: Sequence[str], say: Say
) -> dict[str, Digest]:
    """Ask one source after the other until nothing is missing. What has another digest than is wanted is not taken."""
    found: dict[str, Digest] = {}
    reasons = []
    for source in (source.replace("{version}", version) for source in sources):
        missing = [name for name in wanted if name not in found]
        try:
            with _opened(source, version, missing, say) as folder:
                absent = [name for name in missing if not (folder / name).is_file()]
                if absent:
                    reasons.append(f"{source} has no {', '.join(absent)}")
                for name in set(missing).difference(absent):
                    digest = Digest.of_file(folder / name)
                    if wanted[name] in (None, digest):
                        found[name] = cache.add_file(folder / name)
                    else:
                        reasons.append(f"{source} has another {name} (sha256 {digest.sha256[:12]}…)")
        except (DenoError, OSError) as error:
            reasons.append(f"{source}: {error}")
        if len(found) == len(wanted):
            return found
    missing = [name for name in wanted if name not in found]
    raise RuntimeUnavailable(
        f"{', '.join(missing)} of Pyodide {version} not in the cache, and not to be had: {'; '.join(reasons)} "
        "(connect to the network once, or name a folder or an address that has the files: --from)"
    )


@contextmanager
def _opened(source: str, version: str, names: Sequence[str], say: Say) -> Iterator[Path]:
    """A folder with those of the files that a source has: npm, an https address, or a folder."""
    if source != "npm" and "://" not in source:
        yield Path(source)
        return
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as name:
        scratch = Path(name)
        if source == "npm":
            say(f"fetching Pyodide {version} from npm")
            yield fetch_npm_package("pyodide", version, scratch)
            return
        for file in names:
            say(f"fetching {file} of Pyodide {version} from {source}")
            try:
                with urlopen(f"{source.rstrip('/')}/{file}", timeout=TIMEOUT_S) as response:
                    (scratch / file).write_bytes(response.read())
            except HTTPError as error:
                if error.code != HTTPStatus.NOT_FOUND:
                    raise
        yield scratch
