"""Files that are written whole or not at all: under a temporary name in the same folder, then renamed."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

CHUNK_BYTES = 1 << 20
# No write takes so long: what is older was left behind by a process that was killed.
LEFT_BEHIND_AFTER_S = 3600.0
_SUFFIX = ".tmp"


def write_whole(target: Path, data: bytes) -> None:
    """Write `data` to `target`; its folder is made when it is missing. Raises OSError."""
    with _appearing(target) as stream:
        stream.write(data)


def clear_left_behind(target: Path) -> None:
    """Delete what killed processes left beside `target` while they were writing it. Raises OSError."""
    for path in target.parent.iterdir():
        if path.name.startswith(_prefix(target)) and path.name.endswith(_SUFFIX):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - LEFT_BEHIND_AFTER_S:
                    path.unlink()


def copy_whole(source: Path, target: Path) -> None:
    """Write the bytes of `source` to `target`; its folder is made when it is missing. Raises OSError."""
    with source.open("rb") as original, _appearing(target) as stream:
        shutil.copyfileobj(original, stream, CHUNK_BYTES)


def _prefix(target: Path) -> str:
    return f".{target.name[:32]}."


@contextmanager
def _appearing(target: Path) -> Iterator[BinaryIO]:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle, name = tempfile.mkstemp(prefix=_prefix(target), suffix=_SUFFIX, dir=target.parent)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            # mkstemp makes files that only their owner may read; a site's files are for everybody.
            umask = os.umask(0)
            os.umask(umask)
            temporary.chmod(0o666 & ~umask)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        # Nobody knows the temporary name, and a full disk comes without any.
        error.filename, error.filename2 = str(target), None
        raise
