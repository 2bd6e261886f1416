"""Packages: which wheels a demo needs, from where, and what is said when there are none."""

import hashlib
import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from paper_companion.demo.cache import Cache, Digest
from paper_companion.demo.lock import Lock, differences, from_json, locked_files, to_json
from paper_companion.demo.package import index_entry
from paper_companion.demo.package_files import WheelUnavailable, fill_packages
from paper_companion.demo.packages import resolve_packages
from paper_companion.demo.target import Target
from paper_companion.demo.wheels import normalised, read_wheel, reads_sources
from paper_companion.paper.reader import PaperError, read_paper
from wheel_index import add_to, serving_index, wheel

TARGET = Target("0.27.7", {"abi_version": "2024_0", "platform": "emscripten_3_1_58", "python": "3.12.7"})
WASM = "cp312-cp312-pyodide_2024_0_wasm32"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """A package index with a few packages."""
    folder = tmp_path_factory.mktemp("index")
    add_to(folder, "shared", "1.0")
    add_to(folder, "shared", "2.0")
    add_to(folder, "modest", "1.0", requires=["shared<2"])
    add_to(folder, "eager", "1.0", requires=["shared>=2"])
    add_to(
        folder,
        "marked",
        "1.0",
        requires=[
            "array>=1; sys_platform == 'emscripten' and python_version < '3.13'",
            "missing; sys_platform != 'emscripten' or platform_machine != 'wasm32'",
            "shared; extra == 'more'",
        ],
        extras="more",
    )
    add_to(folder, "native", "3.1", tag="cp312-cp312-manylinux_2_17_x86_64")
    add_to(folder, "native", "3.1", tag="cp312-cp312-win_amd64")
    add_to(folder, "native", "2.0", tag="cp314-cp314-pyemscripten_2026_0_wasm32")
    add_to(folder, "fast", "1.0", tag=WASM)
    with serving_index(folder) as url:
        yield url


@pytest.fixture
def project(tmp_path, monkeypatch, index):
    """A project whose demo asks for packages; an index and Pyodide's own distribution to have them from."""
    monkeypatch.setenv("PIP_INDEX_URL", index)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    return Project(tmp_path)


class Project:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cache = Cache(folder / "cache")
        self.official = folder / "official"
        self.said: list[str] = []
        self.packages = {}
        (folder / ".git").mkdir()
        (folder / "app.py").write_text("def f(x):\n    return x\n")
        self.add_official("array", "2.0.2", depends=["library"])
        self.add_official("library", "0.3", depends=[], kind="dynlib")

    def add_official(self, name, version, depends, kind="site"):
        file_name = f"{name}-{version}-{WASM}.whl" if kind == "site" else f"{name}-{version}.zip"
        data = wheel(name, version)
        self.official.mkdir(exist_ok=True)
        (self.official / file_name).write_bytes(data)
        self.packages[name] = {
            "name": name,
            "version": version,
            "file_name": file_name,
            "sha256": hashlib.sha256(data).hexdigest(),
            "install_dir": kind,
            "package_type": "package" if kind == "site" else "shared_library",
            "imports": [name],
            "depends": depends,
        }

    def paper(self, *packages):
        path = self.folder / "paper.yml"
        listed = "".join(f"\n    - {json.dumps(package)}" for package in packages)
        path.write_text(f"paper: {{title: T}}\ndemo:\n  run: app.py:f\n  packages:{listed}\n")
        return read_paper(path)

    def resolve(self, *packages, sources=None):
        found = resolve_packages(
            self.paper(*packages),
            TARGET,
            {"packages": self.packages},
            self.cache,
            [str(self.official)] if sources is None else sources,
            self.said.append,
        )
        return {package.name: package for package in found}

    def refused(self, *packages, sources=None):
        with pytest.raises(PaperError) as caught:
            self.resolve(*packages, sources=sources)
        (problem,) = caught.value.problems
        return str(problem)

    def fill(self, packages):
        fill_packages(list(packages.values()), self.folder, TARGET, self.cache, [str(self.official)], self.said.append)


def test_the_runtimes_own_packages_come_with_what_they_need(project):
    found = project.resolve("Array>=2")

    assert list(found) == ["array", "library"]
    package = found["array"]
    data = (project.official / package.file_name).read_bytes()
    assert (package.origin, package.version, package.depends) == ("pyodide", "2.0.2", ("library",))
    assert package.digest == Digest.of_bytes(data)
    assert project.cache.get(package.digest).read_bytes() == data
    assert index_entry(found["library"])["install_dir"] == "dynlib"


