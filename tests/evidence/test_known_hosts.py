"""Known services: what each answers in its own protocol, and what that says about the link."""

from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from fault_server import FaultServer, Responder, answer, document, hang, redirect
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper_companion.evidence.configuration import ConfigurationError
from paper_companion.evidence.hosts.arxiv import ArxivPapers
from paper_companion.evidence.hosts.containers import Image
from paper_companion.evidence.hosts.services import NAMES, Services, parse_services
from paper_companion.evidence.install import Package, packages_in
from paper_companion.evidence.known import KnownServices
from paper_companion.evidence.model import Outcome, Rung
from paper_companion.evidence.subjects import Role, Subject
from paper_companion.paper.artifacts import Code
from small_web import make_web

OK, WARNING, BROKEN, UNKNOWN = Outcome.OK, Outcome.WARNING, Outcome.BROKEN, Outcome.UNKNOWN
SHA = "4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92"
OTHER = "b" * 40
DIGEST = "sha256:" + "9d" * 32
CODE = Code(repo="https://github.com/lab/leaf", commit=SHA)


@dataclass(frozen=True)
class Case:
    name: str
    role: Role
    address: str
    routes: dict[str, Responder]
    verdict: Outcome
    reason: str = ""
    requests: int = 1
    rung: Rung = Rung.LINKED
    suggestion: str = ""
    code: Code | None = None
    access: str = "open"
    subject: str = "links[0].url"


def case(name: str, role: Role, address: str, routes: dict[str, Responder], verdict: Outcome, *rest, **more) -> Case:
    return Case(name, role, address, routes, verdict, *rest, **more)


def handle(url: str = "https://example.org/landing") -> Responder:
    return document({"responseCode": 1, "values": [{"type": "URL", "data": {"format": "string", "value": url}}]})


def entry(paper: str, title: str = "A paper", comment: str = "", abstract: str = "") -> str:
    said = f'<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">{comment}</arxiv:comment>' if comment else ""
    said += f"<summary>{abstract}</summary>"
    return f"<entry><id>http://arxiv.org/abs/{paper}</id><title>{title}</title>{said}</entry>"


def feed(*entries: str) -> Responder:
    text = f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'
    return answer(200, text, Content_Type="application/atom+xml")


def repository(**more) -> Responder:
    said = {
        "full_name": "lab/leaf",
        "default_branch": "main",
        "archived": False,
        "html_url": "https://github.com/lab/leaf",
    }
    return document({**said, **more})


GITHUB = {
    "/repos/lab/leaf": repository(),
    f"/repos/lab/leaf/commits/{SHA}": answer(200, SHA),
    f"/repos/lab/leaf/compare/main...{SHA}": document({"status": "behind"}),
    "/repos/lab/leaf/contents/src": document([{"name": "app.py"}]),
    "/repos/lab/leaf/contents/app.py": answer(200, "one\ntwo\nthree\n"),
    "/repos/lab/leaf/releases/tags/v1": document({"assets": [{"name": "leaf.bin", "size": 5}]}),
    "/repos/lab/leaf/git/ref/tags/v1.0": document({"ref": "refs/tags/v1.0"}),
}
HUB_LINK = "https://huggingface.co/lab/leaf"
HUB_FILE = f"{HUB_LINK}/resolve/{SHA}/leaf.bin"
HUB_AT = f"/lab/leaf/resolve/{SHA}/leaf.bin"
RECORD = {"id": 12, "conceptrecid": "11", "doi": "10.5281/zenodo.12", "conceptdoi": "10.5281/zenodo.11",
          "files": [{"key": "leaf.zip", "size": 5, "checksum": "md5:" + "a" * 32}]}  # fmt: skip
GITLAB_AT = "/api/v4/projects/lab%2Fsub%2Fleaf"
GITLAB = {
    GITLAB_AT: document({"path_with_namespace": "lab/sub/leaf", "default_branch": "main", "visibility": "public"}),
    f"{GITLAB_AT}/repository/commits/{SHA}": document({"id": SHA}),
    f"{GITLAB_AT}/repository/files/src%2Fapp.py/raw": answer(200, "one\ntwo\n"),
    f"{GITLAB_AT}/repository/tree": document([{"path": "src"}]),
    f"{GITLAB_AT}/repository/tags/v1": document({"name": "v1"}),
}
ADVERTISED = "application/x-git-upload-pack-advertisement"
REFS = f"001e# service=git-upload-pack\n0000{SHA} HEAD\0 multi_ack\n{OTHER} refs/tags/v1.0\n0000"


