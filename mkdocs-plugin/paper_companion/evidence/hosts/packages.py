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
from dataclasses import replace
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from paper_companion.evidence.hosts.api import Api, text_at
from paper_companion.evidence.install import Package
from paper_companion.evidence.judgement import Judgement, broken, ok, unknown, warning

_SIMPLE = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
_SAY_WHERE = {
    "pypi": "say where it is with --host pypi=URL or PIP_INDEX_URL",
    "npm": "say where it is with --host npm=URL or npm_config_registry",
}


def judge_package(api: Api, base: str | None, package: Package) -> Judgement:
    """Whether a package exists, in its version when it has one. Raises Settled."""
    index = base or index_address(package.index)
    if index is None:
        name = {"pypi": "PyPI", "npm": "npm"}[package.index]
        return unknown(f"where {name} is asked is not known here", _SAY_WHERE[package.index])
    if package.index == "npm":
        return _on_npm(api, index.rstrip("/"), package)
    # pip's setting is always an index; the service as a whole also has a description of each release.
    asking = _by_metadata if base is not None and "simple" not in base.rpartition("/")[2] else _on_pypi
    return asking(api, index.rstrip("/"), package)


def package_of(url: str) -> Package | None:
    """The package that a page of PyPI or npm is about; None when it is about none."""
    path = unquote(urlsplit(url).path)
    matched = re.match(r"/project/([^/]+)(?:/([^/]+))?/?$", path)
    if matched:
        return Package("pypi", matched[1], matched[2] or "")
    matched = re.match(r"/package/((?:@[^/]+/)?[^/@]+)(?:/v/([^/]+))?/?$", path)
    return Package("npm", matched[1], matched[2] or "") if matched else None


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
    api.found(answer, _none_such("PyPI", replace(package, version="")), "PyPI")
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
    return broken(_none_such("PyPI", package))


def _by_metadata(api: Api, base: str, package: Package) -> Judgement:
    from packaging.utils import canonicalize_name

    name = canonicalize_name(package.name)
    version = f"/{quote(package.version, safe='')}" if package.version else ""
    answer = api.ask(f"{base}/pypi/{name}{version}/json")
    api.found(answer, _none_such("PyPI", package), "PyPI")
    info = api.data(answer).get("info") if answer.complete else None
    if package.version and isinstance(info, dict) and info.get("yanked") is True:
        return warning(f"version {package.version} of {package.name} was withdrawn from PyPI (yanked)")
    return ok()


def _listed_versions(body: bytes) -> list[object]:
    try:
        versions = json.loads(body).get("versions")
    except (ValueError, AttributeError, RecursionError):
        return []
    return versions if isinstance(versions, list) else []


def _on_npm(api: Api, registry: str, package: Package) -> Judgement:
    name = quote(package.name, safe="@")
    # Without a version the description of all of them is there or not: its beginning is enough.
    version, limit = (
        (f"/{quote(package.version, safe='')}", None) if package.version else ("", api.web.limits.page_bytes)
    )
    answer = api.ask(f"{registry}/{name}{version}", body_bytes=limit)
    api.found(answer, _none_such("npm", package), "npm")
    said = text_at(api.data(answer), "deprecated") if answer.complete else ""
    return warning(f"is deprecated: {said[:200]}") if said else ok()


def _none_such(where: str, package: Package) -> str:
    what = f"version {package.version} of {package.name}" if package.version else f"package {package.name}"
    return f"{where} has no {what}"
