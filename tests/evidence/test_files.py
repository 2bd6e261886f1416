"""Files: what lies here and what is offered for download, against what the paper file says of it."""

import hashlib
import json
import struct
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from fault_server import Exchange, FaultServer, Responder, answer, endless, in_turn, page, ranged, redirect
from paper_companion.evidence.download import Downloaded, download
from paper_companion.evidence.files import FileJudge, hash_file
from paper_companion.evidence.headers import compare_header, is_pickle, judge_header
from paper_companion.evidence.hosts.arxiv import ArxivPapers
from paper_companion.evidence.hosts.services import Services
from paper_companion.evidence.judgement import Cost
from paper_companion.evidence.known import KnownServices
from paper_companion.evidence.model import Outcome, Rung
from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.progress import Progress
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.artifacts import File, Tensor, Weights
from small_web import SHORT, make_web

OK, WARNING, BROKEN, UNKNOWN = Outcome.OK, Outcome.WARNING, Outcome.BROKEN, Outcome.UNKNOWN


def safetensors(**tensors: tuple[str, list[int]]) -> bytes:
    header, offset = {}, 0
    for name, (dtype, shape) in tensors.items():
        size = 4
        for length in shape:
            size *= length
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(offset)


DATA = safetensors(w=("F32", [64, 10]), b=("F32", [10]))
SHA256 = hashlib.sha256(DATA).hexdigest()
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 5\n"
HUB_AT = "/lab/leaf/resolve/main/w.safetensors"


@dataclass(frozen=True)
class Case:
    name: str
    routes: dict[str, Responder]
    verdict: Outcome
    reason: str = ""
    rung: Rung = Rung.VERIFIED
    requests: int = 2
    max_bytes: int = 2 * len(DATA) + 1000
    size: int | None = len(DATA)
    sha256: str | None = SHA256
    at: str = "{url}/w.safetensors"
    access: str = "open"
    parameters: int | None = 650
    limit: int = 1_000_000


def cut_once(exchange: Exchange) -> None:
    """The first download breaks off in the middle; the rest can be asked for."""
    wanted = exchange.request.headers.get("range", "")
    if not wanted:
        exchange.answer(200, {"Content-Length": str(len(DATA)), "ETag": '"v1"'}, DATA[:1000])
        exchange.close = True
    else:
        ranged(DATA, ETag='"v1"')(exchange)


def hub(data: bytes = DATA, **headers: str) -> dict[str, Responder]:
    """A hub that redirects to its storage."""
    return {HUB_AT: redirect("/cdn", **headers), "/cdn": ranged(data)}


