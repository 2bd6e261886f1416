"""A project whose demo does as it is told, built into a site."""

from pathlib import Path

from building import mkdocs_build, write_project

APP = '''
import sys


async def sent(address: str) -> dict[str, float]:
    """Try every way out that a worker has."""
    import js
    from pyodide.code import run_js

    ways = {
        "fetch": lambda: js.fetch(address),
        "no-cors fetch": lambda: run_js("(address) => fetch(address, { mode: 'no-cors' })")(address),
        "import": lambda: run_js("(address) => import(address)")(address),
        "request": lambda: run_js(
            "(address) => { const r = new XMLHttpRequest(); r.open('GET', address, false); r.send(); return r.status }"
        )(address),
        "socket": lambda: run_js(
            "(address) => new Promise((yes, no) => { const s = new WebSocket(address.replace('http', 'ws'));"
            " s.onopen = yes; s.onerror = () => no(new Error('refused')) })"
        )(address),
        "worker": lambda: run_js(
            "(address) => new Promise((yes, no) => { const w = new Worker('data:text/javascript,' + encodeURIComponent("
            "`fetch('${address}').then(() => postMessage(1), () => postMessage(0))`), { type: 'module' });"
            " w.onmessage = ({ data }) => data ? yes() : no(new Error('refused'));"
            " w.onerror = () => no(new Error('refused')) })"
        )(address),
    }
    succeeded = {}
    for name, way in ways.items():
        try:
            answer = way()
            if hasattr(answer, "then"):
                await answer
            succeeded[name] = 1.0
        except Exception:
            succeeded[name] = 0.0
    return succeeded


async def predict(order: str = "rank") -> dict[str, float]:
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
    if order.startswith("send to "):
        return await sent(order.removeprefix("send to "))
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
