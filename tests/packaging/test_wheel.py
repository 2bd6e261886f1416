"""The built packages: what a user installs builds a site, without this checkout."""

import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
NEEDED = (
    "templates/header.md.j2",
    "templates/demo.md.j2",
    "web/paper-demo.mjs",
    "web/companion.css",
    "demo/bridge/__main__.py",
)


def run(*command: str | Path, cwd: Path) -> str:
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    environment["NO_MKDOCS_2_WARNING"] = "1"
    done = subprocess.run(
        list(map(str, command)), cwd=cwd, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", folder, REPOSITORY, cwd=folder)
    return folder


def test_the_wheel_holds_templates_and_web_files(built):
    (wheel,) = built.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()

    assert [name for name in NEEDED if f"paper_companion/{name}" not in names] == []
    assert [name for name in names if not name.startswith(("paper_companion/", "mkdocs_paper_companion-"))] == []


def test_the_source_distribution_holds_all_that_is_needed_to_test_it(built):
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]

    for needed in ("Makefile", "LICENSE", "CHANGELOG.md", "templates/header.md.j2", "examples/digits/docs/paper.yml"):
        assert needed in names
    assert [name for name in names if name.startswith((".venv", ".git/", "site/", "dist/"))] == []


def test_the_wheel_builds_the_digits_example_in_a_fresh_environment(built, tmp_path):
    (wheel,) = built.glob("*.whl")
    environment = tmp_path / "venv"
    venv.create(environment, with_pip=True)
    python = environment / "bin/python"
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[demo,examples]", cwd=tmp_path)
    project = tmp_path / "digits"
    copied = "git", "-C", REPOSITORY, "ls-files", "-z", "examples/digits"
    for name in filter(None, run(*copied, cwd=REPOSITORY).split("\0")):
        target = project / Path(name).relative_to("examples/digits")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((REPOSITORY / name).read_bytes())

    run(environment / "bin/mkdocs", "build", "--strict", cwd=project)

    page = next(path for path in (project / "site").rglob("index.html") if "<paper-demo" in path.read_text())
    assert "Recorded answer" in page.read_text()
    assert list((project / "site").rglob("pyodide.asm.wasm"))
    assert run(environment / "bin/paper-companion", "--version", cwd=tmp_path).startswith("paper-companion")