CASES = [
    Case("a file that is as it should be", {"/w.safetensors": ranged(DATA)}, OK),
    Case("a file on a server without ranges", {"/w.safetensors": answer(200, DATA)}, OK),
    Case("a file whose size nobody said", {"/w.safetensors": ranged(DATA)}, OK, size=None),
    Case("a file without a declared hash is not downloaded", {"/w.safetensors": ranged(DATA)}, OK, "", Rung.LINKED, 1,
         sha256=None),
    Case("a file of another size", {"/w.safetensors": ranged(DATA + b"x")}, BROKEN, "bytes, the paper file says 2,",
         Rung.LINKED, 1),
    Case("a file of the same size and another content", {"/w.safetensors": ranged(DATA[:-1] + b"x")}, BROKEN,
         "has the sha256", Rung.LINKED),
    Case("a Git LFS pointer", {"/w.safetensors": ranged(POINTER)}, BROKEN, "Git LFS pointer", Rung.LINKED, 1,
         size=None),
    Case("an HTML page", {"/w.safetensors": page("Sign up to download")}, BROKEN, "an HTML page", Rung.LINKED, 1),
    Case("an HTML page that says it is binary",
         {"/w.safetensors": answer(200, "<!DOCTYPE html><title>x</title>", Content_Type="application/octet-stream")},
         BROKEN, "an HTML page", Rung.LINKED, 1),
    Case("a warning about viruses", {"/w.safetensors": page("Drive - Virus scan warning")}, UNKNOWN, "viruses",
         Rung.LINKED, 1),
    Case("a file that is gone", {"/w.safetensors": answer(404)}, BROKEN, "404", Rung.LINKED),
    Case("a file behind a login", {"/w.safetensors": answer(401)}, UNKNOWN, "login", Rung.LINKED, 1),
    Case("a file that has moved", {"/w.safetensors": redirect("/n", 301), "/n": ranged(DATA)}, WARNING,
         "moved for good", requests=3),
    Case("a download that breaks off", {"/w.safetensors": cut_once}, OK, requests=3),
    Case("gigabytes", {"/w.safetensors": endless(Content_Type="application/octet-stream")}, OK, "was not hashed: 8,590",
         Rung.LINKED, 1, 40_000, size=None, parameters=None),
    Case("more bytes than the size says", {"/w.safetensors": answer(200, DATA * 1000, Content_Length="")}, OK,
         "larger than 1000000 bytes", Rung.LINKED, 2, 1_200_000, size=None),
    Case("more bytes than the paper file says, from a server that does not say",
         {"/w.safetensors": answer(200, DATA * 1000, Content_Length="")}, BROKEN, "has more than the 2,",
         Rung.LINKED, 2, 200_000),
    Case("a header with another number of parameters", {"/w.safetensors": ranged(DATA)}, BROKEN,
         "holds 650 parameters, the paper file says 651", Rung.LINKED, parameters=651),
    # --- what the host knows ---
    Case("a hash from the hub", hub(x_linked_size=str(len(DATA)), x_linked_etag=f'"{SHA256}"'), OK, requests=3,
         at=f"https://huggingface.co{HUB_AT}"),
    Case("another hash from the hub", hub(x_linked_size=str(len(DATA)), x_linked_etag=f'"{"0" * 64}"'), BROKEN,
         "at Hugging Face", Rung.LINKED, 1, 500, at=f"https://huggingface.co{HUB_AT}"),
    Case("another size from the hub", hub(x_linked_size="7", x_linked_etag=f'"{SHA256}"'), BROKEN,
         "has 7 bytes at Hugging Face", Rung.LINKED, 1, 500, at=f"https://huggingface.co{HUB_AT}"),
    Case("a gated file that says so", {HUB_AT: answer(401, x_error_code="GatedRepo")}, OK, "", Rung.LINKED, 1, 500,
         at=f"https://huggingface.co{HUB_AT}", access="gated"),
    Case("a gated file that does not say so", {HUB_AT: answer(401, x_error_code="GatedRepo")}, WARNING,
         "gated, though the paper file says open", Rung.LINKED, 1, 500, at=f"https://huggingface.co{HUB_AT}"),
    Case("a hash from a release",
         {"/repos/lab/leaf/releases/tags/v1": answer(200, json.dumps({"assets": [
             {"name": "w.safetensors", "size": len(DATA), "digest": f"sha256:{SHA256}"}]})),
          "/lab/leaf/releases/download/v1/w.safetensors": ranged(DATA)}, OK,
         at="https://github.com/lab/leaf/releases/download/v1/w.safetensors"),
    Case("another size at Zenodo",
         {"/api/records/12": answer(200, json.dumps({"id": 12, "files": [
             {"key": "w.safetensors", "size": 7, "checksum": "md5:" + "a" * 32}]}))}, BROKEN, "7 bytes at Zenodo",
         Rung.LINKED, 1, at="https://zenodo.org/records/12/files/w.safetensors"),
    Case("an md5 from Zenodo, where no hash is declared",
         {"/api/records/12": answer(200, json.dumps({"id": 12, "files": [
             {"key": "w.safetensors", "size": len(DATA), "checksum": "md5:" + "a" * 32}]})),
          "/records/12/files/w.safetensors": ranged(DATA)}, OK, "", Rung.LINKED, sha256=None,
         at="https://zenodo.org/records/12/files/w.safetensors"),
]  # fmt: skip


