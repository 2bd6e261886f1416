"""What of the visits of a run is kept, and how much memory that counts as."""

import http.client
import io

import pytest
from paper_companion.evidence.net.connection import MAX_ALL_HEADERS_BYTES, Answer, Headers, _read_headers
from paper_companion.evidence.net.visits import Visit, Visits


def visit(body: bytes = b"", **headers: str) -> Visit:
    return Visit("http://site.example/", (Answer("http://site.example/", 200, Headers(headers.items()), body),))


def test_headers_count_as_memory_too():
    assert visit(link="x" * 50_000).size_bytes > visit().size_bytes + 50_000


def test_all_headers_of_an_answer_together_are_bounded():
    line = b"Link: " + b"x" * 60_000 + b"\r\n"
    enough = MAX_ALL_HEADERS_BYTES // len(line)

    assert len(_read_headers(io.BytesIO(line * enough + b"\r\n")).get_all("link")) == enough
    with pytest.raises(http.client.HTTPException, match="bytes of headers"):
        _read_headers(io.BytesIO(line * (enough + 1) + b"\r\n"))


def test_a_visit_under_way_is_not_forgotten_when_others_fill_the_memory():
    visits = Visits(kept_bytes=5000)

    def slow() -> Visit:
        for number in range(3):
            visits.get(number, lambda: visit(bytes(4000)))
        assert "slow" in visits
        return visit()

    visits.get("slow", slow)

    assert "slow" in visits


def test_what_is_kept_is_counted_as_it_comes_and_goes():
    visits = Visits(kept_bytes=20_000)

    for _ in range(3):
        for number in range(10):
            visits.get(number, lambda: visit(bytes(4000)))

    assert [number for number in range(10) if number in visits] == [7, 8, 9]


def test_what_was_asked_for_last_stays_longest():
    visits = Visits(kept_bytes=11_000)

    for key in ("a", "b", "a", "c"):
        visits.get(key, lambda: visit(bytes(4000)))

    assert [key for key in "abc" if key in visits] == ["a", "c"]