def registry_with_token(exchange):
    if exchange.request.headers.get("authorization") == "Bearer look":
        answer(200, docker_content_digest=DIGEST)(exchange)
    else:
        realm = f'Bearer realm="{exchange.server.url}/token",service="reg",scope="repository:lab/leaf:pull"'
        answer(401, www_authenticate=realm)(exchange)


GH = "https://github.com/lab/leaf"
GL = "https://gitlab.com/lab/sub/leaf"
CASES = [
    # --- DOI ---
    case("a DOI", Role.DOI, "10.5555/x", {"/api/handles/10.5555/x": handle()}, OK),
    case("a DOI with odd characters", Role.DOI, "10.5555/a<b>", {"/api/handles/10.5555/a%3Cb%3E": handle()}, OK),
    case("a DOI that is not registered", Role.DOI, "10.5555/x",
         {"/api/handles/10.5555/x": document({"responseCode": 100}, 404)}, BROKEN, "not registered"),
    case("a DOI without an address", Role.DOI, "10.5555/x",
         {"/api/handles/10.5555/x": document({"responseCode": 1, "values": []})}, BROKEN, "leads nowhere"),
    case("a handle API in trouble", Role.DOI, "10.5555/x", {"*": answer(503)}, UNKNOWN, "has trouble (503)", 3),
    case("a handle API that answers nonsense", Role.DOI, "10.5555/x", {"*": answer(200, "<html>")}, UNKNOWN, "read"),
    case("a handle API that hangs", Role.DOI, "10.5555/x", {"*": hang}, UNKNOWN, "no complete answer", 2),
    case("an address of a DOI", Role.PAGE, "https://doi.org/10.5555/x", {"/api/handles/10.5555/x": handle()}, OK),
    case("an address of an unknown DOI", Role.PAGE, "https://dx.doi.org/10.5555/x",
         {"*": document({"responseCode": 100}, 404)}, BROKEN, "not registered"),
    # --- arXiv ---
    case("a paper", Role.ARXIV, "2401.10020", {"/api/query": feed(entry("2401.10020v2"))}, OK),
    case("a version", Role.ARXIV, "2401.10020v1", {"/api/query": feed(entry("2401.10020v1"))}, OK),
    case("an old identifier", Role.ARXIV, "math/0611800", {"/api/query": feed(entry("math/0611800v1"))}, OK),
    case("a version that does not exist", Role.ARXIV, "2401.10020v9", {"/api/query": feed()}, BROKEN, "version 9"),
    case("another version in the answer", Role.ARXIV, "2401.10020v9", {"/api/query": feed(entry("2401.10020v2"))},
         BROKEN, "no version 9", suggestion="2401.10020v2"),
    case("a paper that does not exist", Role.ARXIV, "2401.99999",
         {"/api/query": feed(entry("2401.99999", "Error"))}, BROKEN, "arXiv has no 2401.99999"),
    case("a paper that was withdrawn", Role.ARXIV, "2401.10020",
         {"/api/query": feed(entry("2401.10020v3", comment="This paper has been withdrawn"))}, WARNING, "withdrawn"),
    case("a feed that is no XML", Role.ARXIV, "2401.10020", {"/api/query": answer(200, "<feed>")}, UNKNOWN, "read"),
    case("a paper whose abstract says that it was withdrawn", Role.ARXIV, "2401.10020",
         {"/api/query": feed(entry("2401.10020v2", abstract="This paper has been\nwithdrawn by us."))}, WARNING,
         "withdrawn"),
    case("an address of a paper", Role.PAGE, "https://arxiv.org/pdf/2401.10020v1.pdf",
         {"/api/query": feed(entry("2401.10020v1"))}, OK),
    # --- GitHub ---
    case("a repository", Role.PAGE, GH, GITHUB, OK),
    case("a repository's clone address", Role.PAGE, f"{GH}.git", GITHUB, OK),
    case("a repository that is missing or private", Role.PAGE, GH, {"*": document({}, 404)}, BROKEN, "no public repo"),
    case("a private repository that our token sees", Role.PAGE, GH, {"/repos/lab/leaf": repository(private=True)},
         BROKEN, "is private"),
    case("a repository that was taken down", Role.PAGE, GH, {"*": answer(451)}, BROKEN, "taken"),
    case("an archived repository", Role.PAGE, GH, {"/repos/lab/leaf": repository(archived=True)}, WARNING, "archived"),
    case("a repository that has moved", Role.PAGE, GH,
         {"/repos/lab/leaf": redirect("/repositories/1", 301),
          "/repositories/1": repository(full_name="new/leaf", html_url="https://github.com/new/leaf")},
         WARNING, "has moved", 2, suggestion="https://github.com/new/leaf"),
    case("the commit of a paper", Role.REPOSITORY, GH, GITHUB, OK, requests=3, rung=Rung.VERIFIED, code=CODE),
    case("a commit that does not exist", Role.REPOSITORY, GH, {**GITHUB, f"/repos/lab/leaf/commits/{SHA}": answer(422)},
         BROKEN, "no commit", 2, code=CODE),
    case("a commit of a fork", Role.REPOSITORY, GH,
         {**GITHUB, f"/repos/lab/leaf/compare/main...{SHA}": document({"status": "diverged"})},
         WARNING, "not on the default branch", 3, Rung.VERIFIED, "tag it", CODE),
    case("a commit that cannot be compared", Role.REPOSITORY, GH,
         {**GITHUB, f"/repos/lab/leaf/compare/main...{SHA}": answer(404)}, OK, "", 3, Rung.VERIFIED, code=CODE),
    case("a repository that was disabled", Role.PAGE, GH, {"/repos/lab/leaf": repository(disabled=True)}, BROKEN,
         "disabled"),
    case("the folder of a paper", Role.REPOSITORY, GH, GITHUB, OK, "", 4, Rung.VERIFIED,
         code=replace(CODE, subfolder="src")),
    case("a folder that is not there", Role.REPOSITORY, GH, GITHUB, BROKEN, "there is no lib at", 4,
         code=replace(CODE, subfolder="lib")),
    case("the version of a paper", Role.REPOSITORY, GH, GITHUB, OK, requests=3, code=Code(repo=GH, version="1.0")),
    case("a version without a tag", Role.REPOSITORY, GH, GITHUB, WARNING, "no tag for version 2.0", 3,
         code=Code(repo=GH, version="2.0")),
    case("another licence", Role.REPOSITORY, GH, {"/repos/lab/leaf": repository(license={"spdx_id": "MIT"})},
         WARNING, "its licence is MIT", code=Code(repo=GH, license="Apache-2.0")),
    case("the same licence", Role.REPOSITORY, GH, {"/repos/lab/leaf": repository(license={"spdx_id": "MIT"})}, OK,
         code=Code(repo=GH, license="MIT OR Apache-2.0")),
    case("a file at a commit", Role.PAGE, f"{GH}/blob/{SHA}/app.py", GITHUB, OK, "", 4, Rung.VERIFIED),
    case("lines of a file", Role.PAGE, f"{GH}/blob/{SHA}/app.py#L2-L3", GITHUB, OK, "", 4, Rung.VERIFIED),
    case("lines beyond a file's end", Role.PAGE, f"{GH}/blob/{SHA}/app.py#L2-L9", GITHUB, BROKEN, "ends at line 3", 4),
    case("a file that is not there", Role.PAGE, f"{GH}/blob/{SHA}/no.py", GITHUB, BROKEN, "there is no no.py", 4),
    case("a commit's page", Role.PAGE, f"{GH}/commit/{SHA}", GITHUB, OK, "", 3, Rung.VERIFIED),
    case("a release", Role.PAGE, f"{GH}/releases/tag/v1", GITHUB, OK, "", 2),
    case("a release that is not there", Role.PAGE, f"{GH}/releases/tag/v9", GITHUB, BROKEN, "no release v9", 2),
    case("a file of a release", Role.PAGE, f"{GH}/releases/download/v1/leaf.bin", GITHUB, OK, "", 2),
    case("a file that a release lacks", Role.PAGE, f"{GH}/releases/download/v1/no.bin", GITHUB, BROKEN, "no file", 2),
    case("GitHub's limit", Role.PAGE, GH, {"*": answer(403, x_ratelimit_remaining="0")}, UNKNOWN, "limits the rate"),
    case("GitHub's second limit", Role.PAGE, GH, {"*": answer(403, retry_after="60")}, UNKNOWN, "limits the rate"),
    case("GitHub's other refusals", Role.PAGE, GH, {"*": answer(403)}, UNKNOWN, "answers 403"),
    # --- GitLab ---
    case("a project", Role.PAGE, GL, GITLAB, OK),
    case("a project that is missing or private", Role.PAGE, GL, {"*": document({}, 404)}, BROKEN, "no public project"),
    case("a project that our token sees", Role.PAGE, GL, {GITLAB_AT: document({"visibility": "internal"})}, BROKEN,
         "is internal"),
    case("the commit of a project", Role.REPOSITORY, GL, GITLAB, OK, "", 2, Rung.VERIFIED,
         code=Code(repo=GL, commit=SHA)),
    case("a commit that a project lacks", Role.REPOSITORY, GL, GITLAB, BROKEN, "no commit", 2,
         code=Code(repo=GL, commit=OTHER)),
    case("a project's folder", Role.REPOSITORY, GL, GITLAB, OK, "", 4, Rung.VERIFIED,
         code=Code(repo=GL, commit=SHA, subfolder="src")),
    case("a project's folder that is not there", Role.REPOSITORY, GL,
         {**GITLAB, f"{GITLAB_AT}/repository/tree": document([])}, BROKEN, "there is no lib", 4,
         code=Code(repo=GL, commit=SHA, subfolder="lib")),
    case("a project's lines", Role.PAGE, f"{GL}/-/blob/{SHA}/src/app.py#L1-2", GITLAB, OK, "", 3, Rung.VERIFIED),
    case("a project's lines beyond the end", Role.PAGE, f"{GL}/-/blob/{SHA}/src/app.py#L7", GITLAB, BROKEN,
         "ends at line 2", 3),
    case("an archived project", Role.PAGE, GL,
         {GITLAB_AT: document({"path_with_namespace": "lab/sub/leaf", "archived": True})}, WARNING, "archived"),
    case("a project that has moved", Role.PAGE, GL,
         {GITLAB_AT: document({"path_with_namespace": "new/leaf", "web_url": "https://gitlab.com/new/leaf"})}, WARNING,
         "has moved", suggestion="https://gitlab.com/new/leaf"),
    case("a project's tag", Role.PAGE, f"{GL}/-/releases/v1", GITLAB, OK, "", 2),
    # --- any git host ---
    case("a repository elsewhere whose commit is a tip", Role.REPOSITORY, "{url}/lab/leaf",
         {"/lab/leaf/info/refs": answer(200, REFS, Content_Type=ADVERTISED)}, OK, rung=Rung.VERIFIED,
         code=Code(commit=SHA)),
    case("a repository elsewhere whose commit is no tip", Role.REPOSITORY, "{url}/lab/leaf",
         {"/lab/leaf/info/refs": answer(200, REFS, Content_Type=ADVERTISED)}, UNKNOWN, "only when a tag",
         suggestion="tag the commit", code=Code(commit="c" * 40)),
    case("a repository elsewhere without the version", Role.REPOSITORY, "{url}/lab/leaf",
         {"/lab/leaf/info/refs": answer(200, REFS, Content_Type=ADVERTISED)}, BROKEN, "no tag for version 2.0",
         code=Code(commit="c" * 40, version="2.0")),
    case("a repository elsewhere", Role.REPOSITORY, "{url}/lab/leaf",
         {"/lab/leaf/info/refs": answer(200, REFS, Content_Type=ADVERTISED)}, OK),
    # --- Hugging Face ---
    case("a model", Role.PAGE, HUB_LINK, {"/api/models/lab/leaf": document({"id": "lab/leaf", "gated": False})}, OK),
    case("a model's revision", Role.PAGE, f"{HUB_LINK}/tree/{SHA}",
         {f"/api/models/lab/leaf/revision/{SHA}": document({"id": "lab/leaf", "sha": SHA})}, OK, rung=Rung.VERIFIED),
    case("a revision that does not exist", Role.PAGE, f"{HUB_LINK}/tree/{SHA}",
         {"*": answer(404, x_error_code="RevisionNotFound")}, BROKEN, "no revision"),
    case("a model that is missing", Role.PAGE, HUB_LINK, {"*": answer(401, x_error_code="RepoNotFound")}, BROKEN,
         "no public model lab/leaf"),
    case("a model that is gated", Role.PAGE, HUB_LINK,
         {"/api/models/lab/leaf": document({"id": "lab/leaf", "gated": "auto"})}, WARNING, "gated, though",
         suggestion="say access: gated, with a reason"),
    case("a model that is gated and says so", Role.PAGE, HUB_LINK,
         {"/api/models/lab/leaf": document({"id": "lab/leaf", "gated": "manual"})}, OK, access="gated"),
    case("a model that is private", Role.PAGE, HUB_LINK, {"*": document({"id": "lab/leaf", "private": True})}, BROKEN,
         "is private"),
    case("a model that has moved", Role.PAGE, HUB_LINK, {"*": document({"id": "new/leaf"})}, WARNING, "has moved",
         suggestion="https://huggingface.co/new/leaf"),
    case("a disabled model", Role.PAGE, HUB_LINK, {"*": document({"id": "lab/leaf", "disabled": True})}, BROKEN,
         "disabled"),
    case("a data set", Role.PAGE, "https://huggingface.co/datasets/lab/leaf",
         {"/api/datasets/lab/leaf": document({"id": "lab/leaf"})}, OK),
    case("a file of a model", Role.PAGE, HUB_FILE,
         {HUB_AT: redirect("https://cdn.example/x", x_linked_size="5", x_linked_etag=f'"{"a" * 64}"')}, OK),
    case("a file that is missing", Role.PAGE, HUB_FILE, {HUB_AT: answer(404, x_error_code="EntryNotFound")}, BROKEN,
         "no file leaf.bin"),
    case("a file behind a gate", Role.PAGE, HUB_FILE, {HUB_AT: answer(401, x_error_code="GatedRepo")}, WARNING,
         "is gated, though"),
    case("a file of a model that has moved", Role.PAGE, HUB_FILE,
         {HUB_AT: redirect(f"/new/leaf/resolve/{SHA}/leaf.bin", 307),
          f"/new/leaf/resolve/{SHA}/leaf.bin": redirect("https://cdn.example/x", x_linked_etag=f'"{"a" * 64}"')},
         WARNING, "has moved", 2, suggestion="{url}/new/leaf/resolve/" + SHA + "/leaf.bin"),
    case("the hub's limit", Role.PAGE, HUB_LINK, {"*": answer(429, RateLimit='"api";r=0;t=200')}, UNKNOWN, "limits", 3),
    *(case(f"a space that is {stage}", Role.PAGE, "https://huggingface.co/spaces/lab/leaf",
           {"/api/spaces/lab/leaf": document({"id": "lab/leaf"}),
            "/api/spaces/lab/leaf/runtime": document({"stage": stage})}, verdict, said, 2)
      for stage, verdict, said in [
          ("RUNNING", OK, ""), ("SLEEPING", WARNING, "sleeping"), ("BUILDING", WARNING, "building"),
          ("APP_STARTING", WARNING, "app starting"), ("PAUSED", BROKEN, "paused"), ("STOPPED", BROKEN, "stopped"),
          ("BUILD_ERROR", BROKEN, "build error"), ("RUNTIME_ERROR", BROKEN, "runtime error"),
          ("CONFIG_ERROR", BROKEN, "config error"), ("NO_APP_FILE", BROKEN, "no app file"),
          ("DREAMING", UNKNOWN, "not known here"),
      ]),
    # --- Zenodo and figshare ---
    case("a record", Role.PAGE, "https://zenodo.org/records/12", {"/api/records/12": document(RECORD)}, OK),
    case("a record that is missing", Role.PAGE, "https://zenodo.org/record/12", {"*": answer(404)}, BROKEN,
         "no record 12"),
    case("a record that was deleted", Role.PAGE, "https://zenodo.org/records/12", {"*": answer(410)}, BROKEN,
         "deleted"),
    case("a file of a record", Role.PAGE, "https://zenodo.org/records/12/files/leaf.zip?download=1",
         {"/api/records/12": document(RECORD)}, OK),
    case("a file that a record lacks", Role.PAGE, "https://zenodo.org/records/12/files/no.zip",
         {"/api/records/12": document(RECORD)}, BROKEN, "no file no.zip"),
    case("a restricted record", Role.PAGE, "https://zenodo.org/records/12",
         {"*": document({**RECORD, "metadata": {"access_right": "restricted"}})}, WARNING, "not open"),
    case("a version's DOI where one is wanted", Role.DOI, "10.5281/zenodo.12",
         {"/api/handles/10.5281/zenodo.12": handle(), "/api/records/12": document(RECORD)}, OK, "", 2,
         subject="code.archive.doi"),
    case("a concept's DOI where a version's is wanted", Role.DOI, "10.5281/zenodo.11",
         {"/api/handles/10.5281/zenodo.11": handle(), "/api/records/11": redirect("/api/records/12"),
          "/api/records/12": document(RECORD)}, WARNING, "all versions", 3, suggestion="10.5281/zenodo.12",
         subject="code.archive.doi"),
    case("a version's DOI where a concept's is wanted", Role.CONCEPT_DOI, "10.5281/zenodo.12",
         {"/api/handles/10.5281/zenodo.12": handle(), "/api/records/12": document(RECORD)}, WARNING, "one version", 2,
         suggestion="10.5281/zenodo.11", subject="code.archive.concept_doi"),
    case("an article", Role.PAGE, "https://figshare.com/articles/dataset/Leaf/77/2",
         {"/v2/articles/77/versions/2": document({"id": 77, "version": 2})}, OK),
    case("an article of an institution", Role.PAGE, "https://lab.figshare.com/articles/dataset/Leaf/77",
         {"/v2/articles/77": document({"id": 77, "version": 2})}, OK),
    case("an article that is missing", Role.PAGE, "https://figshare.com/articles/dataset/Leaf/77/2", {"*": answer(404)},
         BROKEN, "no public version 2"),
    case("a file of an article", Role.PAGE, "https://figshare.com/articles/dataset/Leaf/77?file=5",
         {"/v2/articles/77": document({"files": [{"id": 5, "size": 5}]})}, OK),
    case("an article's DOI without a version", Role.DOI, "10.6084/m9.figshare.77",
         {"/api/handles/10.6084/m9.figshare.77": handle(), "/v2/articles/77": document({"version": 3})}, WARNING,
         "all versions", 2, suggestion="10.6084/m9.figshare.77.v3", subject="code.archive.doi"),
    # --- Software Heritage ---
    case("an archived commit", Role.SWHID, f"swh:1:rev:{SHA}", {"*": document({"object_type": "revision"})}, OK,
         rung=Rung.VERIFIED, code=CODE),
    case("another archived commit", Role.SWHID, f"swh:1:rev:{OTHER}", {"*": document({})}, WARNING, "another commit",
         rung=Rung.VERIFIED, code=CODE),
    case("a page of an archived commit", Role.PAGE, f"https://archive.softwareheritage.org/swh:1:rev:{SHA};path=/a",
         {f"/api/1/resolve/swh:1:rev:{SHA};path=/a/": document({})}, OK, rung=Rung.VERIFIED),
    case("a commit that is not archived", Role.SWHID, f"swh:1:rev:{SHA}", {"*": document({}, 404)}, BROKEN,
         "not archived", suggestion="ask for it at {url}/save/"),
    # --- packages and images ---
    case("a package", Role.PACKAGE, "pypi:Leaf_Grade", {"/pypi/leaf-grade/json": document({"info": {}})}, OK),
    case("a version of a package", Role.PACKAGE, "pypi:leaf@1.0", {"/pypi/leaf/1.0/json": document({"info": {}})}, OK),
    case("a version that was yanked", Role.PACKAGE, "pypi:leaf@1.0",
         {"/pypi/leaf/1.0/json": document({"info": {"yanked": True}})}, WARNING, "yanked"),
    case("a version that does not exist", Role.PACKAGE, "pypi:leaf@2.0", {"*": answer(404)}, BROKEN, "no version 2.0"),
    case("a page of a package", Role.PAGE, "https://pypi.example/project/leaf/1.0/",
         {"/pypi/leaf/1.0/json": document({"info": {}})}, OK),
    case("a page of a package that does not exist", Role.PAGE, "https://test.pypi.example/project/leaf/",
         {"*": answer(404)}, BROKEN, "PyPI has no package leaf"),
    case("a page of a version that npm lacks", Role.PAGE, "https://www.npmjs.example/package/@lab/leaf/v/9.0.0",
         {"/@lab%2Fleaf": document({}), "*": answer(404)}, BROKEN, "npm has no version 9.0.0 of @lab/leaf"),
    case("a version that npm calls deprecated", Role.PAGE, "https://www.npmjs.example/package/leaf/v/1.0.0",
         {"/leaf/1.0.0": document({"deprecated": "use stem"})}, WARNING, "use stem"),
    case("a package that does not exist", Role.PACKAGE, "pypi:leaf", {"*": answer(404)}, BROKEN, "PyPI has no package"),
    case("a package of npm", Role.PACKAGE, "npm:@lab/leaf@1.0.0", {"/@lab%2Fleaf/1.0.0": document({})}, OK),
    case("a package that npm lacks", Role.PACKAGE, "npm:leaf", {"*": answer(404)}, BROKEN, "npm has no package leaf"),
    case("an image by digest", Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}",
         {f"/v2/lab/leaf/manifests/{DIGEST}": answer(200, docker_content_digest=DIGEST)}, OK, rung=Rung.VERIFIED),
    case("an image by tag", Role.IMAGE, "reg.example/lab/leaf:1",
         {"/v2/lab/leaf/manifests/1": answer(200, docker_content_digest=DIGEST)}, WARNING, "named by a tag",
         suggestion=f"reg.example/lab/leaf:1@{DIGEST}"),
    case("an image that is shown to those with a token for anybody", Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}",
         {f"/v2/lab/leaf/manifests/{DIGEST}": registry_with_token, "/token": document({"token": "look"})}, OK, "", 3,
         Rung.VERIFIED),
    case("an image for those with a login", Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}", {"*": answer(401)}, UNKNOWN,
         "without a login"),
    case("an image that is missing", Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}", {"*": answer(404)}, BROKEN,
         "has no"),
    case("an image with another digest", Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}",
         {"*": answer(200, docker_content_digest="sha256:" + "0" * 64)}, BROKEN, "another digest"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_known_service_is_asked_what_the_link_is_for(case: Case, server: FaultServer):
    server.routes = case.routes
    services = Services(dict.fromkeys(NAMES, server.url))
    address = case.address.replace("{url}", server.url.replace("127.0.0.1", "site.example"))
    subject = Subject(case.subject, ("links",), case.role, address, case.access, code=case.code)
    with closing(make_web()) as web:
        known = KnownServices(web, services, ArxivPapers(server.url))
        judgement = known.judge(subject)

    assert judgement is not None
    assert (judgement.verdict, case.reason in judgement.reason) == (case.verdict, True), judgement
    assert judgement.rung is case.rung
    assert judgement.suggestion == case.suggestion.replace("{url}", server.url)
    assert judgement.requests == case.requests == len(server.requests)
    assert judgement.received_bytes < 10_000


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/x",
        "https://github.com/lab/leaf/issues/7",
        "https://github.com/lab",
        "https://huggingface.co/lab",
        "https://huggingface.co/papers/2401.10020",
        "https://zenodo.org/communities/leaf",
        "https://figshare.com/about",
        "https://arxiv.org/list/cs.LG/recent",
        "https://doi.org/",
    ],
)
def test_a_page_of_which_no_service_knows_more_is_left_to_http(url, web):
    known = KnownServices(web, Services(), ArxivPapers("https://export.arxiv.org"))

    assert known.judge(Subject("links[0].url", ("links",), Role.PAGE, url)) is None


