"""Two builds of the same input are the same byte by byte, wherever, whenever and under whatever settings."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from building import write_project

EXAMPLES = Path(__file__).parents[2] / "examples"
HERE = {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "1700000000"}
# Years later, west of the date line, by another order of sets and dicts, and where text is ASCII unless somebody says
# otherwise.
THERE = {
    "PYTHONHASHSEED": "2",
    "TZ": "Etc/GMT+12",
    "LC_ALL": "C",
    "PYTHONCOERCECLOCALE": "0",
    "PYTHONUTF8": "0",
    "SOURCE_DATE_EPOCH": "1800000000",
}


def copied(source: Path, target: Path, backwards: bool) -> Path:
    """A copy of a project, whose files were made in one order or the other."""
    left_out = ("site", "__pycache__")
    paths = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    for path in sorted((path for path in paths if not set(path.parts) & set(left_out)), reverse=backwards):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source / path, target / path)
    return target


def built(project: Path, settings: dict[str, str]) -> dict[str, bytes]:
    """Every file of the site, by its path."""
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", **settings}
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet"]
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    files = (path for path in sorted((project / "site").rglob("*")) if path.is_file())
    found = {path.relative_to(project / "site").as_posix(): path.read_bytes() for path in files}
    # MkDocs writes the day of the build into these two, and the time into the head of the packed one.
    found["sitemap.xml"] = re.sub(rb"<lastmod>[\d-]+</lastmod>", b"", found["sitemap.xml"])
    found["sitemap.xml.gz"] = re.sub(rb"<lastmod>[\d-]+</lastmod>", b"", gzip.decompress(found["sitemap.xml.gz"]))
    return found


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


@pytest.mark.parametrize("example", ["digits", "tabular", "hosted", "lab"])
def test_every_example_is_the_same_in_another_folder_time_zone_locale_and_order(tmp_path, example):
    sites = []
    for name, settings in (("here", HERE), ("and/over there", THERE)):
        project = copied(EXAMPLES / example, tmp_path / name / example, backwards=settings is THERE)
        sites.append(built(project, settings))

    assert len(sites[0]) > 40
    assert b"<loc>" in sites[0]["sitemap.xml"]
    if example == "lab":
        assert {"papers/feed.xml", "papers/leafgrade/paper-card.png"} <= sites[0].keys()
    assert different(*sites) == []


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs"])
def test_so_is_a_page_in_the_other_themes(tmp_path, theme):
    sites = []
    for name, settings in (("here", HERE), ("and/over there", THERE)):
        sites.append(built(write_project(tmp_path / name, f"theme: {theme}\n"), settings))

    # The theme writes the time of the build into a comment of the first page alone.
    assert different(*sites) in ([], ["index.html"])
