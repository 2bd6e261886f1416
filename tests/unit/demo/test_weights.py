"""Weights of a demo: by path, in several files, in one of several formats, or fetched by hash when it is locked."""

import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from paper_companion.demo.cache import Cache
from paper_companion.demo.lock import fetch_files, locked_files
from paper_companion.paper.reader import PaperError, read_paper


class _Handler(SimpleHTTPRequestHandler):
    requests: list[str]

    def do_GET(self):
        self.requests.append(self.path)
        super().do_GET()

    def log_message(self, *_):
        pass


@pytest.fixture
def server(tmp_path):
    """A host of weights: `url`, `folder` and the `requests` that it was sent."""
    folder = tmp_path / "host"
    folder.mkdir()
    handler = type("Handler", (_Handler,), {"requests": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.url, server.folder, server.requests = f"http://127.0.0.1:{server.server_port}", folder, handler.requests
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def paper_of(folder, files: str, weights: str = "w"):
    (folder / ".git").mkdir(exist_ok=True)
    (folder / "app.py").write_text("def f(x):\n    return x\n")
    path = folder / "paper.yml"
    path.write_text(
        f"paper: {{title: T}}\nweights:\n  - id: w\n    files:\n{files}demo:\n  run: app.py:f\n  weights: {weights}\n"
    )
    return read_paper(path)


def weights_of(paper_file):
    return {file.path: file for file in locked_files(paper_file) if file.role == "weights"}


def test_shards_keep_their_relative_paths(tmp_path):
    lines = ""
    (tmp_path / "model").mkdir()
    for number in (1, 2, 3):
        data = bytes([number]) * number
        (tmp_path / f"model/shard-{number}.bin").write_bytes(data)
        lines += f"      - {{path: model/shard-{number}.bin, sha256: {sha256(data)}}}\n"

    found = weights_of(paper_of(tmp_path, lines))

    assert {path: file.digest.size_bytes for path, file in found.items()} == {
        f"model/shard-{number}.bin": number for number in (1, 2, 3)
    }


def test_one_of_several_formats_can_be_picked(tmp_path):
    lines = ""
    for name in ("w.onnx", "w.npz"):
        (tmp_path / name).write_text(name)
        kind = name.partition(".")[2]
        lines += f"      - {{path: {name}, format: {kind}, sha256: {sha256(name.encode())}}}\n"

    assert list(weights_of(paper_of(tmp_path, lines))) == ["w.npz", "w.onnx"]
    assert list(weights_of(paper_of(tmp_path, lines, "w#npz"))) == ["w.npz"]
    with pytest.raises(PaperError, match=r"demo\.weights: w has no file of format 'npy' \(did you mean npz\?\)"):
        paper_of(tmp_path, lines, "w#npy")


@pytest.mark.parametrize(("path", "place"), [("", "w.bin"), ("path: model/big.bin, ", "model/big.bin")])
def test_what_lies_elsewhere_is_fetched_once_by_its_hash_and_has_a_place(tmp_path, server, path, place):
    data = b"weights" * 1000
    (server.folder / "w.bin").write_bytes(data)
    url = f"{server.url}/w.bin"
    line = f"      - {{{path}url: '{url}?download=true', size: {len(data)}, sha256: {sha256(data)}}}\n"
    paper_file, cache = paper_of(tmp_path, line), Cache(tmp_path / "cache")

    (file,) = weights_of(paper_file).values()
    assert server.requests == []  # what is declared is enough to know whether a lock still holds
    for _ in range(2):
        fetch_files(paper_file, [file], cache, lambda text: None)

    assert file.path == place
    assert cache.get(file.digest).read_bytes() == data
    assert server.requests == ["/w.bin?download=true"]


def test_a_copy_in_the_project_is_used_and_must_be_the_same(tmp_path, server):
    data = b"weights"
    (tmp_path / "w.bin").write_bytes(data)
    line = f"      - {{path: w.bin, url: '{server.url}/w.bin', sha256: {sha256(data)}}}\n"
    paper_file = paper_of(tmp_path, line)

    fetch_files(paper_file, weights_of(paper_file).values(), Cache(tmp_path / "cache"), print)

    assert server.requests == []
    (tmp_path / "w.bin").write_bytes(b"other")
    with pytest.raises(PaperError, match=r"weights\[0\]\.files\[0\]\.sha256: w\.bin has sha256"):
        locked_files(paper_file)


@pytest.mark.parametrize(
    ("served", "told"),
    [
        (b"other!!", "it has 7 bytes and sha256"),
        (b"weights and more", "it is larger than 7 bytes"),
        (b"weight", "it has 6 bytes"),
        (None, "HTTP 404 File not found"),
    ],
)
def test_another_file_at_the_address_is_refused_by_name(tmp_path, server, served, told):
    if served is not None:
        (server.folder / "w.bin").write_bytes(served)
    line = f"      - {{url: '{server.url}/w.bin', size: 7, sha256: {sha256(b'weights')}}}\n"
    paper_file, cache = paper_of(tmp_path, line), Cache(tmp_path / "cache")

    with pytest.raises(PaperError) as caught:
        fetch_files(paper_file, weights_of(paper_file).values(), cache, lambda text: None)

    assert f"demo.weights: w.bin cannot be had from {server.url}/w.bin: " in str(caught.value)
    assert told in str(caught.value)
    assert not any(path.is_file() for path in (tmp_path / "cache").rglob("*"))


def test_what_is_fetched_needs_its_size(tmp_path):
    line = f"      - {{url: 'https://example.org/w.bin', sha256: {sha256(b'')}}}\n"

    with pytest.raises(PaperError, match=r"weights\[0\]\.files\[0\]\.size: is required for w\.bin"):
        locked_files(paper_of(tmp_path, line))


def test_two_files_of_one_name_need_a_path(tmp_path):
    line = f"      - {{url: 'https://example.org/%s/w.bin', size: 0, sha256: {sha256(b'')}}}\n"

    with pytest.raises(PaperError, match=r"another file is called w\.bin too \(add a path\)"):
        locked_files(paper_of(tmp_path, line % "a" + line % "b"))