def test_nothing_is_asked_for_when_the_cache_has_it(project):
    project.resolve("array")
    for file in project.official.iterdir():
        file.unlink()

    assert list(project.resolve("array", sources=[])) == ["array", "library"]


def test_an_address_is_a_source_too(project):
    with serving_index(project.official) as url:
        found = project.resolve("library", sources=["npm", url])
        (project.official / found["library"].file_name).unlink()
        project.cache = Cache(project.folder / "another cache")
        told = project.refused("library", sources=["npm", url])

    assert found["library"].origin == "pyodide"
    assert f"library-0.3.zip of Pyodide 0.27.7 is not in the cache, and not to be had: {url} has no" in told


def test_a_source_with_other_bytes_is_refused(project):
    name = project.packages["array"]["file_name"]
    (project.official / name).write_bytes(b"other")

    told = project.refused("array")

    assert "paper.yml:5:7: demo.packages[0]: " in told
    assert f"has another {name} (sha256 " in told


def test_pure_wheels_and_wheels_for_the_runtime_come_from_the_index(project):
    found = project.resolve("fast", "shared")

    assert [(one.version, one.origin) for one in found.values()] == [("1.0", "pypi"), ("2.0", "pypi")]
    assert found["fast"].file_name.endswith(f"{WASM}.whl")


def test_requirements_are_those_in_the_runtime(project):
    plain = project.resolve("marked")
    more = project.resolve("marked[more]")

    assert list(plain) == ["array", "library", "marked"]
    assert list(more) == ["array", "library", "marked", "shared"]
    assert more["marked"].depends == ("array", "shared")


def test_a_later_requirement_narrows_an_earlier_choice(project):
    assert project.resolve("shared", "modest")["shared"].version == "1.0"


def test_requirements_that_exclude_each_other_are_told_together(project):
    told = project.refused("modest", "eager")

    assert "shared<2 (needed by modest 1.0)" in told
    assert "shared>=2 (needed by eager 1.0)" in told


def test_another_version_than_the_runtimes_is_told_with_the_runtimes(project):
    told = project.refused("shared", "array==1.0")

    assert "paper.yml:6:7: demo.packages[1]: there is no wheel for Pyodide 0.27.7" in told
    assert "of array==1.0: Pyodide 0.27.7 has array 2.0.2" in told


def test_a_package_without_a_wheel_is_told_with_what_there_is(project):
    told = project.refused("native")

    assert "(pure, or for Python 3.12 on pyemscripten_2024_0_wasm32 or pyodide_2024_0_wasm32) of native" in told
    assert "the package index has 3.1 for manylinux, win" in told
    assert "native-2.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl" in told


def test_an_unknown_name_is_told_with_a_near_one(project):
    told = project.refused("arrays")

    assert "the package index does not know it" in told
    assert "Pyodide 0.27.7 has array" in told


def test_versions_with_a_wheel_are_listed(project):
    assert "versions with a wheel for it: 1.0, 2.0" in project.refused("shared>=3")


def test_an_index_that_cannot_be_reached_is_told_as_that(project, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "1")

    assert "fast: the package index cannot be reached" in project.refused("fast")


@pytest.mark.parametrize(
    ("package", "told"),
    [
        ("not a name!", "expected a name, name==version, or ./folder, got 'not a name!'"),
        ("fast @ https://example.org/fast.whl", "an address is not locked"),
    ],
)
def test_what_cannot_be_locked_is_told(project, package, told):
    assert told in project.refused(package)


BACKEND = '''
import os, time, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "own-1.0-{tag}.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        archive.writestr("own/" + str("data.txt"), open("own/data.txt").read())
        archive.writestr("own-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: own\\nVersion: 1.0\\nRequires-Dist: shared\\n")
        archive.writestr("own-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\\nGenerator: built at {{time.time_ns()}}\\nTag: {tag}\\n")
        archive.writestr("own-1.0.dist-info/RECORD", "")
    open("left-over.txt", "w").close()
    return name
'''  # fmt: skip  # noqa: E501


def own_project(folder: Path, tag: str = "py3-none-any") -> None:
    place = folder / "src" / "own"
    (place / "own").mkdir(parents=True)
    (place / "own/data.txt").write_text("data")
    (place / "backend.py").write_text(BACKEND.format(tag=tag))
    (place / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    )