def test_an_address_elsewhere_that_does_not_speak_git_is_left_to_http(server, web):
    server.routes = {"*": answer(404)}
    known = KnownServices(web, Services(), ArxivPapers(""))

    assert known.judge(Subject("code.repo", ("code",), Role.REPOSITORY, f"{server.url}/x")) is None


ADDRESSES = [
    (Role.DOI, "10.5281/zenodo.12"),
    (Role.ARXIV, "2401.10020"),
    (Role.PAGE, f"{GH}/blob/{SHA}/app.py#L2"),
    (Role.PAGE, f"{GH}/releases/download/v1/leaf.bin"),
    (Role.REPOSITORY, GH),
    (Role.PAGE, f"{GL}/-/blob/{SHA}/src/app.py#L2"),
    (Role.PAGE, HUB_LINK),
    (Role.PAGE, HUB_FILE),
    (Role.PAGE, "https://huggingface.co/spaces/lab/leaf"),
    (Role.PAGE, "https://zenodo.org/records/12/files/leaf.zip"),
    (Role.PAGE, "https://figshare.com/articles/dataset/Leaf/77?file=5"),
    (Role.SWHID, f"swh:1:rev:{SHA}"),
    (Role.PACKAGE, "pypi:leaf@1.0"),
    (Role.PACKAGE, "npm:leaf@1.0.0"),
    (Role.IMAGE, f"reg.example/lab/leaf@{DIGEST}"),
]
KEYS = ("responseCode", "values", "full_name", "default_branch", "license", "assets", "name", "digest", "files", "key",
        "checksum", "versions", "runtime", "stage", "id", "gated", "metadata", "type", "data", "status")  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=JSON, status=st.sampled_from([200, 200, 200, 301, 401, 404, 418]))
