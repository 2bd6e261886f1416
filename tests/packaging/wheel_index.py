"""Wheels of a few bytes, and a package index on this machine that has them."""

import base64
import hashlib
import io
import threading
import zipfile
from collections.abc import Iterable
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def wheel(
    name: str, version: str, requires: Iterable[str] = (), *, extras: str = "", files=(("data.txt", "x"),)
) -> bytes:
    """A wheel with the given requirements and files, the files in a package of its name."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Provides-Extra: {extra}" for extra in extras.split()]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    folder = f"{name}-{version}.dist-info"
    contents = {f"{name}/{path}": text.encode() for path, text in files}
    contents[f"{folder}/METADATA"] = "\n".join([*lines, ""]).encode()
    contents[f"{folder}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\n"
    record = [f"{path},sha256={_digest(body)},{len(body)}" for path, body in contents.items()]
    contents[f"{folder}/RECORD"] = "\n".join([*record, f"{folder}/RECORD,,", ""]).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, body in contents.items():
            archive.writestr(path, body)
    return stream.getvalue()


def add_to(folder: Path, name: str, version: str, tag: str = "py3-none-any", requires=(), **options) -> Path:
    """Put a wheel into a folder of an index, which has one folder a package."""
    path = folder / name / f"{name}-{version}-{tag}.whl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(wheel(name, version, requires, **options))
    return path


@contextmanager
def serving_index(folder: Path):
    """The address of an index whose pages are the listings of its folders."""
    handler = partial(_Handler, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
