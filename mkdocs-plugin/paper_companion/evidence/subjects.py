"""What of a paper file can be looked at: each address, identifier, file and claim, with what it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from paper_companion.evidence.install import packages_in
from paper_companion.evidence.model import Evidence, Kind, Observation
from paper_companion.evidence.net.redaction import redacted
from paper_companion.paper.artifacts import Code, Dataset, Environment, File, Weights
from paper_companion.paper.identifiers import doi_url
from paper_companion.paper.interface import Demo, HostedDemo
from paper_companion.paper.model import Paper, Publication, Result


class Role(StrEnum):
    """What an address or identifier is for; decides what has to be true of it."""

    PAGE = "page"
    DOCUMENT = "document"
    DOI = "DOI"
    CONCEPT_DOI = "concept DOI"
    ARXIV = "arXiv"
    REPOSITORY = "repository"
    SWHID = "Software Heritage id"
    IMAGE = "container image"
    PACKAGE = "package"
    FILE = "file"
    FRAME = "frame"
    BROWSER = "fetched by the browser"


@dataclass(frozen=True)
class Subject:
    """One thing to look at. `keys` lead to its place in the YAML, `name` is how evidence calls it (see model)."""

    name: str
    keys: tuple[str | int, ...]
    role: Role
    address: str
    """A URL, DOI, identifier or, for a file that lies in the project alone, its path."""
    access: str = "open"
    file: File | None = None
    code: Code | None = None
    weights: Weights | None = None
    """The weights that the file holds, for what their header says."""
    fetched: bool = False
    """Whether a demo in the reader's browser needs the file, and the project holds no copy for the site to serve."""
    endpoint: str = ""
    """The Gradio endpoint that a demo calls; empty when it names none."""
    wanted_by: str = ""
    """The component whose badge it counts for: `code`, `weights[leafgrade-s]`, …; empty for none."""
    essential: bool = True
    """Whether the component's rung depends on it; a failure counts either way."""

    @property
    def kind(self) -> Kind:
        """The kind of observation that looking at it makes."""
        if self.role is Role.FILE:
            return Kind.FILE
        return Kind.EMBED if self.role in (Role.FRAME, Role.BROWSER) else Kind.LINK

    @property
    def shown(self) -> str:
        """The address as people follow it."""
        match self.role:
            case Role.DOI | Role.CONCEPT_DOI:
                return doi_url(self.address)
            case Role.ARXIV:
                return f"https://arxiv.org/abs/{self.address}"
            case Role.SWHID:
                return f"https://archive.softwareheritage.org/{self.address}"
        return self.address

    @property
    def target(self) -> str:
        """The very thing: what an observation must have looked at to say anything about this subject."""
        if self.code is None and self.file is None and not self.endpoint:
            return redacted(self.address)
        parts = [redacted(self.address)]
        if self.code is not None:
            parts += [self.code.commit or "", self.code.subfolder or "", self.code.version or ""]
        if self.file is not None:
            parts += [f"sha256:{self.file.sha256}" if self.file.sha256 else ""]
            parts += [f"{self.file.size_bytes} bytes" if self.file.size_bytes is not None else ""]
        parts += [f"endpoint {self.endpoint}" if self.endpoint else ""]
        return " ".join(part for part in parts if part)


def subjects(paper: Paper) -> tuple[Subject, ...]:
    """Everything that `check` looks at, in the order of the paper file. What was withdrawn is not looked for."""
    found: list[Subject] = [*_publication(paper.paper)]
    if paper.code is not None:
        found += _code(paper.code)
    if paper.environment is not None:
        found += _environment(paper.environment)
    for number, dataset in enumerate(paper.data):
        found += _dataset(dataset, number)
    for number, weights in enumerate(paper.weights):
        found += _weights(weights, number, paper.demo)
    for number, result in enumerate(paper.results):
        if result.verified is not None and result.verified.url:
            name = f"results[{result.id}].verified.url"
            found.append(Subject(name, ("results", number, "verified", "url"), Role.PAGE, result.verified.url))
    found += _demo(paper)
    for number, award in enumerate(paper.awards):
        found.append(Subject(f"awards[{number}].url", ("awards", number, "url"), Role.PAGE, award.url))
    for number, link in enumerate(paper.links):
        found.append(Subject(f"links[{number}].url", ("links", number, "url"), Role.PAGE, link.url))
    return tuple(found)


def _publication(publication: Publication) -> Iterator[Subject]:
    by = "paper"
    if publication.doi:
        yield Subject("paper.doi", ("paper", "doi"), Role.DOI, publication.doi, wanted_by=by)
    if publication.arxiv:
        yield Subject("paper.arxiv", ("paper", "arxiv"), Role.ARXIV, publication.arxiv, wanted_by=by)
    if publication.url:
        yield Subject("paper.url", ("paper", "url"), Role.PAGE, publication.url, wanted_by=by)
    if publication.pdf:
        file = File(path=publication.pdf, format="pdf")
        yield Subject(
            "paper.pdf", ("paper", "pdf"), Role.FILE, publication.pdf, file=file, wanted_by=by, essential=False
        )
    for number, link in enumerate(publication.links):
        keys = ("paper", "links", number, "url")
        yield Subject(f"paper.links[{number}].url", keys, Role.PAGE, link.url, wanted_by=by, essential=False)


