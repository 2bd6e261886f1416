"""The compiler: bytecode in place of sources, made by the very runtime that will read it, and kept in the cache.

Starting Python from compiled files takes less than half as long (benchmarks/start_up.py).
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.deno import SCRIPTS, DenoError, find_deno, run_script
from paper_companion.whole_file import copy_whole


class CompileError(Exception):
    """Something cannot be compiled. The text is one line."""


def can_compile() -> bool:
    """Whether there is a Deno to compile with."""
    return find_deno() is not None


def compiled_before(source: Digest, core: Mapping[str, Digest], cache: Cache) -> Digest | None:
    """What `source` was compiled to by this core, when it is still in the cache; `source` itself where it was kept."""
    noted = cache.note(_note(source, core))
    digest = Digest(*json.loads(noted)) if noted else None
    return digest if digest and cache.get(digest) else None


def compile_zip(kind: Literal["library", "wheel"], source: Digest, core: Mapping[str, Digest], cache: Cache) -> Digest:
    """Compile a zip of the cache, the standard library's or a wheel. The core's files are there, too.

    Raises CompileError.
    """
    path = cache.get(source)
    assert path is not None, "is fetched before it is compiled"
    with unpacked(core, cache) as folder:
        try:
            data = run_script("compile.mjs", [str(folder), kind], readable=[folder], input=path.read_bytes())
        except DenoError as error:
            raise CompileError(f"cannot be compiled: {error}") from None
    made = cache.add_bytes(data)
    keep(source, made, core, cache)
    return made


def keep(source: Digest, made: Digest, core: Mapping[str, Digest], cache: Cache) -> None:
    """Remember what `source` is compiled to by this core, or with `made` the same, that it stays as it is."""
    cache.add_note(_note(source, core), json.dumps([made.size_bytes, made.sha256]).encode())


@contextmanager
def unpacked(files: Mapping[str, Digest], cache: Cache) -> Iterator[Path]:
    """A folder with files of the cache under the given names, for as long as it is needed. Raises CompileError."""
    with tempfile.TemporaryDirectory(prefix="paper-companion-") as name:
        folder = Path(name).resolve()
        for file, digest in files.items():
            path = cache.get(digest)
            if path is None:
                raise CompileError(f"{file} is no longer in the cache ({cache.folder})")
            copy_whole(path, folder / file)
        yield folder


def _note(source: Digest, core: Mapping[str, Digest]) -> str:
    """Named after what decides the outcome: the runtime, our script and the source."""
    script = Digest.of_file(SCRIPTS / "compile.mjs")
    compiler = Digest.of_bytes("".join(digest.sha256 for digest in (*core.values(), script)).encode()).sha256
    return f"compiled-{compiler}-{source.sha256}.json"
