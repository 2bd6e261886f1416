"""The page's modules: their JSDoc types hold."""

import os
import subprocess
from pathlib import Path

from deno import find_deno_bin

WEB = Path(__file__).parents[2] / "mkdocs-plugin/paper_companion/web"


def test_the_types_of_the_modules_hold(tmp_path):
    configuration = Path(__file__).with_name("javascript.json")
    command = [find_deno_bin(), "check", "--quiet", "--config", configuration, *sorted(WEB.glob("*.mjs"))]
    environment = os.environ | {"DENO_DIR": str(tmp_path), "NO_COLOR": "1"}

    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120)

    assert done.returncode == 0, done.stderr