def _code(code: Code) -> Iterator[Subject]:
    if code.access == "withdrawn":
        return
    by = "code"
    if code.repo:
        yield Subject("code.repo", ("code", "repo"), Role.REPOSITORY, code.repo, code.access, code=code, wanted_by=by)
    for package in packages_in(code.install or ""):
        name = f"code.install[{package.name}]"
        yield Subject(name, ("code", "install"), Role.PACKAGE, str(package), wanted_by=by, essential=False)
    archive = code.archive
    if archive is None:
        return
    # The archive is a second home: where there is a repository, the rung is the repository's.
    alone = code.repo is None
    for key, role, address in (
        ("doi", Role.DOI, archive.doi),
        ("concept_doi", Role.CONCEPT_DOI, archive.concept_doi),
        ("swhid", Role.SWHID, archive.swhid),
        ("url", Role.PAGE, archive.url),
    ):
        if address:
            yield Subject(
                f"code.archive.{key}",
                ("code", "archive", key),
                role,
                address,
                code.access,
                code=code if role is Role.SWHID else None,
                wanted_by=by,
                essential=alone,
            )


def _environment(environment: Environment) -> Iterator[Subject]:
    by = "environment"
    if environment.lock:
        file = File(path=environment.lock)
        yield Subject("environment.lock", ("environment", "lock"), Role.FILE, environment.lock, file=file, wanted_by=by)
    if environment.image:
        yield Subject("environment.image", ("environment", "image"), Role.IMAGE, environment.image, wanted_by=by)


def _dataset(dataset: Dataset, number: int) -> Iterator[Subject]:
    if dataset.access == "withdrawn":
        return
    by = f"data[{dataset.id}]"
    for key, role, address in (
        ("url", Role.PAGE, dataset.url),
        ("doi", Role.DOI, dataset.doi),
        ("croissant", Role.DOCUMENT, dataset.croissant),
    ):
        if address:
            essential = not dataset.files and key != "croissant"
            keys = ("data", number, key)
            yield Subject(f"{by}.{key}", keys, role, address, dataset.access, wanted_by=by, essential=essential)
    yield from _files(dataset.files, by, ("data", number), dataset.access)


def _weights(weights: Weights, number: int, demo: Demo | None) -> Iterator[Subject]:
    if weights.access == "withdrawn":
        return
    by = f"weights[{weights.id}]"
    if weights.url and all(file.url != weights.url for file in weights.files):
        keys = ("weights", number, "url")
        alone = not weights.files
        yield Subject(f"{by}.url", keys, Role.PAGE, weights.url, weights.access, wanted_by=by, essential=alone)
    for subject in _files(weights.files, by, ("weights", number), weights.access):
        file = subject.file
        fetched = file is not None and file.path is None and demo is not None and _reads(demo, weights, file)
        yield replace(subject, weights=weights, fetched=fetched)
    for side, tensors in (("inputs", weights.inputs), ("outputs", weights.outputs)):
        for place, tensor in enumerate(tensors):
            if tensor.test is not None:
                file = File(path=tensor.test.file, sha256=tensor.test.sha256)
                name, keys = f"{by}.{side}[{tensor.id}].test", ("weights", number, side, place, "test", "file")
                yield Subject(name, keys, Role.FILE, tensor.test.file, file=file, wanted_by=by, essential=False)


def _reads(demo: Demo, weights: Weights, file: File) -> bool:
    return demo.kind == "pyodide" and demo.weights_id == weights.id and demo.uses(file)


def _files(files: tuple[File, ...], by: str, keys: tuple[str | int, ...], access: str) -> Iterator[Subject]:
    for number, file in enumerate(files):
        address = file.url or file.path or ""
        place = (*keys, "files", number)
        yield Subject(f"{by}.files[{number}]", place, Role.FILE, address, access, file, wanted_by=by)


def _demo(paper: Paper) -> Iterator[Subject]:
    demo = paper.demo
    if demo is None or demo.access == "withdrawn":
        return
    hosted: list[tuple[tuple[str, ...], Demo | HostedDemo]] = [(("demo",), demo)]
    if demo.fallback is not None:
        hosted.append((("demo", "fallback"), demo.fallback))
    for keys, host in hosted:
        if host.url:
            framed = host.kind == "iframe"
            yield Subject(
                f"{'.'.join(keys)}.url",
                (*keys, "url"),
                Role.FRAME if framed else Role.BROWSER,
                host.url,
                demo.access,
                endpoint="" if framed else host.endpoint or "",
                wanted_by="demo",
                essential=host is demo and demo.kind != "pyodide",
            )


def example_subject(number: int) -> str:
    """The subject of one example of the demo, counted from 0."""
    return f"demo.examples[{number}]"


def replay_target(lock: bytes, examples: bytes) -> str:
    """What a replay looked at: the demo's lock and its recorded answers, byte by byte."""
    return f"lock sha256:{hashlib.sha256(lock).hexdigest()} examples sha256:{hashlib.sha256(examples).hexdigest()}"


def result_subject(result: Result) -> str:
    """The subject of a claim."""
    return f"results[{result.id}]"


def reproduce_target(result: Result) -> str:
    """What a reproduction tried: the command, where it leaves the value, the claimed value and its tolerance."""
    claim = f"{result.value}" + (f" ± {result.tolerance}" if result.tolerance is not None else "")
    return f"{result.command} → {result.read} = {claim}"


def weights_of(paper: Paper, result: Result) -> tuple[File, ...]:
    """The files of the weights that a claim is about; none when it names no weights."""
    return tuple(file for weights in paper.weights if weights.id == result.weights for file in weights.files)


def reproduction(evidence: Evidence, paper: Paper, result: Result) -> Observation | None:
    """What was seen when this very claim was run again, about the weights that the paper file describes now."""
    seen = evidence.of(result_subject(result), Kind.REPRODUCE, reproduce_target(result))
    same = seen is not None and seen.details.get("weights", []) == [file.sha256 for file in weights_of(paper, result)]
    return seen if same else None
