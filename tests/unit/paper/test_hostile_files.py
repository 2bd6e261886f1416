"""Whatever a file holds: no traceback, no long wait, and every problem at a place that is inside the file."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper_companion.paper.reader import PaperError, parse_paper

PROJECT = Path(__file__).parent / "project"
PAPER = PROJECT / "docs" / "paper.yml"
FULL = PAPER.read_text(encoding="utf-8")
LIMIT_S = 2.0  # of the processor's time: nothing here waits, and a busy machine shall not fail the test

SMALL = "paper:\n  title: x\n"
HOSTILE = {
    "a document of nothing": "---\n#",
    "billion laughs": SMALL
    + "links:\n  - &a0 [x, x]\n"
    + "".join(f"  - &a{i} [{f'*a{i - 1}, ' * 10}]\n" for i in range(1, 12)),
    "laughs that fit the model": SMALL
    + "weights:\n  - &w {id: a, files: &f ["
    + "{url: 'https://example.org'}, " * 300
    + "]}\n"
    + "  - {id: b, files: *f}\n" * 400,
    "an alias inside itself": "&a\npaper: *a\n",
    "brackets": SMALL + "links: " + "[" * 100_000,
    "braces": SMALL + "links: " + "{a: " * 100_000,
    "dashes": SMALL + "links:\n" + "- " * 100_000,
    "question marks": "? " * 400_000,
    "ever deeper": "".join(f"{' ' * depth}a:\n" for depth in range(1200)),
    "10 MB": SMALL + "  abstract: " + "x" * 10_000_000,
    "a megabyte of short items": SMALL + "keywords:\n" + "- a\n" * 240_000,
    "a megabyte of unknown keys": SMALL + "".join(f"k{i}: 1\n" for i in range(90_000)),
    "a megabyte in one key": SMALL + "k" * 990_000 + ": 1\n",
    "a megabyte of digits": SMALL + "results: [{id: a, value: " + "9" * 990_000 + "}]\n",
    "a megabyte of quote": SMALL + '  abstract: "' + "line\n" * 190_000,
    "a megabyte of colons": SMALL + ":" * 990_000,
    "a megabyte of anchors": SMALL + "".join(f"k{i}: &a{i} x\n" for i in range(50_000)),
    "thousands of unknown licences": SMALL
    + "weights:\n"
    + "".join(f"- {{id: a{i}, url: 'https://x.y', license: Lic-{i}}}\n" for i in range(10_000)),
    "thousands of broken references": SMALL
    + "results:\n"
    + "".join(f"- {{id: r{i}, weights: w{i}}}\n" for i in range(12_000)),
    "an endless address": SMALL + "  url: https://" + "a." * 400_000 + "!\n",
    "an endless image": SMALL + "environment: {image: '" + "a:" * 400_000 + "!'}\n",
    "an endless DOI": SMALL + "  doi: 10.11111" + ".1" * 400_000 + "\n",
    "an endless licence": SMALL + "  license: " + "(" * 990_000 + "\n",
    "many stars": SMALL + "demo: {run: a.py:b, files: ['" + "**/" * 200 + "x']}\n",
    "nothing but zeros": b"\0" * 100_000,
    "every byte": bytes(range(256)) * 100,
    "UTF-16": SMALL.encode("utf-16"),
    "Latin 1": "paper:\n  title: café\n".encode("latin-1"),
    "a byte order mark in the middle": f"{SMALL}\ufeff  doi: x\n",
    "line separators": f"{SMALL}  abstract: a\u2028b\x85c\n  doi: x\n",
    "a NUL for a root": 'root: "\\0"\n' + SMALL,
    "an object to construct": SMALL + "  doi: !!python/object/apply:os.system [ls]\n",
}


def read(data: bytes) -> list[str]:
    """Reads the bytes as a paper file; checks every problem's form and place; returns the problems."""
    start = time.process_time()
    try:
        parse_paper(data, PAPER)
        problems = ()
    except PaperError as error:
        problems = error.problems
        assert problems
    assert time.process_time() - start < LIMIT_S
    lines = re.split("\r\n|\r|\n", data.decode("utf-8-sig", "replace"))
    for problem in problems:
        text = str(problem)
        assert text.isprintable(), text
        assert len(text) < 1500
        if problem.path == PAPER:
            assert 1 <= problem.line <= len(lines), text
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1, text
    return [str(problem) for problem in problems]


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_end_in_problems_with_a_place(source: str | bytes) -> None:
    assert read(source if isinstance(source, bytes) else source.encode())