def test_a_project_of_the_authors_is_built_and_its_folder_left_alone(project):
    own_project(project.folder)

    found = project.resolve("./src/own")

    assert list(found) == ["own", "shared"]
    assert (found["own"].origin, found["own"].project.path) == ("local", "./src/own")
    assert not (project.folder / "src/own/left-over.txt").exists()


def test_a_fresh_checkout_builds_the_same_bytes_again(project):
    own_project(project.folder)
    found = project.resolve("./src/own")
    project.cache = Cache(project.folder / "another cache")

    project.fill(found)

    assert all(project.cache.get(package.digest) for package in found.values())


def test_a_project_that_has_changed_is_not_taken_for_the_locked_one(project):
    own_project(project.folder)
    found = project.resolve("./src/own")
    paper = project.paper("./src/own")
    lock = Lock("app.py:f", "0.27.7", TARGET.info, (), locked_files(paper), ("./src/own",), tuple(found.values()))
    assert differences(paper, lock) == []

    (project.folder / "src/own/own/data.txt").write_text("other data")

    assert differences(paper, lock) == ["./src/own has changed"]
    project.cache = Cache(project.folder / "another cache")
    with pytest.raises(WheelUnavailable, match=r"own-1\.0-py3-none-any\.whl is not what the lock says"):
        project.fill(found)


def test_a_project_with_compiled_parts_says_what_is_needed(project, monkeypatch):
    monkeypatch.setenv("PATH", str(project.folder))  # no builder there
    own_project(project.folder, tag=f"cp{sys.version_info[0]}{sys.version_info[1]}-abi3-linux_x86_64")

    told = project.refused("./src/own")

    assert "has compiled parts, and building them for Pyodide 0.27.7 needs pyodide-build" in told
    assert "mkdocs-paper-companion[build]" in told


def test_a_wheel_of_the_project_is_taken_when_it_fits(project):
    for tag in (WASM, "cp312-cp312-linux_x86_64"):
        (project.folder / f"own-1.0-{tag}.whl").write_bytes(wheel("own", "1.0"))

    assert project.resolve(f"./own-1.0-{WASM}.whl")["own"].origin == "local"
    assert "is not for Pyodide 0.27.7" in project.refused("./own-1.0-cp312-cp312-linux_x86_64.whl")


def test_a_folder_that_is_no_project_is_told(project):
    (project.folder / "src").mkdir()

    assert "is not a project (it has neither pyproject.toml nor setup.py)" in project.refused("./src")


def test_a_lock_with_packages_reads_back_as_it_was_written(project):
    own_project(project.folder)
    found = project.resolve("./src/own", "array")
    paper = project.paper("./src/own", "array")
    requested = paper.paper.demo.packages
    lock = Lock("app.py:f", "0.27.7", TARGET.info, (), locked_files(paper), requested, tuple(found.values()))

    assert from_json(to_json(lock)) == lock
    assert differences(paper, lock) == []
    assert differences(project.paper("array"), lock) == ["demo.packages is array, locked was ./src/own, array"]


@pytest.mark.parametrize("name", ["../outside.whl", "/etc/passwd"])
def test_a_lock_cannot_name_a_place_outside(project, name):
    found = project.resolve("array")
    paper = project.paper("array")
    text = to_json(Lock("app.py:f", "0.27.7", TARGET.info, (), locked_files(paper), (), tuple(found.values())))

    with pytest.raises(ValueError, match="is not the name of a wheel"):
        from_json(text.replace(found["array"].file_name, name))


def test_a_rewritten_wheel_keeps_its_files_and_its_record_says_so():
    data = normalised(wheel("own", "1.0", ["shared"]))

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        record = archive.read("own-1.0.dist-info/RECORD").decode().splitlines()
        names = archive.namelist()
    assert [line.partition(",")[0] for line in record[:-1]] == [name for name in names if not name.endswith("RECORD")]
    assert "Generator" not in str(data)
    assert read_wheel("own-1.0-py3-none-any.whl", data).imports == ("own",)


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("import inspect\ninspect.getsource(print)\n", True),
        ("from linecache import getline\ngetline('a', 1)\n", True),
        ("text = 'getsource'\n", False),
    ],
)
def test_a_wheel_that_reads_source_text_is_told_from_others(source, reads):
    assert reads_sources(wheel("own", "1.0", files=[("a.py", source)])) == reads
