"""The packages of a demo, resolved: which wheels it needs, with everything that these need in turn."""

import difflib
import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.code import browser_demo
from paper_companion.demo.package import LockedPackage, Origin, Project
from paper_companion.demo.package_files import WheelUnavailable, compile_wheel, official_wheel
from paper_companion.demo.pip import NoWheel, PipError, described, download_wheel
from paper_companion.demo.projects import build_project, project_sha256
from paper_companion.demo.runtime import PACKAGE_INDEX, RuntimeUnavailable, Say, known_versions
from paper_companion.demo.target import Target
from paper_companion.demo.wheels import Wheel, WheelError, read_wheel
from paper_companion.paper.reader import PaperError, PaperFile

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MAX_ROUNDS = 50
_SHOWN_VERSIONS = 5


@dataclass(frozen=True)
class _Ask:
    """A requirement, who has it, and which entry of `demo.packages` led there."""

    requirement: "Requirement"
    by: str
    number: int

    def __str__(self) -> str:
        plain = f"{self.requirement.name}{self.requirement.specifier}"
        return f"{plain} ({self.by})" if self.by else plain


@dataclass(frozen=True)
class _Choice:
    """What was chosen for a name. `depends` are names that its origin gives without versions."""

    name: str
    version: str
    origin: Origin
    file_name: str
    number: int
    digest: Digest
    wheel: Wheel | None = None
    entry: Mapping[str, Any] | None = None
    project: Project | None = None


