"""The files of packages: how each wheel comes into the cache, from its origin or compiled from what came from there."""

from collections.abc import Sequence
from pathlib import Path

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.compiler import CompileError, can_compile, compile_zip, compiled_before, keep
from paper_companion.demo.download import opened
from paper_companion.demo.package import LockedPackage
from paper_companion.demo.pip import NoWheel, PipError, download_wheel
from paper_companion.demo.projects import build_project
from paper_companion.demo.runtime import Say, fetch_core, pins
from paper_companion.demo.target import Target
from paper_companion.demo.wheels import WheelError, has_python, reads_sources

# Some of their modules read source text, but nothing that was met while they answered from bytecode alone
# (tests/browser/test_packages.py).
_ANSWER_WITHOUT_SOURCES = frozenset(
    {"contourpy", "cycler", "fonttools", "joblib", "kiwisolver", "matplotlib", "numpy", "packaging", "pandas"}
    | {"pillow", "pyparsing", "python-dateutil", "pytz", "scikit-learn", "scipy", "six", "threadpoolctl"}
)


class WheelUnavailable(Exception):
    """A wheel can neither be found in the cache nor be had from its origin. The text is one line."""


def fill_packages(
    packages: Sequence[LockedPackage], root: Path, target: Target, cache: Cache, sources: Sequence[str], say: Say
) -> None:
    """Have the wheel of every package in the cache; opens no connection when they are there.

    Raises WheelUnavailable and RuntimeUnavailable.
    """
    for package in packages:
        if cache.get(package.digest):
            continue
        if cache.get(package.wheel) is None:
            _fetch(package, root, target, cache, sources, say)
        if package.source:
            made = compile_wheel(package.name, package.file_name, package.source, target, cache, sources, say)
            if made != package.digest:
                raise WheelUnavailable(f"{package.file_name} compiles to other bytes than the lock's (lock again)")


def official_wheel(
    file_name: str, sha256: str, target: Target, cache: Cache, sources: Sequence[str], say: Say
) -> Digest:
    """The digest of a wheel of Pyodide's own distribution, in the cache afterwards. Raises WheelUnavailable."""
    digest = cache.find(sha256)
    if digest:
        return digest
    reasons = []
    for source in sources:
        source = source.replace("{version}", target.version)
        if source == "npm":
            continue  # it has the core alone
        try:
            data = _from_source(source, file_name, say)
        except OSError as error:
            reasons.append(f"{source}: {error}")
            continue
        if data is None:
            reasons.append(f"{source} has no {file_name}")
        elif (found := Digest.of_bytes(data)).sha256 == sha256:
            return cache.add_bytes(data)
        else:
            reasons.append(f"{source} has another {file_name} (sha256 {found.sha256[:12]}…)")
    raise WheelUnavailable(
        f"{file_name} of {target} is not in the cache, and not to be had: {'; '.join(reasons)} "
        "(connect to the network once, or name a folder or an address that has it: --from)"
    )


def compile_wheel(
    name: str, file_name: str, wheel: Digest, target: Target, cache: Cache, sources: Sequence[str], say: Say
) -> Digest | None:
    """Byte-compile a wheel of the cache, where that can be done and nothing in it needs its sources; else None.

    Raises WheelUnavailable and RuntimeUnavailable.
    """
    if not can_compile():
        return None
    core = pins(target.version, cache)
    assert core is not None, "the core is known before packages are"
    made = compiled_before(wheel, core, cache)
    if made is None and _keeps_sources(name, wheel, cache):
        keep(wheel, made := wheel, core, cache)
    if made is None:
        fetch_core(target.version, cache, sources, say)
        say(f"compiling {file_name}")
        try:
            made = compile_zip("wheel", wheel, core, cache)
        except CompileError as error:
            raise WheelUnavailable(f"{file_name}: {error}") from None
    return made if made != wheel else None


def _keeps_sources(name: str, wheel: Digest, cache: Cache) -> bool:
    """Whether a wheel of the cache has nothing to compile, or has modules that read source text."""
    path = cache.get(wheel)
    assert path is not None, "was fetched"
    data = path.read_bytes()
    return not has_python(data) or (name not in _ANSWER_WITHOUT_SOURCES and reads_sources(data))


def _fetch(package: LockedPackage, root: Path, target: Target, cache: Cache, sources: Sequence[str], say: Say) -> None:
    if package.origin == "pyodide":
        official_wheel(package.file_name, package.wheel.sha256, target, cache, sources, say)
        return
    try:
        if package.project:
            say(f"building {package.project.path}")
            _, data = build_project(root / package.project.path, target)
        else:
            say(f"fetching {package.file_name}")
            _, data = download_wheel(f"{package.name}=={package.version}", target)
    except NoWheel:
        raise WheelUnavailable(f"{package.file_name} is no longer to be had (lock again)") from None
    except (PipError, WheelError, OSError) as error:
        raise WheelUnavailable(f"{package.file_name}: {error}") from None
    if Digest.of_bytes(data) != package.wheel:
        raise WheelUnavailable(f"{package.file_name} is not what the lock says (lock again)")
    cache.add_bytes(data)


def _from_source(source: str, file_name: str, say: Say) -> bytes | None:
    """A file of a folder or of an address, or None when it is not there. Raises OSError."""
    if "://" not in source:
        path = Path(source) / file_name
        return path.read_bytes() if path.is_file() else None
    say(f"fetching {file_name} from {source}")
    try:
        with opened(f"{source.rstrip('/')}/{file_name}") as response:
            return response.read()
    except FileNotFoundError:
        return None