@pytest.mark.parametrize(
    "source",
    [
        FULL.replace("\n", "\r\n"),
        FULL.replace("\n", "\r"),
        "\ufeff" + FULL,
        FULL.replace("LeafGrade: compact", "葉の形 🍃 Ελληνικά עברית"),
        "%YAML 1.2\n---\n" + FULL + "...\n",
    ],
    ids=["CRLF", "CR", "byte order mark", "not Latin", "a document with its marks"],
)
def test_files_in_other_clothes_are_read(source: str) -> None:
    assert read(source.encode()) == []


def test_aliases_repeat_a_value() -> None:
    paper = parse_paper(
        b"paper:\n  title: x\n  authors:\n  - {family: A, affiliation: &here Example University}\n"
        b"  - {family: B, affiliation: *here}\n",
        PAPER,
    ).paper
    assert paper.paper.authors[0].affiliation == paper.paper.authors[1].affiliation == ("Example University",)


def test_at_most_a_hundred_problems_are_told() -> None:
    assert len(read((SMALL + "".join(f"k{i}: 1\n" for i in range(500))).encode())) == 100


PIECES = st.sampled_from(
    [
        *("\t", "\0", "\x85", "\u2028", "\ufeff", "é", "漢字", "😀", "\r", "\r\n", "\n", "\x1b[31m", "\ud7ff"),
        *("&a ", "*a", "&a [*a]", "<<: *a", "!!python/name:os.system ", "!x", "---\n", "...\n", "%YAML 3.0\n"),
        *("'", '"', "[", "]", "{", "}", ": ", "- ", "? ", "|", "> ", "#", "@", "`", "[[]]", "{}", "[]", "~", ""),
        *("null", "no", "1e999", "-1", "0x10", "1_000", "9" * 40, ".inf", '"\\0"', '"\\ud800"', '"\\x85"'),
        *("../..", "**", "(((", "MIT AND", "10.5555/x y", "swh:1:rev:0", "https://[", "a.py:b", "iframe", "withdrawn"),
    ]
)


@st.composite
def mutated_papers(draw: st.DrawFn) -> bytes:
    """The full file after a few strokes of bad luck."""
    text = FULL
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        stroke = draw(st.integers(0, 8))
        if stroke == 0:
            text = text[:at]
        elif stroke == 1:
            text = text[:at] + draw(PIECES) + text[at:]
        elif stroke == 2:
            text = text[:at] + text[at + draw(st.integers(1, 40)) :]
        elif stroke == 3:  # a value of another type
            value = draw(PIECES).replace("\\", "\\\\")
            text = text[:at] + re.sub(r"(?<=: )[^\s,{}\[\]]+", value, text[at:], count=1)
        elif stroke == 4:  # a misspelt key
            text = text[:at] + re.sub(r"(?<=[a-z])[a-z](?=[a-z]*:)", draw(st.sampled_from("aexz_")), text[at:], count=1)
        elif stroke == 5:  # a line out of place
            end = text.find("\n", at) + 1 or len(text)
            text = text[:end] + " " * draw(st.integers(0, 9)) + text[end:].lstrip(" ")
        elif stroke == 6:  # a part repeated
            text = text[:at] + text[max(at - draw(st.integers(1, 200)), 0) : at] + text[at:]
        elif stroke == 7:
            text = text.replace("\n", draw(st.sampled_from(["\r\n", "\r", "\n\n", " \n"])))
        else:
            text = text.replace("  ", "\t", draw(st.integers(1, 3)))
    data = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(data)))
        data = data[:at] + draw(st.binary(min_size=1, max_size=8)) + data[at:]
    return data


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutated_papers())
def test_thousands_of_mutated_files_are_read_or_refused_with_a_place(data: bytes) -> None:
    read(data)