class _Refused(Exception):
    """A requirement that cannot be met: the text, and the number of the entry of `demo.packages`."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self.number = number


def is_project(package: str) -> bool:
    """Whether an entry of `demo.packages` is a folder or a wheel of the project, not a name."""
    return package.startswith(("./", "../"))


def resolve_packages(
    paper_file: PaperFile, target: Target, index: Mapping[str, Any], cache: Cache, sources: Sequence[str], say: Say
) -> tuple[LockedPackage, ...]:
    """The wheels for `demo.packages`, by name, in the cache afterwards. `index` is the version's pyodide-lock.json.

    Each requirement gets the runtime's own package when its version is allowed and it can be had, else the newest
    wheel that is.
    Raises PaperError.
    """
    demo = browser_demo(paper_file)
    if not demo.packages:
        return ()
    resolver = _Resolver(paper_file, target, index["packages"], cache, sources, say)
    try:
        return tuple(resolver.locked(choice) for _, choice in sorted(resolver.resolve(demo.packages).items()))
    except _Refused as error:
        raise PaperError([paper_file.problem(str(error), "demo", "packages", error.number)]) from None


class _Resolver:
    def __init__(
        self,
        paper_file: PaperFile,
        target: Target,
        official: Mapping[str, Mapping[str, Any]],
        cache: Cache,
        sources: Sequence[str],
        say: Say,
    ) -> None:
        self.root = paper_file.root
        self.target = target
        self.official = official
        self.cache = cache
        self.sources = sources
        self.say = say
        self.projects: dict[str, _Choice] = {}
        self.needs: dict[str, set[str]] = {}
        self._downloaded: dict[str, tuple[str, bytes]] = {}

    def resolve(self, packages: Sequence[str]) -> dict[str, _Choice]:
        """Walk from the declared packages to all they need; start over when a later requirement narrows a choice."""
        asks = [self._first_ask(text, number) for number, text in enumerate(packages)]
        narrowed: dict[str, list[_Ask]] = {}
        for _ in range(MAX_ROUNDS):
            chosen, unmet = self._walk(asks, narrowed)
            if unmet is None:
                return chosen
            narrowed.setdefault(_normal(unmet.requirement.name), []).append(unmet)
        raise _Refused(f"no set of versions was found in {MAX_ROUNDS} rounds (pin some: name==version)", 0)

    def locked(self, choice: _Choice) -> LockedPackage:
        """A choice as the lock has it, its wheel fetched and, where possible, compiled. Raises _Refused."""
        entry = choice.entry
        try:
            digest = choice.digest
            is_wheel = choice.file_name.endswith(".whl")
            compiled = (
                compile_wheel(choice.name, choice.file_name, digest, self.target, self.cache, self.sources, self.say)
                if is_wheel
                else None
            )
        except (WheelUnavailable, RuntimeUnavailable) as error:
            raise _Refused(str(error), choice.number) from None
        return LockedPackage(
            choice.name,
            choice.version,
            choice.origin,
            choice.file_name,
            compiled or digest,
            digest if compiled else None,
            tuple(sorted(self.needs[choice.name])),
            tuple(entry["imports"]) if entry else choice.wheel.imports if choice.wheel else (),
            entry["install_dir"] if entry else "site",
            entry["package_type"] if entry else "package",
            choice.project,
        )

    def _first_ask(self, text: str, number: int) -> _Ask:
        from packaging.requirements import InvalidRequirement, Requirement

        if is_project(text):
            project = self._project(text, number)
            self.projects[project.name] = project
            return _Ask(Requirement(project.name), "", number)
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            raise _Refused(f"expected a name, name==version, or ./folder, got {text!r}", number) from None
        if requirement.url:
            raise _Refused("an address is not locked (download the wheel and name it: ./wheels/….whl)", number)
        return _Ask(requirement, "", number)

    def _project(self, path: str, number: int) -> _Choice:
        place = self.root / path
        try:
            self.say(f"building {path}")
            sha256 = project_sha256(place)
            name, data = build_project(place, self.target)
            wheel = read_wheel(name, data)
        except (PipError, WheelError, OSError) as error:
            raise _Refused(str(error), number) from None
        digest = self.cache.add_bytes(data)
        return _Choice(wheel.name, wheel.version, "local", name, number, digest, wheel, project=Project(path, sha256))

    def _walk(
        self, first: Sequence[_Ask], narrowed: Mapping[str, Sequence[_Ask]]
    ) -> tuple[dict[str, _Choice], _Ask | None]:
        """One round: what was chosen, and the requirement that a choice does not meet, if there is one."""
        chosen: dict[str, _Choice] = {}
        self.needs = {}
        followed: set[tuple[str, str]] = set()
        waiting = deque(first)
        while waiting:
            ask = waiting.popleft()
            name = _normal(ask.requirement.name)
            if name not in chosen:
                chosen[name] = self._choose(name, [ask, *narrowed.get(name, ())])
                self.needs[name] = set()
            elif not ask.requirement.specifier.contains(chosen[name].version, prereleases=True):
                return chosen, ask
            for extra in ("", *sorted(ask.requirement.extras)):
                if (name, extra) not in followed:
                    followed.add((name, extra))
                    for requirement in self._requirements(chosen[name], extra):
                        if _normal(requirement.name) != name:  # an extra may ask for another extra
                            self.needs[name].add(_normal(requirement.name))
                        by = f"needed by {name} {chosen[name].version}"
                        waiting.append(_Ask(requirement, by, ask.number))
        return chosen, None

    def _requirements(self, choice: _Choice, extra: str) -> Iterator["Requirement"]:
        """What a choice needs in the runtime: always, or for one extra."""
        from packaging.requirements import Requirement

        if choice.entry and not extra:
            yield from (Requirement(name) for name in choice.entry["depends"])
            return
        wheel = choice.wheel
        if wheel is None:
            wheel = read_wheel(choice.file_name, self.cache.get(choice.digest).read_bytes())
        for requirement in wheel.requires:
            marker = requirement.marker
            is_for_extra = marker is not None and "extra" in str(marker)
            if is_for_extra == bool(extra) and (
                marker is None or marker.evaluate({**self.target.environment, "extra": extra})
            ):
                yield requirement

    def _choose(self, name: str, asks: Sequence[_Ask]) -> _Choice:
        """The wheel that meets all requirements on a name. Raises _Refused."""
        specifier = asks[0].requirement.specifier
        for ask in asks[1:]:
            specifier &= ask.requirement.specifier
        number = asks[0].number
        if project := self.projects.get(name):
            if not specifier.contains(project.version, prereleases=True):
                raise _Refused(f"{project.project.path} is version {project.version}, not {asks[-1]}", number)
            return project
        entry = self.official.get(name)
        missing = None
        if entry and specifier.contains(entry["version"], prereleases=True):
            try:
                digest = self._official_digest(entry)
                return _Choice(name, entry["version"], "pyodide", entry["file_name"], number, digest, entry=entry)
            except WheelUnavailable as error:
                missing = error
        text = f"{name}{specifier}"
        try:
            if text not in self._downloaded:
                self.say(f"looking for a wheel of {text}")
                self._downloaded[text] = download_wheel(text, self.target)
            file_name, data = self._downloaded[text]
            wheel = read_wheel(file_name, data)
        except NoWheel as found:
            raise _Refused(str(missing or self._no_wheel(name, asks, found)), number) from None
        except (PipError, WheelError) as error:
            raise _Refused(str(missing or f"{text}: {error}"), number) from None
        if missing:
            self.say(f"{missing}: taking {file_name} instead")
        return _Choice(name, wheel.version, "pypi", file_name, number, self.cache.add_bytes(data), wheel)

    def _no_wheel(self, name: str, asks: Sequence[_Ask], found: NoWheel) -> str:
        """Why there is no wheel, and what could be used."""
        target = self.target
        said = " and ".join(map(str, asks))
        parts = []
        if entry := self.official.get(name):
            parts.append(f"{target} has {name} {entry['version']}")
        elif near := difflib.get_close_matches(name, [one for one in self.official if name in one] or self.official, 1):
            parts.append(f"{target} has {near[0]}")
        parts += [f"Pyodide {version} has {name} (runtime: {version})" for version in self._elsewhere(name)]
        if found.versions:
            parts.append(f"versions with a wheel for it: {', '.join(found.versions[-_SHOWN_VERSIONS:])}")
        elif found.files:
            parts.append(f"the package index has {described(found.files)}")
        else:
            parts.append("the package index does not know it")
        kinds = f"pure, or for Python {target.python} on {' or '.join(target.platforms[:2])}"
        return f"there is no wheel for {target} ({kinds}) of {said}: {'; '.join(parts)}"

    def _elsewhere(self, name: str) -> Iterator[str]:
        """Other known versions of the runtime that have a package, as far as they are in the cache."""
        for version, files in known_versions().items():
            path = None if version == self.target.version else self.cache.get(files[PACKAGE_INDEX])
            if path and name in json.loads(path.read_bytes())["packages"] and name not in self.official:
                yield version

    def _official_digest(self, entry: Mapping[str, Any]) -> Digest:
        return official_wheel(entry["file_name"], entry["sha256"], self.target, self.cache, self.sources, self.say)


def _normal(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)