def test_no_answer_that_a_service_could_give_breaks_the_checker(value, status):
    with FaultServer({"*": document(value, status)}) as server, closing(make_web()) as web:
        services = Services(dict.fromkeys(NAMES, server.url))
        known = KnownServices(web, services, ArxivPapers(server.url))
        for role, address in ADDRESSES:
            judgement = known.judge(Subject("code.archive.doi", (), role, address, code=CODE))

            assert judgement is None or isinstance(judgement.verdict, Outcome)


def test_papers_of_arxiv_are_asked_for_together(server, web):
    server.routes = {"/api/query": feed(entry("2401.10020v1"), entry("2402.00001v3"))}
    papers = ArxivPapers(server.url, ["2401.10020", "2402.00001", "2403.00001"])
    known = KnownServices(web, Services(), papers)
    verdicts = [
        known.judge(Subject("paper.arxiv", ("paper",), Role.ARXIV, paper)).verdict
        for paper in ("2401.10020", "2402.00001", "2403.00001")
    ]

    assert verdicts == [OK, OK, BROKEN]
    assert server.asked() == ["GET /api/query?id_list=2401.10020,2402.00001,2403.00001&max_results=3"]


def test_several_versions_of_one_paper_are_told_apart(server, web):
    server.routes = {"/api/query": feed(entry("2401.10020v3"), entry("2401.10020v1"))}
    papers = ["2401.10020", "2401.10020v1", "2401.10020v3", "2401.10020v4"]
    known = KnownServices(web, Services(), ArxivPapers(server.url, papers))
    judgements = [known.judge(Subject("paper.arxiv", ("paper",), Role.ARXIV, paper)) for paper in papers]

    assert [judgement.verdict for judgement in judgements] == [OK, OK, OK, BROKEN]
    assert judgements[-1].suggestion == "2401.10020v3"


