"""A package of a demo: one wheel of the lock, and what Pyodide has to know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from paper_companion.demo.cache import Digest

Origin = Literal["pyodide", "pypi", "local"]


@dataclass(frozen=True)
class Project:
    """A project of the author's: its path as in the paper file, and one hash over what its wheel is built from."""

    path: str
    sha256: str


@dataclass(frozen=True)
class LockedPackage:
    """One package. `origin` is where its wheel comes from: Pyodide's distribution, a package index or the project."""

    name: str
    version: str
    origin: Origin
    file_name: str
    digest: Digest
    """What readers download."""
    source: Digest | None = None
    """The wheel that it was compiled from, when it was."""
    depends: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    install_dir: str = "site"
    package_type: str = "package"
    project: Project | None = None

    @property
    def wheel(self) -> Digest:
        """The wheel as its origin has it."""
        return self.source or self.digest


def to_entry(package: LockedPackage) -> dict[str, Any]:
    """A package as the lock holds it."""
    entry = {
        "name": package.name,
        "version": package.version,
        "origin": package.origin,
        "file_name": package.file_name,
        **_digest_entry(package.digest),
        "depends": list(package.depends),
        "imports": list(package.imports),
        "install_dir": package.install_dir,
        "package_type": package.package_type,
    }
    if package.source:
        entry["from"] = _digest_entry(package.source)
    if package.project:
        entry["project"] = {"path": package.project.path, "sha256": package.project.sha256}
    return entry


def from_entry(entry: Mapping[str, Any]) -> LockedPackage:
    """The reverse of `to_entry`. Raises KeyError and TypeError."""
    if "/" in entry["file_name"] or entry["origin"] not in ("pyodide", "pypi", "local"):
        raise TypeError(f"{entry['file_name']} is not the name of a wheel")
    return LockedPackage(
        str(entry["name"]),
        str(entry["version"]),
        entry["origin"],
        str(entry["file_name"]),
        Digest(int(entry["size"]), str(entry["sha256"])),
        Digest(int(entry["from"]["size"]), str(entry["from"]["sha256"])) if "from" in entry else None,
        tuple(map(str, entry["depends"])),
        tuple(map(str, entry["imports"])),
        str(entry["install_dir"]),
        str(entry["package_type"]),
        Project(str(entry["project"]["path"]), str(entry["project"]["sha256"])) if "project" in entry else None,
    )


def index_entry(package: LockedPackage) -> dict[str, Any]:
    """A package as pyodide-lock.json holds it. Its wheel lies, or seems to, beside the runtime's own files."""
    return {
        "name": package.name,
        "version": package.version,
        "file_name": package.file_name,
        "install_dir": package.install_dir,
        "sha256": package.digest.sha256,
        "package_type": package.package_type,
        "imports": list(package.imports),
        "depends": list(package.depends),
        "unvendored_tests": False,
    }


def _digest_entry(digest: Digest) -> dict[str, Any]:
    return {"size": digest.size_bytes, "sha256": digest.sha256}