def judge(case: Case, server: FaultServer, folder: Path, **declared):
    url = case.at.replace("{url}", server.url)
    file = File(url=url, size_bytes=case.size, sha256=case.sha256)
    weights = Weights(id="leaf", files=(file,), **{"parameters": case.parameters, **declared})
    keys = ("weights", 0, "files", 0)
    subject = Subject("weights[leaf].files[0]", keys, Role.FILE, url, case.access, file, weights=weights)
    services = Services(dict.fromkeys(("github", "huggingface", "zenodo"), server.url))
    with closing(make_web()) as web:
        known = KnownServices(web, services, ArxivPapers(""))
        return FileJudge(folder, folder / "downloads", web, known, case.limit).judge(subject)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_on_offer_is_judged_by_what_it_is(case: Case, server: FaultServer, tmp_path):
    server.routes = case.routes

    judgement = judge(case, server, tmp_path)

    assert (judgement.verdict, case.reason in judgement.reason) == (case.verdict, True), judgement
    assert judgement.rung is case.rung
    assert judgement.requests == case.requests == len(server.requests)
    assert judgement.received_bytes <= case.max_bytes
    assert list((tmp_path / "downloads").glob("*")) == []


# A header of 23 kB before 8 MB of weights: more than a run would download.
LARGE = safetensors(**{f"layers.{number}.weight": ("F32", [64, 100]) for number in range(320)})
LARGE_HASH = hashlib.sha256(LARGE).hexdigest()
HEADER_BYTES = 8 + int.from_bytes(LARGE[:8], "little")
LARGE_CASE = replace(CASES[0], size=len(LARGE), sha256=LARGE_HASH, parameters=2_048_000)
AT_HUB = f"https://huggingface.co{HUB_AT}"
FROM_HUB = hub(LARGE, x_linked_size=str(len(LARGE)), x_linked_etag=f'"{LARGE_HASH}"')


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (replace(LARGE_CASE, routes={"/w.safetensors": ranged(LARGE)}, rung=Rung.LINKED), "was not hashed"),
        (replace(LARGE_CASE, routes={"/w.safetensors": answer(200, LARGE)}, rung=Rung.LINKED), "was not hashed"),
        (replace(LARGE_CASE, routes={"/w.safetensors": ranged(LARGE)}, rung=Rung.LINKED, sha256=None), ""),
        (replace(LARGE_CASE, routes=FROM_HUB, requests=4, at=AT_HUB), ""),
    ],
    ids=["with ranges", "without ranges", "without a hash", "hashed by the hub"],
)
def test_a_header_on_offer_is_read_without_the_file(case, said, server, tmp_path):
    server.routes = case.routes
    good = judge(case, server, tmp_path, dtypes=("F32",), tensors={"layers.7.weight": "F32 [64, 100]"})
    requests, received_bytes = len(server.requests), good.received_bytes
    bad = judge(case, server, tmp_path, tensors={"layers.7.weight": "F32 [64, 64]"})

    assert (good.verdict, good.rung, said in good.reason) == (OK, case.rung, True)
    assert (good.requests, requests) == (case.requests, case.requests)
    assert received_bytes < HEADER_BYTES + 20_000
    assert (bad.verdict, bad.at) == (BROKEN, ("tensors", "layers.7.weight"))
    assert bad.reason == "its tensor layers.7.weight is F32 [64, 100], the paper file says F32 [64, 64]"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (
            struct.pack("<Q", 9_000_000) + bytes(10_000_000),
            "the header has 9,000,000 bytes; at most 8,000,000 are read",
        ),
        (struct.pack("<Q", 10**15) + bytes(100), "not a safetensors file"),
        (struct.pack("<Q", 20_000) + b"[" * 30_000, "the header is not JSON"),
    ],
)
def test_a_header_that_is_none_is_named_and_no_more_of_it_is_pulled(data, reason, server, tmp_path):
    server.routes = {"/w.safetensors": ranged(data)}
    judgement = judge(replace(CASES[0], size=None, sha256=None), server, tmp_path)

    assert judgement.verdict is BROKEN
    assert judgement.reason.startswith(f"its header cannot be read: {reason}")
    assert judgement.received_bytes < 32_000


