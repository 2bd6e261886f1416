"""The cache: what is in it is what its name says."""

import pytest
from paper_companion.demo.cache import Cache, Digest


def test_what_was_added_is_found_by_its_digest(tmp_path):
    cache = Cache(tmp_path)

    digest = cache.add_bytes(b"some bytes")

    assert digest == Digest.of_bytes(b"some bytes")
    assert cache.get(digest).read_bytes() == b"some bytes"
    assert cache.get(Digest(3, "0" * 64)) is None


def test_a_file_that_was_damaged_on_disk_counts_as_absent_and_can_be_added_again(tmp_path):
    cache = Cache(tmp_path)
    digest = cache.add_bytes(b"some bytes")
    cache.get(digest).write_bytes(b"some bites")

    assert cache.get(digest) is None
    cache.add_bytes(b"some bytes")
    assert cache.get(digest) is not None


def test_the_folder_is_the_users_unless_another_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PAPER_COMPANION_CACHE", str(tmp_path / "mine"))

    assert Cache().folder == tmp_path / "mine"


def test_a_write_that_fails_leaves_nothing_behind(tmp_path):
    cache = Cache(tmp_path)
    tmp_path.joinpath("sha256").write_text("a file where a folder should be")

    with pytest.raises(OSError):
        cache.add_bytes(b"some bytes")

    assert [path.name for path in tmp_path.iterdir()] == ["sha256"]
