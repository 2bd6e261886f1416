"""Two builds of the same input are the same byte by byte, wherever, whenever and under whatever settings."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import write_project

EXAMPLES = Path(__file__).parents[2] / "examples"
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8"}
# West of the date line, by another order of sets and dicts, and where text is ASCII unless somebody says otherwise.
THERE = {"PYTHONHASHSEED": "2", "TZ": "Etc/GMT+12", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
DATED = ("sitemap.xml", "sitemap.xml.gz")
"""What MkDocs writes the time of the build into, unless SOURCE_DATE_EPOCH says another."""


def built(project: Path, settings: dict[str, str]) -> dict[str, bytes]:
    """Every file of the site, by its path."""
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    environment |= {"NO_MKDOCS_2_WARNING": "1", **settings}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    files = (path for path in sorted((project / "site").rglob("*")) if path.is_file())
    found = {path.relative_to(project / "site").as_posix(): path.read_bytes() for path in files}
    return {path: data for path, data in found.items() if path not in DATED}


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@pytest.mark.parametrize("example", ["digits", "tabular", "hosted", "lab"])
def test_every_example_is_the_same_in_another_folder_time_zone_locale_and_order(tmp_path, example):
    sites = []
    for name, settings in (("here", HERE), ("and/over there", THERE)):
        project = tmp_path / name / example
        shutil.copytree(EXAMPLES / example, project, ignore=shutil.ignore_patterns("site", "__pycache__"))
        sites.append(built(project, settings))

    assert len(sites[0]) > 40
    assert different(*sites) == []


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_so_is_a_page_in_the_other_themes(tmp_path, theme):
    sites = []
    for name, settings in (("here", HERE), ("and/over there", THERE)):
        sites.append(built(write_project(tmp_path / name, f"theme: {theme}\n"), settings))

    # The theme writes the time of the build into a comment of the first page alone.
    assert different(*sites) in ([], ["index.html"])