def test_no_more_of_a_header_is_pulled_than_may_be_downloaded(server, tmp_path):
    server.routes = {"/w.safetensors": ranged(LARGE)}
    judgement = judge(replace(LARGE_CASE, sha256=None, limit=20_000), server, tmp_path)

    assert judgement.verdict is OK
    assert "bytes are more than is downloaded for it (--download)" in judgement.reason
    assert judgement.requests == 1


def test_a_header_that_does_not_come_is_not_held_against_the_file(server, tmp_path):
    server.routes = {"/w.safetensors": in_turn(ranged(LARGE), answer(503))}
    judgement = judge(replace(LARGE_CASE, sha256=None), server, tmp_path)

    assert judgement.verdict is OK
    assert judgement.reason == "its header was not looked at: it answers 503"


ONNX = (Path(__file__).parents[1] / "unit" / "paper" / "imported" / "model.onnx").read_bytes()
# An unknown field at the end, which readers skip.
LONG_ONNX = ONNX + b"\xfa\x07" + b"\xc0\xcf\x24" + bytes(600_000)


@pytest.mark.parametrize(
    ("data", "responder", "requests"),
    [(ONNX, ranged, 1), (LONG_ONNX, ranged, 2), (LONG_ONNX, lambda data: answer(200, data), 2)],
    ids=["in the first look", "with ranges", "without ranges"],
)
def test_a_small_onnx_file_on_offer_is_read_as_a_whole(data, responder, requests, server, tmp_path):
    server.routes = {"/m.onnx": responder(data)}
    case = replace(CASES[0], at="{url}/m.onnx", size=len(data), sha256=None, parameters=None)
    axes = Tensor(id="image", dtype="float32", axes={"batch": 1, "y": 7, "x": 7})
    judgement = judge(case, server, tmp_path, inputs=(axes,))

    assert (judgement.verdict, judgement.at) == (BROKEN, ("inputs", 0, "axes"))
    assert judgement.requests == requests == len(server.requests)
    assert judgement.received_bytes < len(data) + 20_000


def test_a_large_onnx_file_on_offer_is_not_looked_into(server, tmp_path):
    server.routes = {"/m.onnx": endless()}
    case = replace(CASES[0], at="{url}/m.onnx", size=None, sha256=None, parameters=None)
    judgement = judge(case, server, tmp_path, inputs=(Tensor(id="image", dtype="float32"),))

    assert judgement.verdict is OK
    assert judgement.reason == "its header was not looked at: the whole of an ONNX file is needed for that"
    assert (judgement.requests, judgement.received_bytes < 40_000) == (1, True)


def test_it_is_said_where_a_hash_comes_from(server, tmp_path):
    server.routes = {**hub(x_linked_etag=f'"{SHA256}"'), "/w.safetensors": ranged(DATA)}
    from_hub = judge(replace(CASES[0], at=f"https://huggingface.co{HUB_AT}"), server, tmp_path)
    downloaded = judge(CASES[0], server, tmp_path)

    assert from_hub.details["hash_from"] == "Hugging Face"
    assert downloaded.details["hashed"] == "downloaded"


def local(tmp_path: Path, data: bytes, name: str = "w.safetensors", **more):
    (tmp_path / name).write_bytes(data)
    file = File(path=name, **{"sha256": hashlib.sha256(data).hexdigest(), **more})
    weights = Weights(id="leaf", files=(file,), parameters=more.pop("parameters", None))
    subject = Subject("weights[leaf].files[0]", (), Role.FILE, name, file=file, weights=weights)
    return FileJudge(tmp_path, tmp_path / "downloads").judge(subject)


