"""Files: size, hash and header of what lies in the project or is offered for download."""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from paper_companion.evidence.download import download
from paper_companion.evidence.headers import format_of, is_pickle, judge_header
from paper_companion.evidence.hosts.api import Api
from paper_companion.evidence.hosts.file_facts import FileFacts
from paper_companion.evidence.judgement import Cost, Judgement, broken, failed, ok, unknown, warning
from paper_companion.evidence.known import KnownServices
from paper_companion.evidence.markup import is_html, title_of
from paper_companion.evidence.model import Outcome, Rung
from paper_companion.evidence.net.address import parse_address
from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.net.web import Web
from paper_companion.evidence.pages import answer_behind, judge_page, moved
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.remote_headers import NotLookedAt, judge_remote_header
from paper_companion.evidence.subjects import Subject

_PDF = b"%PDF-"
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
# Hashing keeps a core busy each; more at once would only make all of them slower.
_CORES = threading.BoundedSemaphore(os.cpu_count() or 1)
PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class FileJudge:
    """Judges files. Without a web and services, only local ones."""

    root: Path
    folder: Path
    """Where interrupted downloads wait to be continued."""
    web: Web | None = None
    known: KnownServices | None = None
    download_limit_bytes: int = 100_000_000
    progress: Progress = field(default_factory=Progress)

    def judge(self, subject: Subject) -> Judgement | None:
        """A file is as good as the worst of the places where it is said to be; None when none can be looked at here."""
        file = subject.file
        assert file is not None
        judgements = []
        if file.path and ((self.root / file.path).exists() or not file.url):
            judgements.append(self._local(self.root / file.path, subject))
        if file.url and self.web is not None:
            judgements.append(self._remote(file.url, subject))
        if not judgements:
            return None
        worst = max(judgements, key=lambda judgement: _WORSE.index(judgement.verdict))
        rung = min((judgement.rung for judgement in judgements), key=lambda rung: rung.height)
        details = {key: value for judgement in judgements for key, value in judgement.details.items()}
        return replace(worst, rung=rung, details=details)

    def _local(self, path: Path, subject: Subject) -> Judgement:
        file = subject.file
        assert file is not None
        try:
            size_bytes = path.stat().st_size
            if file.size_bytes is not None and size_bytes != file.size_bytes:
                return broken(f"has {size_bytes:,} bytes, the paper file says {file.size_bytes:,}")
            with path.open("rb") as stream:
                start = stream.read(4096)
            if start.startswith(_LFS_POINTER):
                return broken("is a Git LFS pointer, not the file", "git lfs pull")
            if format_of(file) == "pdf" and _PDF not in start:
                return broken(f"is {'an HTML page' if is_html(start) else 'something else'}, not a PDF")
            sha256 = hash_file(path, self.progress)
            if not path.resolve().is_relative_to(self.root.resolve()) and sha256 != file.sha256:
                # A link in a stranger's project may lead anywhere: what is there is not told.
                sha256 = "of a file outside of the project"
            if file.sha256 is not None and sha256 != file.sha256:
                return broken(f"has the sha256 {sha256}, the paper file says another")
            wrong = judge_header(path, subject)
        except OSError as error:
            return broken(f"cannot be read: {error.strerror or error}")
        if wrong is not None:
            return wrong
        rung = Rung.VERIFIED if file.sha256 is not None else Rung.LINKED
        return _with_risks(ok(rung, size_bytes=size_bytes, sha256=sha256, hashed="here"), subject, start)

    def _remote(self, url: str, subject: Subject) -> Judgement:
        assert self.web is not None
        assert self.known is not None
        api = Api(self.web)
        facts = self.known.file_facts(api, url, subject.access)
        url = self.known.asked_at(url)
        if isinstance(facts, Judgement):
            return api.paid(facts)
        if facts is not None:
            judgement = _by_facts(facts, subject)
            if judgement is not None:
                if judgement.good and not judgement.details.get("gated"):
                    judgement = self._with_header(judgement, facts.url or url, subject, facts.size_bytes, b"", api.cost)
                return api.paid(judgement)
        return self._by_looking(url, subject, facts, api.cost)

    def _by_looking(self, url: str, subject: Subject, facts: FileFacts | None, cost: Cost) -> Judgement:
        assert self.web is not None
        file = subject.file
        assert file is not None
        address = parse_address(url)
        if isinstance(address, Failure):
            return failed(address)
        visit = cost.of(self.web.page(url))
        answer = visit.final
        if answer is None or not 200 <= answer.status < 300:
            # Whether it is gone, moved or behind a wall is judged as for any link; a file has no anchors or titles.
            judgement = judge_page(self.web, url)
            cost = Cost(cost.requests + judgement.requests, cost.received_bytes + judgement.received_bytes)
            if not judgement.good:
                return judgement.paid(cost)
            answer = answer_behind(self.web, url)
            if answer is None:
                return unknown("answers one time and not the other").paid(cost)
        wrong = _not_the_file(answer, subject)
        if wrong is not None:
            return wrong.paid(cost)
        size_bytes = answer.size_bytes
        if file.size_bytes is not None and size_bytes is not None and size_bytes != file.size_bytes:
            said = f"has {size_bytes:,} bytes, the paper file says {file.size_bytes:,}"
            return broken(said).paid(cost)
        judgement = moved(address, visit) or ok(size_bytes=size_bytes)
        if file.sha256 is not None:
            judgement = self._by_hashing(answer, subject, size_bytes, judgement, cost)
        if judgement.good and judgement.rung is not Rung.VERIFIED:
            judgement = self._with_header(judgement, answer.url, subject, size_bytes, answer.body, cost)
        if facts is not None and judgement.good:
            judgement = replace(judgement, details={**judgement.details, "size_from": facts.source})
        return (_with_risks(judgement, subject, answer.body) if judgement.good else judgement).paid(cost)

    def _by_hashing(
        self, answer: Answer, subject: Subject, size_bytes: int | None, so_far: Judgement, cost: Cost
    ) -> Judgement:
        assert self.web is not None
        file = subject.file
        assert file is not None
        limit = self.download_limit_bytes
        declared = file.size_bytes
        if size_bytes is not None and size_bytes > limit:
            reason = f"was not hashed: {size_bytes / 1e6:,.0f} MB are more than is downloaded for it (--download)"
            return replace(so_far, reason=so_far.reason or reason)

        came = download(
            self.web,
            answer.url,
            min(limit, limit if declared is None else declared),
            self.folder,
            cost,
            lambda path: judge_header(path, subject),
            self.progress,
        )
        if isinstance(came, Failure):
            if came.kind is FailureKind.TOO_LARGE and declared is not None and declared <= limit:
                return broken(f"has more than the {declared:,} bytes that the paper file says")
            if came.kind is FailureKind.TOO_LARGE:
                return replace(so_far, reason=so_far.reason or came.message)
            return replace(failed(came), verdict=Outcome.UNKNOWN)
        whole, wrong = came
        if whole.sha256 != file.sha256:
            return broken(f"has the sha256 {whole.sha256}, the paper file says another")
        if wrong is not None:
            return wrong
        details = {**so_far.details, "sha256": whole.sha256, "hashed": "downloaded"}
        return replace(so_far, rung=Rung.VERIFIED, details=details)

    def _with_header(
        self, so_far: Judgement, url: str, subject: Subject, size_bytes: int | None, start: bytes, cost: Cost
    ) -> Judgement:
        assert self.web is not None
        seen = judge_remote_header(self.web, url, subject, size_bytes, start, self.download_limit_bytes, cost)
        if isinstance(seen, NotLookedAt):
            said = f"its header was not looked at: {seen.because}"
            return replace(so_far, reason="; ".join(filter(None, (so_far.reason, said))))
        return seen or so_far


