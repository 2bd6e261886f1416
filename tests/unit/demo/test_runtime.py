"""The runtime's files: any source will do, since only what was pinned is taken; and nothing is fetched twice."""

import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from paper_companion.demo import runtime
from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.runtime import RuntimeFile, RuntimeUnavailable, fetch_core, file_names, fill_cache

VERSION = "314.9.9"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the files of a version, and that version pinned."""
    folder = tmp_path / VERSION
    folder.mkdir()
    for name in file_names(VERSION):
        (folder / name).write_bytes(f"{name} of {VERSION}".encode())
    pins = {name: Digest.of_file(folder / name) for name in file_names(VERSION)}
    monkeypatch.setattr(runtime, "known_versions", lambda: {VERSION: pins})
    return folder


@contextmanager
def served(folder):
    asked = []

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, format, *arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def say(text):
    pass


def test_a_folder_and_an_address_are_as_good_and_a_second_time_nobody_is_asked(folder, tmp_path):
    with served(folder.parent) as (address, asked):
        cache = Cache(tmp_path / "cache")
        pins = fetch_core(VERSION, cache, [address + "/{version}/"], say)
        assert sorted(asked) == sorted(f"/{VERSION}/{name}" for name in file_names(VERSION))
        assert fetch_core(VERSION, cache, [address], say) == pins
        assert len(asked) == len(pins)

    assert fetch_core(VERSION, Cache(tmp_path / "other"), [str(folder)], say) == pins
    assert fetch_core(VERSION, cache, [], say) == pins


def test_what_one_source_lacks_comes_from_the_next_and_altered_files_are_passed_over(folder, tmp_path):
    worse = tmp_path / "worse"
    worse.mkdir()
    (worse / "pyodide.mjs").write_bytes(b"altered")
    cache = Cache(tmp_path / "cache")

    pins = fetch_core(VERSION, cache, [str(worse), str(folder)], say)

    assert cache.get(pins["pyodide.mjs"]).read_bytes() == f"pyodide.mjs of {VERSION}".encode()


def test_when_no_source_has_it_each_ones_reason_is_given(folder, tmp_path):
    (folder / "pyodide.mjs").write_bytes(b"altered")
    with served(tmp_path) as (address, _), pytest.raises(RuntimeUnavailable) as error:
        fetch_core(VERSION, Cache(tmp_path / "cache"), [str(folder), address + "/{version}", "http://127.0.0.1:1"], say)

    text = str(error.value)
    assert "has another pyodide.mjs (sha256 " in text
    assert f"{address}/{VERSION} has another pyodide.mjs" in text
    assert "http://127.0.0.1:1: <urlopen error [Errno 111] Connection refused>" in text
    assert text.endswith("name a folder or an address that has the files: --from)")


def test_a_version_that_is_not_pinned_is_taken_from_the_first_source_and_pinned_by_it(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "known_versions", dict)
    cache = Cache(tmp_path / "cache")
    pins = fetch_core(VERSION, cache, [str(folder)], say)
    (folder / "pyodide.mjs").write_bytes(b"altered since")

    assert fetch_core(VERSION, cache, [str(folder)], say) == pins
    missing = RuntimeFile("pyodide.mjs", pins["pyodide.mjs"])
    with pytest.raises(RuntimeUnavailable, match=r"has another pyodide\.mjs"):
        fill_cache(VERSION, [missing], Cache(tmp_path / "other"), [str(folder)], say)


def test_a_damaged_file_of_the_cache_is_fetched_again(folder, tmp_path):
    cache = Cache(tmp_path / "cache")
    pins = fetch_core(VERSION, cache, [str(folder)], say)
    cache.get(pins["pyodide.mjs"]).write_bytes(b"rot")

    assert fetch_core(VERSION, cache, [str(folder)], say) == pins
    assert cache.get(pins["pyodide.mjs"]) is not None


@pytest.mark.parametrize(
    ("version", "supported"),
    [("314.0.7", True), ("0.27.0", True), ("0.26.4", False), ("0.27", False), ("latest", False), ("1.2.3a", False)],
)
def test_versions_from_0_27_on_are_supported(version, supported):
    assert runtime.is_supported(version) is supported


def test_every_pinned_version_has_the_files_of_its_core():
    for version, pins in runtime.known_versions().items():
        assert tuple(pins) == file_names(version)
        assert all(len(digest.sha256) == 64 and digest.size_bytes for digest in pins.values())