def test_a_local_file_is_hashed_here(tmp_path):
    judgement = local(tmp_path, DATA)

    assert (judgement.verdict, judgement.rung) == (OK, Rung.VERIFIED)
    assert judgement.details["sha256"] == SHA256


def test_a_local_file_without_a_declared_hash_is_there_and_no_more(tmp_path):
    assert local(tmp_path, DATA, sha256=None).rung is Rung.LINKED


@pytest.mark.parametrize(
    ("data", "more", "reason"),
    [
        (DATA, {"sha256": "0" * 64}, "has the sha256"),
        (DATA, {"size_bytes": 7}, "the paper file says 7"),
        (POINTER, {}, "Git LFS pointer"),
        (b"\xff" * 64, {}, "its header cannot be read"),
    ],
)
def test_a_local_file_that_is_another_is_broken(tmp_path, data, more, reason):
    judgement = local(tmp_path, data, **more)

    assert judgement.verdict is BROKEN
    assert reason in judgement.reason


def one_tensor(**entry) -> bytes:
    header = json.dumps({"w": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24], **entry}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(24)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"shape": [20, 3], "data_offsets": [0, 240]}, "cut short: 240 bytes should follow the header, 24 do"),
        ({"data_offsets": [0, 20]}, "20 bytes, its shape needs 24"),
        ({"data_offsets": [24, 0]}, "its shape needs 24"),
        ({"data_offsets": [0]}, "does not say where 'w' lies"),
        ({"data_offsets": None}, "does not say where 'w' lies"),
    ],
)
def test_a_safetensors_file_whose_tensors_are_not_where_its_header_says_is_broken(tmp_path, entry, reason):
    assert local(tmp_path, one_tensor()).verdict is OK

    judgement = local(tmp_path, one_tensor(**entry))

    assert judgement.verdict is BROKEN
    assert reason in judgement.reason


@pytest.mark.parametrize(("found", "verdict"), [(1000, OK), (1099, OK), (1101, BROKEN), (None, OK)])
def test_an_onnx_file_that_holds_far_more_or_fewer_parameters_is_another_model(found, verdict):
    file = File(path="m.onnx", format="onnx")
    weights = Weights(id="leaf", files=(file,), parameters=1000)
    subject = Subject(
        "weights[leaf].files[0]", ("weights", 0, "files", 0), Role.FILE, "m.onnx", "open", file, None, weights
    )
    judgement = compare_header({"format": "onnx", "parameters": found}, subject)

    assert (judgement is None) == (verdict is OK)
    assert judgement is None or judgement.at == ("parameters",)


@pytest.mark.parametrize("name", ["w.pt", "w.pkl", "w.ckpt", "w.joblib"])
def test_a_pickle_is_named_as_a_risk_and_never_loaded(tmp_path, name):
    judgement = local(tmp_path, b"\x80\x04cos\nsystem\n(S'touch /tmp/loaded'\ntR.", name)

    assert judgement.verdict is WARNING
    assert "is a pickle" in judgement.reason


@pytest.mark.parametrize(
    ("name", "pickle"),
    [
        ("w.pt", True),
        ("pytorch_model.bin", True),
        ("pytorch_model-00001-of-00002.bin", True),
        ("vocabulary.bin", False),
    ],
)
def test_a_pickle_is_known_by_its_name_where_only_its_host_has_seen_it(name, pickle):
    assert is_pickle(File(url=f"https://example.org/{name}"), b"") is pickle


def test_what_lies_outside_of_the_project_is_compared_and_not_told(tmp_path):
    (tmp_path / "secret").write_bytes(DATA)
    project = tmp_path / "project"
    project.mkdir()
    (project / "w.bin").symlink_to(tmp_path / "secret")
    judgements = [
        FileJudge(project, tmp_path).judge(Subject("x", (), Role.FILE, "w.bin", file=File(path="w.bin", sha256=sha256)))
        for sha256 in (SHA256, "0" * 64, None)
    ]

    assert [judgement.verdict for judgement in judgements] == [OK, BROKEN, OK]
    assert not any(SHA256 in str(judgement) for judgement in judgements[1:])


