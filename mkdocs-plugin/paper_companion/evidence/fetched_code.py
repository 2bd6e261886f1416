"""The code at the commit that a paper pins, fetched without its history and without ever being checked out.

A stranger's repository is read as objects alone: no hook, filter, link or submodule of it comes to anything. Git is let
to one public address over http or https, and follows no redirect.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from paper_companion.evidence.net.address import parse_address
from paper_companion.evidence.net.addresses import AddressGuard
from paper_companion.evidence.net.failure import Failure, FailureKind
from paper_companion.evidence.net.redaction import redacted
from paper_companion.evidence.repository_files import MAX_TEXT_BYTES, Checkout, own_files

# Larger files are not text that is looked at; git leaves them on the server.
_FILTER = f"--filter=blob:limit={MAX_TEXT_BYTES}"
_KEPT = (
    "PATH",
    "LANG",
    "LD_LIBRARY_PATH",
    "SYSTEMROOT",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
)


@dataclass(frozen=True)
class FetchedCode(Checkout):
    """A commit in a bare repository."""

    at: str

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Paths of the commit's files; see Checkout."""
        return own_files(self._read("ls-tree", "-r", "-z", "--name-only", self.at).split("\0"))

    @cached_property
    def commit(self) -> str:
        """The commit that was fetched."""
        return self.at

    def lines(self, path: str) -> list[str]:
        """The lines of a text file; none when it was too large to be fetched."""
        return self._read("cat-file", "blob", f"{self.at}:{path}").splitlines()

    def _read(self, *words: str) -> str:
        command = ["git", "--git-dir", str(self.folder), *words]
        # What was not fetched stays where it is, instead of being asked for behind the guard's back.
        environment = {**_environment(os.environ), "GIT_NO_LAZY_FETCH": "1"}
        try:
            done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def fetch_code(
    repository: str, commit: str, guard: AddressGuard, folder: Path, time_limit_s: float = 120.0
) -> FetchedCode | Failure:
    """Fetch one commit of a repository into a folder of its own below `folder`, unless it is there already."""
    address = parse_address(repository)
    if isinstance(address, Failure):
        return address
    found = guard.look_up(address.origin.host)
    if isinstance(found, Failure):
        return found
    store = folder / f"{commit}.git"
    pinned = f"{address.origin.host}:{address.origin.port}:{found.addresses[0]}"
    options = ["-c", f"http.curloptResolve={pinned}", "-c", "http.followRedirects=false", "-c", "gc.auto=0"]
    git = ["git", "--git-dir", str(store), *options]
    steps = [
        ["git", "init", "-q", "--bare", "--template=", str(store)],
        [*git, "fetch", "-q", "--depth=1", "--no-tags", "--no-recurse-submodules", _FILTER, "--", str(address), commit],
    ]
    if _has(store, commit):
        return FetchedCode(store, commit)
    try:
        for step in steps:
            done = subprocess.run(
                step, env=_environment(os.environ), capture_output=True, timeout=time_limit_s, check=False
            )
            if done.returncode:
                said = redacted(done.stderr.decode("utf-8", "replace").strip().partition("\n")[0])
                return Failure(FailureKind.CONNECT, f"the commit could not be fetched: {said[:200]}")
    except subprocess.TimeoutExpired:
        return Failure(FailureKind.TIMEOUT, f"the commit could not be fetched within {time_limit_s:g} s")
    except OSError as error:
        return Failure(FailureKind.DISK, f"git could not be run: {error.strerror}")
    return FetchedCode(store, commit)


def _has(store: Path, commit: str) -> bool:
    return store.is_dir() and bool(FetchedCode(store, commit)._read("cat-file", "-t", commit))


def _environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What git may see: no configuration, credentials or prompts of the person who runs this."""
    kept = {name: environment[name] for name in _KEPT if name in environment}
    return {
        **kept,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "HOME": os.devnull,
    }
