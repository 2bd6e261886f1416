"""Packages that a paper's install command names: do they exist on PyPI or npm, in the version that is asked for?

Where the two indexes are is not written here: pip and npm know, or the run is told with `--host`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from paper_companion.evidence.hosts.api import Api, Unanswered
from paper_companion.evidence.install import Package
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown

_SIMPLE = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_SAY_WHERE = {
    "pypi": "say where it is with --host pypi=URL or PIP_INDEX_URL",
    "npm": "say where it is with --host npm=URL or npm_config_registry",
}


def judge_package(api: Api, base: str | None, package: Package) -> Judgement:
    """Whether a package exists, in its version when it has one. Raises Unanswered."""
    base = base or index_address(package.index)
    if base is None:
        return unknown(f"where {_label(package.index)} is asked is not known here", _SAY_WHERE[package.index])
    return (_on_pypi if package.index == "pypi" else _on_npm)(api, base.rstrip("/"), package)


def index_address(index: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """Where pip or npm, as they are set up here, look for packages; None when they do not say."""
    if index == "pypi":
        said = environment.get("PIP_INDEX_URL") or _output("pip", "config", "get", "global.index-url")
    else:
        said = environment.get("npm_config_registry") or _output("npm", "config", "get", "registry")
    return said if said.startswith(("http://", "https://")) and "@" not in said else None


@lru_cache(maxsize=4)
def _output(*command: str) -> str:
    if shutil.which(command[0]) is None:
        return ""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _on_pypi(api: Api, index: str, package: Package) -> Judgement:
    from packaging.utils import canonicalize_name, canonicalize_version

    name = canonicalize_name(package.name)
    answer = api.ask(f"{index}/{name}/", {"Accept": _SIMPLE})
    if answer.status == 404:
        return broken(f"PyPI has no package {package.name}")
    if answer.status != 200:
        raise Unanswered(unknown(f"PyPI answers {answer.status}"))
    if not package.version:
        return ok()
    wanted = canonicalize_version(package.version)
    names = set(
        re.findall(rb"[A-Za-z0-9_.-]+-([0-9][A-Za-z0-9.!+_]*?)(?:-[A-Za-z0-9_.-]+\.whl|\.tar\.gz|\.zip)", answer.body)
    )
    versions = {canonicalize_version(version.decode()) for version in names}
    if answer.media_type.endswith("+json") and answer.complete:
        versions |= {canonicalize_version(str(version)) for version in _listed_versions(answer.body)}
    if wanted in versions:
        return ok()
    if not answer.complete:
        return unknown(f"PyPI's list of {package.name} is too long to look for version {package.version}")
    return broken(f"PyPI has no version {package.version} of {package.name}")


def _listed_versions(body: bytes) -> list[object]:
    try:
        versions = json.loads(body).get("versions")
    except (ValueError, AttributeError, RecursionError):
        return []
    return versions if isinstance(versions, list) else []


def _on_npm(api: Api, registry: str, package: Package) -> Judgement:
    name = quote(package.name, safe="@")
    answer = api.ask(f"{registry}/{name}/{quote(package.version or 'latest', safe='')}")
    if answer.status == 200:
        return ok()
    if answer.status != 404:
        raise Unanswered(unknown(f"npm answers {answer.status}"))
    what = f"version {package.version} of {package.name}" if package.version else f"package {package.name}"
    return broken(f"npm has no {what}")


def _label(index: str) -> str:
    return {"pypi": "PyPI", "npm": "npm"}[index]
