"""How long a reader waits for the first answer, against bare Pyodide on the same machine.

    python benchmarks/start_up.py [RUNS]

Builds the digits example, serves it on loopback, and measures in alternation, in fresh Chromium profiles:

bare       Pyodide as its documentation says, in a module worker, until `1 + 1` is answered
companion  the built page, from the click on Run until the answer is on screen

each cold (empty cache) and warm (second visit in the same profile). Prints medians and the ratio of each pair.
Also prints what the page transfers before Run, with the demo and without it.
"""

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
sys.path[:0] = [str(REPOSITORY / "tests/browser"), str(REPOSITORY / "tests/site")]

from building import mkdocs_build
from paper_companion.demo.cache import Cache
from paper_companion.demo.compiler import unpacked
from paper_companion.demo.runtime import DEFAULT_SOURCES, fetch_core, newest_version
from playwright.sync_api import Page, Playwright, sync_playwright
from reader import FLAGS, chromium_path
from web_server import WebServer, serving

BARE_WORKER = """
const { loadPyodide } = await import(new URL("bare/pyodide.mjs", import.meta.url));
const pyodide = await loadPyodide();
self.postMessage(pyodide.runPython("1 + 1"));
"""
BARE = """() => new Promise((resolve, reject) => {
    const started = performance.now();
    const worker = new Worker("/repo/bare-worker.mjs", { type: "module" });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = () => { resolve(performance.now() - started); worker.terminate(); };
})"""
COMPANION = """() => new Promise((resolve, reject) => {
    const demo = document.querySelector("paper-demo");
    const started = performance.now();
    new MutationObserver(() => {
        if (demo.dataset.state === "done") resolve(performance.now() - started);
        if (demo.dataset.state === "failed") reject(new Error(demo.textContent));
    }).observe(demo, { attributes: true, attributeFilter: ["data-state"] });
    demo.querySelector("button[type=submit]").click();
})"""


def build(folder: Path) -> Path:
    """The digits site, with bare Pyodide beside it, and a copy of its page without the demo section."""
    project = folder / "digits"
    shutil.copytree(REPOSITORY / "examples/digits", project, ignore=shutil.ignore_patterns("site", "out"))
    built = mkdocs_build(project, "--strict")
    assert built.code == 0, built.output
    page = (built.site / "paper/index.html").read_text(encoding="utf-8")
    start, end = page.index("<paper-demo"), page.index("</paper-demo>")
    script_end = page.index("</script>", end) + len("</script>")
    (built.site / "without").mkdir()
    (built.site / "without/index.html").write_text(page[:start] + page[script_end:], encoding="utf-8")
    (built.site / "bare-worker.mjs").write_text(BARE_WORKER, encoding="utf-8")
    (built.site / "bare.html").write_text("<!doctype html><title>bare</title>", encoding="utf-8")
    cache = Cache()
    with unpacked(fetch_core(newest_version(), cache, DEFAULT_SOURCES, print), cache) as core:
        shutil.copytree(core, built.site / "bare")
    return built.site


def visit(playwright: Playwright, web: WebServer, path: str, script: str) -> tuple[float, float]:
    """Milliseconds until the answer: with an empty cache, then on a second visit."""
    profile = tempfile.mkdtemp()
    context = playwright.chromium.launch_persistent_context(profile, executable_path=chromium_path(), args=FLAGS)
    try:
        page = context.new_page()
        times = []
        for _ in range(2):
            page.goto(web.url + path)
            page.wait_for_load_state("networkidle")
            times.append(page.evaluate(script))
        return times[0], times[1]
    finally:
        context.close()
        shutil.rmtree(profile, ignore_errors=True)


def transferred(page: Page, web: WebServer, path: str) -> int:
    """The bytes that a first visit to a page costs before anything is clicked."""
    before = web.sent_bytes
    page.goto(web.url + path)
    page.wait_for_load_state("networkidle")
    return web.sent_bytes - before


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder, serving(build(Path(folder))) as web, sync_playwright() as playwright:
        bare, companion = [], []
        for _ in range(runs):
            bare.append(visit(playwright, web, "bare.html", BARE))
            companion.append(visit(playwright, web, "paper/", COMPANION))
        for name, which in (("cold", 0), ("warm", 1)):
            theirs = [times[which] for times in bare]
            ours = [times[which] for times in companion]
            ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
            print(
                f"{name}: bare {statistics.median(theirs):.0f} ms, companion {statistics.median(ours):.0f} ms, "
                f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            )
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        sizes = {}
        for path in ("paper/", "without/"):
            with browser.new_context() as context:
                sizes[path] = transferred(context.new_page(), web, path)
        browser.close()
        difference = (sizes["paper/"] - sizes["without/"]) / 1000
        print(f"before Run: the demo adds {difference:.1f} kB to {sizes['without/'] / 1000:.0f} kB, uncompressed")


if __name__ == "__main__":
    main()