def test_a_missing_local_file_is_broken(tmp_path):
    subject = Subject("weights[leaf].files[0]", (), Role.FILE, "no.bin", file=File(path="no.bin"))

    assert FileJudge(tmp_path, tmp_path).judge(subject).verdict is BROKEN


def test_a_remote_file_cannot_be_looked_at_without_a_network(tmp_path):
    subject = Subject("x", (), Role.FILE, "https://example.org/w", file=File(url="https://example.org/w"))

    assert FileJudge(tmp_path, tmp_path).judge(subject) is None


def test_a_file_that_is_here_and_on_offer_is_as_good_as_the_worse_of_the_two(server, tmp_path):
    server.routes = {"/w": answer(404)}
    (tmp_path / "w.safetensors").write_bytes(DATA)
    file = File(path="w.safetensors", url=f"{server.url}/w", sha256=SHA256)
    subject = Subject("x", (), Role.FILE, file.url, file=file)
    with closing(make_web()) as web:
        known = KnownServices(web, Services(), ArxivPapers(""))
        judgement = FileJudge(tmp_path, tmp_path, web, known).judge(subject)

    assert judgement.verdict is BROKEN


def test_a_header_names_each_disagreement(tmp_path):
    (tmp_path / "w.safetensors").write_bytes(DATA)
    file = File(path="w.safetensors")
    weights = Weights(
        id="leaf", files=(file,), parameters=7, dtypes=("F16",), tensors={"w": "F32 [10, 64]", "gone": "F32 [1]"}
    )

    subject = Subject("x", ("weights", 0, "files", 0), Role.FILE, "w.safetensors", file=file, weights=weights)
    judgement = judge_header(tmp_path / "w.safetensors", subject)

    assert judgement is not None
    assert judgement.reason.split("; ") == [
        "it holds 650 parameters, the paper file says 7",
        "its tensor w is F32 [64, 10], the paper file says F32 [10, 64]",
        "its tensor gone is missing, the paper file says F32 [1]",
        "it holds float32, the paper file says float16",
    ]
    assert judgement.at == ("parameters",)


def test_an_interrupted_download_is_continued_by_the_next_run(server, tmp_path):
    data = bytes(range(256)) * 4000

    def breaks_off(exchange: Exchange) -> None:
        exchange.answer(200, {"Content-Length": str(len(data)), "ETag": '"v1"'}, data[:600_000])
        exchange.close = True

    def dead(exchange: Exchange) -> None:
        (breaks_off if exchange.hit == 0 else answer(503))(exchange)

    server.routes = {"/w": dead}
    with closing(make_web()) as web:
        first = download(web, f"{server.url}/w", 10_000_000, tmp_path)
    server.routes = {"/w": ranged(data, ETag='"v1"')}
    with closing(make_web()) as web:
        cost = Cost()
        second, _ = download(web, f"{server.url}/w", 10_000_000, tmp_path, cost)

    assert isinstance(first, Failure)
    assert isinstance(second, Downloaded)
    assert second.resumed_at == 600_000
    assert second.sha256 == hashlib.sha256(data).hexdigest()
    assert cost.received_bytes < 450_000
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_changed_meanwhile_is_downloaded_anew(server, tmp_path):
    old, new = b"o" * 5000, b"n" * 5000

    def changes(exchange: Exchange) -> None:
        if exchange.hit == 0:
            exchange.answer(200, {"Content-Length": "5000", "ETag": '"old"'}, old[:2000])
            exchange.close = True
        elif exchange.request.headers.get("if-range") == '"new"':
            ranged(new, ETag='"new"')(exchange)
        else:
            answer(200, new, ETag='"new"')(exchange)

    server.routes = {"/w": changes}
    with closing(make_web()) as web:
        came, _ = download(web, f"{server.url}/w", 10_000, tmp_path)

    assert came.sha256 == hashlib.sha256(new).hexdigest()