def test_an_index_of_packages_is_asked_as_pip_asks_it(server, web):
    listed = document({"versions": ["1.0.0"]}, Content_Type="application/vnd.pypi.simple.v1+json")
    named = answer(200, '<a href="stem-1.0-py3-none-any.whl#sha256=0">x</a>', Content_Type="text/html")
    server.routes = {"/simple/leaf-grade/": listed, "/simple/stem/": named}
    known = KnownServices(web, Services({"pypi": f"{server.url}/simple"}), ArxivPapers(""))
    packages = ("Leaf_Grade", "leaf-grade@1.0", "leaf-grade@2.0", "stem@1.0", "root")
    verdicts = [known.judge(Subject("code.install", (), Role.PACKAGE, f"pypi:{name}")).verdict for name in packages]

    assert verdicts == [OK, OK, BROKEN, OK, BROKEN]


def test_what_no_api_tells_is_asked_for_where_its_service_was_said_to_be():
    services = Services({"github": "http://git.example:1", "zenodo": "https://zenodo.example"})

    assert (
        services.asked_at("https://github.com/lab/leaf/issues/7?q=1#c")
        == "http://git.example:1/lab/leaf/issues/7?q=1#c"
    )
    assert (
        services.asked_at("https://zenodo.org/records/7/files/a.zip") == "https://zenodo.example/records/7/files/a.zip"
    )
    for url in ("http://git.example:1/lab/leaf", "https://huggingface.co/lab/leaf", "https://example.org/x"):
        assert services.asked_at(url) == url


