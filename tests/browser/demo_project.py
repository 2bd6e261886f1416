"""A project whose demo does as it is told, built into a site."""

from pathlib import Path

from building import mkdocs_build, write_project

APP = '''
import sys


def predict(order: str = "rank") -> dict[str, float]:
    """Do as the text says."""
    if order == "rank":
        return {"a": 0.25, "b": 0.75}
    if order == "fail":
        raise ValueError("asked to fail")
    if order == "exit":
        sys.exit(3)
    if order == "loop":
        while True:
            pass
    if order == "print":
        for _ in range(100):
            print("x" * 1_000_000)
        return {"printed": 1.0}
    if order == "allocate":
        return {"blocks": float(len([bytearray(2**30) for _ in range(5)]))}
    if order == "object":
        return object()
    if order == "fetch":
        from pyodide.http import pyxhr

        return {pyxhr.get("http://127.0.0.1:9/").text: 1.0}
    return {order: 1.0}
'''
PAPER = """
paper:
  title: Obedience in small functions
demo:
  run: demo/app.py:predict
  inputs:
    - {id: order, type: text, label: Order, default: rank}
  outputs: [{id: answer, type: label}]
  examples:
    - {inputs: {order: rank}}
    - {inputs: {order: second}, label: The second}
"""
CONFIG = """
theme: {name: material, font: false, features: [navigation.instant]}
use_directory_urls: true
"""


def demo_project(folder: Path, app: str = APP, paper: str = PAPER, config: str = CONFIG) -> Path:
    """Writes, locks, records and builds; returns the site's folder. The demo's page is `obedience/`."""
    import subprocess
    import sys

    project = write_project(folder, config, paper, "docs/obedience/paper.yml")
    (project / "demo").mkdir(exist_ok=True)
    (project / "demo/app.py").write_text(app, encoding="utf-8")
    for command in ("lock", "record"):
        arguments = [sys.executable, "-m", "paper_companion", command, "docs/obedience/paper.yml"]
        done = subprocess.run(arguments, cwd=project, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    return built.site
