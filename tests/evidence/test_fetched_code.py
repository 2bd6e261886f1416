"""The code at a pinned commit, fetched from a git server of ours and read without being checked out."""

import ipaddress
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from fault_server import Exchange, FaultServer, hang, redirect
from paper_companion.cli import main
from paper_companion.evidence.completeness_signs import look_for_all
from paper_companion.evidence.fetched_code import FetchedCode, fetch_code
from paper_companion.evidence.net.addresses import AddressGuard
from paper_companion.evidence.net.failure import Failure, FailureKind
from small_web import resolve

README = "| Model | Accuracy |\n|---|---|\n| Leaf | 94.1 % |\n\n    python train.py\n"


def git(*words: str, folder: Path) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=x", "-c", "user.email=x@example.org", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def backend(projects: Path):
    """git's own server program, behind the fault server."""

    def respond(exchange: Exchange) -> None:
        request = exchange.request
        path, _, query = request.target.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(projects),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "HOME": "/nonexistent",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "HTTP_GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=request.body, env=environment, capture_output=True)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        exchange.answer(int(headers.pop("Status", "200").split()[0]), headers, body)

    return respond


@pytest.fixture
def project(tmp_path) -> tuple[Path, str]:
    """A repository with two commits, its address relative to the server, and the first commit."""
    folder = tmp_path / "projects" / "leaf"
    folder.mkdir(parents=True)
    git("init", "-q", folder=folder)
    git("config", "uploadpack.allowAnySHA1InWant", "true", folder=folder)
    git("config", "uploadpack.allowFilter", "true", folder=folder)
    (folder / "train.py").write_text("x")
    (folder / "README.md").write_text(README)
    (folder / "huge.bin").write_bytes(os.urandom(3_000_000))
    (folder / "evil.md").symlink_to("/etc/passwd")
    git("add", ".", folder=folder)
    git("commit", "-qm", "first", folder=folder)
    first = git("rev-parse", "HEAD", folder=folder)
    (folder / "evaluate.py").write_text("x")
    git("add", ".", folder=folder)
    git("commit", "-qm", "second", folder=folder)
    return folder, first


@pytest.fixture
def guard() -> AddressGuard:
    return AddressGuard([ipaddress.ip_network("127.0.0.1/32")], resolve)


def fetch(server: FaultServer, project, guard, tmp_path, **more) -> FetchedCode | Failure:
    return fetch_code(f"{server.url}/leaf/.git", project[1], guard, tmp_path / "code", **more)


def test_the_pinned_commit_is_fetched_and_not_a_later_one(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}

    code = fetch(server, project, guard, tmp_path)

    assert isinstance(code, FetchedCode), code
    assert code.paths == ("README.md", "evil.md", "huge.bin", "train.py")
    found = look_for_all(code)
    assert [str(sign) for sign in found["training"]] == ["train.py"]
    assert [str(sign) for sign in found["results"]] == ["README.md:3", "README.md:5"]
    assert found["evaluation"] == ()


def test_large_files_stay_on_the_server_and_are_not_fetched_later(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}
    code = fetch(server, project, guard, tmp_path)
    asked = len(server.requests)

    assert code.lines("huge.bin") == []
    assert len(server.requests) == asked
    assert server.sent_bytes < 100_000


def test_nothing_of_the_repository_is_checked_out(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}
    code = fetch(server, project, guard, tmp_path)

    assert code.lines("evil.md") == ["/etc/passwd"]
    assert not list((tmp_path / "code").rglob("train.py"))


def test_a_commit_that_is_here_is_not_fetched_again(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}
    fetch(server, project, guard, tmp_path)
    asked = len(server.requests)

    assert isinstance(fetch(server, project, guard, tmp_path), FetchedCode)
    assert len(server.requests) == asked


def test_a_commit_that_does_not_exist_says_so(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}

    failure = fetch(server, (project[0], "0" * 40), guard, tmp_path)

    assert isinstance(failure, Failure)
    assert "could not be fetched" in failure.message


def test_a_server_that_hangs_is_left_after_the_time_limit(server, project, guard, tmp_path):
    server.routes = {"*": hang}

    failure = fetch(server, project, guard, tmp_path, time_limit_s=0.5)

    assert failure.kind is FailureKind.TIMEOUT


def test_git_follows_no_redirect(server, project, guard, tmp_path):
    with FaultServer({"*": backend(project[0].parent)}, host="127.0.0.2") as other:
        server.routes = {"*": lambda exchange: redirect(other.url + exchange.request.target)(exchange)}

        assert isinstance(fetch(server, project, guard, tmp_path), Failure)
        assert other.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc",
        "ssh://git@site.example/x",
        "ext::sh -c id",
        "http://10.0.0.1/x",
        "http://inner.example/x",
        "--help",
    ],
)
def test_git_is_let_to_public_addresses_over_http_only(url, guard, tmp_path):
    assert isinstance(fetch_code(url, "0" * 40, guard, tmp_path), Failure)


def test_a_name_is_pinned_to_the_address_that_was_judged(server, project, guard, tmp_path):
    server.routes = {"*": backend(project[0].parent)}

    code = fetch_code(f"http://site.example:{server.port}/leaf/.git", project[1], guard, tmp_path / "code")

    assert isinstance(code, FetchedCode), code


def test_check_fetches_the_code_where_it_is_told_to(server, project, tmp_path, monkeypatch):
    server.routes = {"*": backend(project[0].parent)}
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("PAPER_COMPANION_CACHE", str(tmp_path / "cache"))
    Path("mkdocs.yml").write_text("site_name: x\n")
    Path("paper.yml").write_text(
        f"paper: {{title: x}}\ncode:\n  repo: {server.url}/leaf/.git\n  commit: {project[1]}\n"
        "  train: python train.py\n  evaluate: python evaluate.py\n"
    )

    result = CliRunner().invoke(main, ["check", "--fetch-code", "--allow-address", "127.0.0.0/8"])

    assert result.exit_code == 1, result.output
    assert "evaluate.py, which the repository does not hold" in result.stdout
    assert "code.train" not in result.stdout
