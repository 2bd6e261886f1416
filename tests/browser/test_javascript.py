"""The page's modules: their JSDoc types hold."""

import json
import os
import subprocess
from pathlib import Path

from deno import find_deno_bin
from paper_companion.site_file import web_files

WEB = Path(__file__).parents[2] / "mkdocs-plugin/paper_companion/web"


def deno(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"DENO_DIR": str(folder / "deno"), "NO_COLOR": "1"}
    command = [find_deno_bin(), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)


def test_the_types_of_the_modules_hold(tmp_path):
    configuration = Path(__file__).with_name("javascript.json")

    done = deno(tmp_path, "check", "--quiet", "--config", configuration, *sorted(WEB.glob("*.mjs")))

    assert done.returncode == 0, done.stderr


def test_the_modules_are_whole_as_they_are_served_without_their_comments(tmp_path):
    for file in web_files()[1]:
        (tmp_path / Path(file.path).name).write_bytes(file.content)
    served = sorted(tmp_path.glob("*.mjs"))

    done = deno(tmp_path, "cache", "--quiet", "--no-check", *served)

    assert done.returncode == 0, done.stderr
    assert len(served) == len(list(WEB.glob("*.mjs")))
    assert sum(file.stat().st_size for file in served) < 0.8 * sum(file.stat().st_size for file in WEB.glob("*.mjs"))


def test_the_worker_imports_nothing_before_it_runs():
    """Firefox takes static imports in a worker for workers, and the demo's policy allows none of the site's files."""
    done = subprocess.run([find_deno_bin(), "info", "--json", str(WEB / "worker.mjs")], capture_output=True, text=True)
    modules = {Path(module["specifier"]).name: module for module in json.loads(done.stdout)["modules"]}

    dependencies = [(name, one) for name, module in modules.items() for one in module.get("dependencies", [])]

    assert {"worker.mjs", "runtime.mjs"} <= modules.keys()
    assert [(name, one["specifier"]) for name, one in dependencies if "code" in one and not one.get("isDynamic")] == []
