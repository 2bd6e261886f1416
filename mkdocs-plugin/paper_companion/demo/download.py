"""Downloads: one file from an address, whose size and sha256 are known before."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import BinaryIO
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

from paper_companion.demo.cache import Digest

TIMEOUT_S = 60
CHUNK_BYTES = 1 << 20


@contextmanager
def opened(url: str) -> Iterator[BinaryIO]:
    """What an address answers. Raises OSError, FileNotFoundError when it is not there."""
    try:
        response = urlopen(url, timeout=TIMEOUT_S)
    except HTTPError as error:
        error.close()
        missing = error.code in (HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
        raise (FileNotFoundError if missing else OSError)(f"HTTP {error.code} {error.reason}") from None
    with response:
        yield response


def download(url: str, digest: Digest) -> bytes:
    """The file, no byte more than its size. Raises OSError, and ValueError when it is another file."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("only http and https can be fetched")
    data = io.BytesIO()
    with opened(url) as response:
        while chunk := response.read(min(CHUNK_BYTES, digest.size_bytes + 1 - data.tell())):
            data.write(chunk)
    found = Digest.of_bytes(data.getvalue())
    if found.size_bytes > digest.size_bytes:
        raise ValueError(f"it is larger than {digest.size_bytes} bytes")
    if found != digest:
        raise ValueError(f"it has {found.size_bytes} bytes and sha256 {found.sha256}, not {digest.sha256}")
    return data.getvalue()