def test_a_page_on_a_gitlab_of_ones_own_is_recognised(server):
    services = Services({"gitlab": "https://git.lab.example"})

    assert services.of("https://git.lab.example/group/leaf") == "gitlab"
    assert services.of("https://elsewhere.example/group/leaf") is None


@pytest.mark.parametrize(
    ("command", "packages"),
    [
        ("pip install leaf==1.2 numpy", ["pypi:leaf@1.2", "pypi:numpy"]),
        ("python -m pip install 'leaf[gpu]>=2' -r requirements.txt", ["pypi:leaf"]),
        ("pip install -r requirements.lock", []),
        ("pip install . ./sub git+https://example.org/x https://example.org/x.whl x.whl", []),
        ("uv pip install -e . leaf", ["pypi:leaf"]),
        ("cd x && pip3 install --index-url https://example.org/simple leaf", ["pypi:leaf"]),
        ("npm install @lab/leaf@1.0.0 other", ["npm:@lab/leaf@1.0.0", "npm:other"]),
        ("conda env create -f environment.yml", []),
        ("pip install 'unclosed", []),
        ("", []),
    ],
)
def test_the_packages_of_an_install_command_are_those_taken_by_name(command, packages):
    assert [str(package) for package in packages_in(command)] == packages


@pytest.mark.parametrize("text", ["pypi:leaf", "pypi:leaf@1.2", "npm:@lab/leaf", "npm:@lab/leaf@1.0.0"])
def test_a_package_survives_being_written_and_read(text):
    assert str(Package.parse(text)) == text