def leave_part(server: FaultServer, folder: Path, data: bytes, etag: str = '"v1"') -> None:
    """What an interrupted run leaves: the beginning of a file of some version."""

    def breaks_off(exchange: Exchange) -> None:
        if exchange.hit == 0:
            exchange.answer(200, {"Content-Length": "999999", "ETag": etag}, data)
            exchange.close = True
        else:
            answer(503)(exchange)

    server.routes = {"/w": breaks_off}
    with closing(make_web()) as web:
        assert isinstance(download(web, f"{server.url}/w", 10_000_000, folder), Failure)
    server.requests.clear()


def sends_ranges_of(data: bytes, etag: str, longest: int = 10_000_000) -> Responder:
    """A server that knows ranges but not If-Range, and sends no more than `longest` bytes at once."""

    def respond(exchange: Exchange) -> None:
        start = int(exchange.request.headers.get("range", "bytes=0-")[6:].partition("-")[0])
        if start >= len(data):
            exchange.answer(416, {"Content-Range": f"bytes */{len(data)}", "ETag": etag})
        elif start:
            piece = data[start : start + longest]
            sent = f"bytes {start}-{start + len(piece) - 1}/{len(data)}"
            exchange.answer(206, {"Content-Range": sent, "ETag": etag}, piece)
        else:
            exchange.answer(200, {"ETag": etag}, data)

    return respond


NEW = bytes(range(256)) * 20


@pytest.mark.parametrize(
    ("left", "responder", "requests"),
    [
        pytest.param(NEW[:3000], ranged(NEW, ETag='"v1"'), 1, id="the rest is sent"),
        pytest.param(NEW[:3000], answer(200, NEW, ETag='"v1"'), 1, id="ranges are not known"),
        pytest.param(NEW[:3000], sends_ranges_of(NEW, '"v1"', 1000), 3, id="the rest comes in pieces"),
        pytest.param(b"o" * 3000, sends_ranges_of(NEW, '"v2"'), 2, id="the rest is of another version"),
        pytest.param(NEW, sends_ranges_of(NEW, '"v1"'), 1, id="all had come"),
        pytest.param(b"o" * len(NEW), sends_ranges_of(NEW, '"v2"'), 2, id="as much of another version had come"),
        pytest.param(b"o" * 9000, sends_ranges_of(NEW, '"v2"'), 2, id="more had come than there is now"),
    ],
)
def test_what_an_earlier_run_left_never_makes_another_file_of_it(server, tmp_path, left, responder, requests):
    leave_part(server, tmp_path, left)
    server.routes = {"/w": responder}
    with closing(make_web()) as web:
        came, _ = download(web, f"{server.url}/w", 10_000_000, tmp_path)

    assert (came.size_bytes, came.sha256) == (len(NEW), hashlib.sha256(NEW).hexdigest())
    assert len(server.requests) == requests
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_sends_another_range_than_asked_for_is_not_believed(server, tmp_path):
    def lies(exchange: Exchange) -> None:
        if exchange.hit == 0:
            exchange.answer(200, {"Content-Length": "5000", "ETag": '"v1"'}, b"x" * 2000)
            exchange.close = True
        else:
            exchange.answer(206, {"Content-Range": "bytes 0-4999/5000"}, b"x" * 5000)

    server.routes = {"/w": lies}
    with closing(make_web(limits=replace(SHORT, tries=2))) as web:
        came = download(web, f"{server.url}/w", 10_000, tmp_path)

    assert isinstance(came, Failure)
    assert came.kind is FailureKind.PROTOCOL