_WORSE = (Outcome.OK, Outcome.WARNING, Outcome.UNKNOWN, Outcome.BROKEN)


def hash_file(path: Path, progress: Progress | None = None) -> str:
    """The sha256 of a file, read in pieces; several at once, one a core. Raises OSError."""
    digest = hashlib.sha256()
    buffer = bytearray(PIECE_BYTES)
    if progress is not None:
        progress.expect(path.stat().st_size)
    view = memoryview(buffer)
    with _CORES, path.open("rb", buffering=0) as stream:
        while count := stream.readinto(buffer):
            digest.update(view[:count])
            if progress is not None:
                progress.read(count)
    return digest.hexdigest()


def _by_facts(facts: FileFacts, subject: Subject) -> Judgement | None:
    """The judgement that a host's own records allow; None when they do not say enough to spare a look."""
    file = subject.file
    assert file is not None
    if file.size_bytes is not None and facts.size_bytes is not None and facts.size_bytes != file.size_bytes:
        return broken(f"has {facts.size_bytes:,} bytes at {facts.source}, the paper file says {file.size_bytes:,}")
    if file.sha256 and facts.sha256 and facts.sha256 != file.sha256:
        return broken(f"has the sha256 {facts.sha256} at {facts.source}, the paper file says another")
    rung = Rung.VERIFIED if file.sha256 and facts.sha256 == file.sha256 else Rung.LINKED
    details: dict[str, Any] = {"size_bytes": facts.size_bytes}
    if facts.sha256:
        details |= {"sha256": facts.sha256, "hash_from": facts.source}
    elif facts.md5:
        details |= {"md5": facts.md5, "hash_from": facts.source}
    if facts.remark:
        gated = facts.remark.startswith("is gated")
        if gated and subject.access != "open":
            return ok(gated=True)
        return warning(facts.remark, facts.moved_to, rung, **details, **({"gated": True} if gated else {}))
    if rung is Rung.LINKED and file.sha256 is not None:
        return None
    return _with_risks(ok(rung, **details), subject, b"")


def _not_the_file(answer: Answer, subject: Subject) -> Judgement | None:
    """Something else in the place of a file, though the server says that all is well."""
    if answer.body.startswith(_LFS_POINTER):
        return broken("is a Git LFS pointer, not the file", "link to the file's own address, such as …/resolve/…")
    file = subject.file
    assert file is not None
    if is_html(answer.body) and format_of(file) not in ("html", "htm", "xhtml"):
        title = title_of(answer.body)
        if "virus scan" in title.lower():
            return unknown("asks people to confirm that it was not scanned for viruses: no program can download it")
        return broken(f"is an HTML page, not a file{f' (“{title[:80]}”)' if title else ''}")
    return None


def _with_risks(judgement: Judgement, subject: Subject, start: bytes) -> Judgement:
    file = subject.file
    assert file is not None
    if judgement.verdict is Outcome.OK and subject.weights is not None and is_pickle(file, start):
        reason = "is a pickle: whoever loads it lets it run code"
        return replace(judgement, verdict=Outcome.WARNING, reason=reason, suggestion="offer safetensors beside it")
    return judgement
