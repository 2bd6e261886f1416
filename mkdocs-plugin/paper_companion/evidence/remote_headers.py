"""The header of a file on offer, read from its first bytes: no file of gigabytes is downloaded for its header."""

from __future__ import annotations

from dataclasses import dataclass

from paper_companion.evidence.headers import compare_header, format_of, unreadable_header
from paper_companion.evidence.judgement import Cost, Judgement
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.subjects import Subject
from paper_companion.paper.imports.fill import ImportProblem
from paper_companion.paper.imports.onnx import onnx_outline
from paper_companion.paper.imports.safetensors import LENGTH_BYTES, header_bytes, safetensors_outline

# Inputs and outputs come after the weights in an ONNX file, so that it has to be there as a whole.
ONNX_BYTES = 8_000_000


@dataclass(frozen=True)
class NotLookedAt:
    """A header that was not read; `because` ends the sentence."""

    because: str


def judge_remote_header(
    web: Web, url: str, subject: Subject, size_bytes: int | None, start: bytes, limit_bytes: int, cost: Cost
) -> Judgement | NotLookedAt | None:
    """What is wrong with a header; None when it agrees, or when there is nothing that it could disagree with.

    `start` is what of the file has been seen already; the size is None where nobody says it. No more than `limit_bytes`
    are asked for, but for what any look at a page takes.
    """
    if not _can_disagree(subject):
        return None
    file = _Beginning(web, url, start, limit_bytes, cost)
    try:
        if format_of(subject.file) == "safetensors":
            length = header_bytes(file.upto(LENGTH_BYTES), size_bytes)
            whole = LENGTH_BYTES + length
            left = None if size_bytes is None else size_bytes - whole
            outline = safetensors_outline(file.upto(whole)[LENGTH_BYTES:], left)
        else:
            if size_bytes is None or size_bytes > ONNX_BYTES:
                return NotLookedAt("the whole of an ONNX file is needed for that")
            outline = onnx_outline(file.upto(size_bytes))
    except _Unread as unread:
        return NotLookedAt(str(unread))
    except ImportProblem as problem:
        return unreadable_header(problem)
    return compare_header(outline, subject)


def _can_disagree(subject: Subject) -> bool:
    weights, file = subject.weights, subject.file
    if weights is None or file is None:
        return False
    match format_of(file):
        case "safetensors":
            return bool(weights.parameters is not None or weights.dtypes or weights.tensors)
        case "onnx":
            return bool(file.opset is not None or weights.inputs or weights.outputs)
    return False


class _Unread(Exception):
    """The beginning of a file did not come; says why."""


class _Beginning:
    """The first bytes of a file, asked for as far as they are needed, from servers with and without ranges."""

    def __init__(self, web: Web, url: str, start: bytes, limit_bytes: int, cost: Cost) -> None:
        self._web = web
        self._url = url
        self._bytes = start
        self._limit_bytes = limit_bytes
        self._cost = cost

    def upto(self, count: int) -> bytes:
        """The first `count` bytes. Raises _Unread."""
        if len(self._bytes) < count:
            # Never less than what any look at a page takes: most headers are in it.
            wanted = max(count, self._web.limits.page_bytes)
            if wanted > max(self._limit_bytes, self._web.limits.page_bytes):
                raise _Unread(f"{count:,} bytes are more than is downloaded for it (--download)")
            headers = {"Range": f"bytes=0-{wanted - 1}"}
            visit = self._cost.of(self._web.visit(self._url, headers=headers, body_bytes=wanted))
            if visit.final is None:
                raise _Unread(visit.failure.message if visit.failure is not None else "no answer")
            if visit.status not in (200, 206):
                raise _Unread(f"it answers {visit.status}")
            if visit.status == 206 and not visit.final.header("content-range").startswith("bytes 0-"):
                raise _Unread("it sends another range than was asked for")
            # Storage that was redirected to is asked again without the detour.
            self._url, self._bytes = visit.final.url, visit.final.body
            if len(self._bytes) < count:
                raise _Unread(f"only {len(self._bytes):,} of {count:,} bytes came")
        return self._bytes[:count]