def test_a_server_that_refuses_every_rest_and_breaks_off_every_whole_is_given_up(server, tmp_path):
    def breaks_off(exchange: Exchange) -> None:
        if "range" in exchange.request.headers:
            exchange.answer(416, {"Content-Range": "bytes */5000"})
        else:
            exchange.answer(200, {"Content-Length": "5000", "ETag": '"v1"'}, b"x" * 2000)
            exchange.close = True

    server.routes = {"/w": breaks_off}
    with closing(make_web(limits=replace(SHORT, deadline_s=3.0))) as web:
        came = download(web, f"{server.url}/w", 10_000, tmp_path)

    assert isinstance(came, Failure)
    assert came.kind is not FailureKind.DEADLINE
    assert len(server.requests) <= 2 * SHORT.tries


def test_a_size_in_digits_that_make_no_number_is_no_size(server, tmp_path):
    def respond(exchange: Exchange) -> None:
        start = int(exchange.request.headers.get("range", "bytes=0-")[6:].partition("-")[0])
        if start:
            head = f"HTTP/1.1 206 X\r\nContent-Range: bytes {start}-/²\r\nContent-Length: {len(NEW) - start}\r\n\r\n"
            exchange.raw(head.encode("latin-1") + NEW[start:])
        else:
            exchange.answer(200, {"Content-Length": str(len(NEW)), "ETag": '"v1"'}, NEW[:2000])
            exchange.close = True

    server.routes = {"/w": respond}
    with closing(make_web()) as web:
        came, _ = download(web, f"{server.url}/w", 10_000, tmp_path)

    assert came.sha256 == hashlib.sha256(NEW).hexdigest()


def garbled_ranges(data: bytes) -> Responder:
    """A server that stumbles over the range of the first look."""

    def respond(exchange: Exchange) -> None:
        if exchange.request.headers.get("range") == f"bytes=0-{SHORT.page_bytes - 1}":
            exchange.raw(b"garbage\r\n\r\n")
            exchange.close = True
        else:
            ranged(data)(exchange)

    return respond


@pytest.mark.parametrize(("data", "verdict", "rung"), [(DATA, OK, Rung.VERIFIED), (POINTER, BROKEN, Rung.LINKED)])
def test_a_file_whose_first_answer_is_garbled_is_looked_at_all_the_same(server, tmp_path, data, verdict, rung):
    case = Case("", {"/w.safetensors": garbled_ranges(data)}, verdict, size=None)
    server.routes = case.routes

    judgement = judge(case, server, tmp_path)

    assert (judgement.verdict, judgement.rung) == (verdict, rung), judgement


def test_two_downloads_of_the_same_file_do_not_disturb_each_other(server, tmp_path):
    from threading import Thread

    server.routes = {"/w": ranged(DATA)}
    results = []
    with closing(make_web()) as web:
        threads = [
            Thread(target=lambda: results.append(download(web, f"{server.url}/w", 10_000, tmp_path))) for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [came.sha256 for came, _ in results] == [SHA256] * 6


class Counting(Progress):
    """Adds up what it is told."""

    def __init__(self) -> None:
        self.expected_bytes = self.read_bytes = 0

    def expect(self, size_bytes: int) -> None:
        self.expected_bytes += size_bytes

    def read(self, size_bytes: int) -> None:
        self.read_bytes += size_bytes


def test_hashing_says_how_far_it_is(tmp_path):
    path = tmp_path / "w"
    path.write_bytes(b"x" * 3_000_000)
    progress = Counting()

    assert hash_file(path, progress) == hashlib.sha256(b"x" * 3_000_000).hexdigest()
    assert (progress.read_bytes, progress.expected_bytes) == (3_000_000, 3_000_000)


def test_a_download_says_how_far_it_is_also_when_it_breaks_off(server, tmp_path):
    server.routes = {"/w": cut_once}
    progress = Counting()
    with closing(make_web()) as web:
        download(web, f"{server.url}/w", 10_000, tmp_path, progress=progress)

    assert (progress.read_bytes, progress.expected_bytes) == (len(DATA), len(DATA))