@pytest.mark.parametrize(
    ("reference", "image"),
    [
        ("reg.example/lab/leaf:1", Image("reg.example", "lab/leaf", "1", "")),
        ("reg.example:5000/leaf", Image("reg.example:5000", "leaf", "latest", "")),
        (f"lab/leaf@{DIGEST}", Image("", "lab/leaf", "", DIGEST)),
        (f"reg.example/lab/leaf:1@{DIGEST}", Image("reg.example", "lab/leaf", "1", DIGEST)),
    ],
)
def test_an_image_reference_is_taken_apart(reference, image):
    assert Image.parse(reference) == image


@pytest.mark.parametrize(
    "option", ["nowhere=https://x.example", "github", "github=ftp://x.example", "github=https://me:pw@x.example"]
)
def test_a_service_that_cannot_be_asked_is_the_checkers_own_fault(option):
    with pytest.raises(ConfigurationError):
        parse_services([option])


def test_tokens_are_bound_to_the_service_they_are_for():
    tokens = Services({"gitlab": "https://git.lab.example/"}).tokens(
        {"GITHUB_TOKEN": "g1", "GH_TOKEN": "g2", "GITLAB_TOKEN": "l1", "HF_TOKEN": "h1\nX: y"}
    )

    assert tokens == {
        "https://api.github.com": {"Authorization": "Bearer g1"},
        "https://git.lab.example": {"PRIVATE-TOKEN": "l1"},
    }
