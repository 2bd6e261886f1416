"""How long `mkdocs build` takes for many papers, against the same pages written by hand in plain Markdown.

    python benchmarks/build.py                                  # what is promised, with up to 5,000 papers: 20 minutes
    python benchmarks/build.py 100 200 400 --rounds 1 --rebuild 100     # a quick look

For each number of papers both sites are built with Material in turn, papers out of the navigation, each in a process of
its own. What counts is the time of the processor (user and system), for other programs share the machine. Then both are
built again and again after an edit of one paper, as `mkdocs serve` does: by the same plugin object, from a fresh
configuration. A table of what is promised stands at the end; exit code 1 when something is not kept.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

SHARE_MS = 3
"""Beyond a page in plain Markdown."""
MEMORY_MB = 400
SITE_MB = 1000
BEND = 1.2
"""How much dearer than among few, or than on average, a page may be among many."""
NOISE = 1.05
"""How much longer than the other kind's a rebuild may seem to take."""
SAME_WORDS = 0.1
"""By how much the words of the two kinds of page may differ."""
KINDS = ("by hand", "ours")

PAPER = """
paper:
  title: "Paper {number}: compact leaf-shape grading"
  authors:
    - {{family: Carberry, given: Josiah, orcid: 0000-0002-1825-0097, affiliation: Example University}}
    - {{family: Nowak, given: Ines, affiliation: Example University}}
  abstract: A network with 103,427 parameters grades leaf shape from silhouettes of 64 x 64 pixels.
  venue: Journal of Worked Examples {number}(3)
  date: "2025-03-14"
  doi: 10.5555/leafgrade.{number}
  license: CC-BY-4.0
  limitations: A single species group, and silhouettes only.
code:
  repo: https://github.com/example-lab/leafgrade-{number}
  commit: 4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92
  license: Apache-2.0
  install: pip install -r requirements.txt
  train: python train.py --seed 0
  evaluate: python evaluate.py --weights leafgrade.safetensors
data:
  - {{id: leafset, name: LeafSet-3, url: "https://example.org/leafset", license: CC-BY-4.0, role: [train, test]}}
weights:
  - id: leafgrade
    license: Apache-2.0
    url: https://huggingface.co/example-lab/leafgrade-{number}/resolve/4f2a9c1/leafgrade.safetensors
    format: safetensors
    size: 414112
    sha256: a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a3b5c9d1c5e3a7b20f4866d5e1c0
    parameters: 103427
    trained_on: [leafset]
    inputs:
      - {{id: image, axes: {{batch: 1, channel: 1, y: 64, x: 64}}, dtype: float32, range: [0, 255],
         preprocess: [{{scale_linear: {{gain: 0.0039}}}}]}}
    outputs:
      - {{id: scores, axes: {{batch: 1, channel: [round, oval, lobed]}}, dtype: float32, postprocess: [softmax]}}
results:
  - {{id: main, claim: It grades held-out leaves with 94.1 % accuracy., where: Table 2, data: "leafset#test",
     weights: leafgrade, metric: accuracy, value: 0.941, spread: {{std: 0.004, runs: 5}},
     command: python evaluate.py --split test}}
"""

PLAIN = """# Paper {number}: compact leaf-shape grading

Josiah Carberry [iD](https://orcid.org/0000-0002-1825-0097), Ines Nowak

Example University · *Journal of Worked Examples {number}(3)* · 2025-03-14

It grades held-out leaves with 94.1 % accuracy.

[Paper](https://doi.org/10.5555/leafgrade.{number}) · [Code](https://github.com/example-lab/leafgrade-{number}) ·
[Weights](#weights) · [Cite](#citation)

- Code **declared** Apache-2.0
- Data **declared** CC-BY-4.0
- Weights **declared** Apache-2.0, 414 kB
- Result **declared**

## Abstract

A network with 103,427 parameters grades leaf shape from silhouettes of 64 x 64 pixels.

## Results

| Claim | Claimed (Table 2) | Measured | Metric | Data | Weights |
|---|---|---|---|---|---|
| It grades held-out leaves. | **0.941** ± 0.004 (5 runs) | not yet | accuracy | LeafSet-3, test | leafgrade |

```bash
python evaluate.py --split test
```

## Weights

| Licence | Parameters | Trained on |
|---|---|---|
| Apache-2.0 | 103,427 | LeafSet-3 |

[`leafgrade.safetensors`](https://huggingface.co/example-lab/leafgrade-{number}/resolve/4f2a9c1/leafgrade.safetensors)
safetensors 414 kB `a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a3b5c9d1c5e3a7b20f4866d5e1c0`

=== "Shell"

    ```bash
    curl -fL -o leafgrade.safetensors https://huggingface.co/example-lab/leafgrade-{number}/resolve/4f2a9c1/leafgrade.safetensors
    echo 'a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a3b5c9d1c5e3a7b20f4866d5e1c0  leafgrade.safetensors' | sha256sum -c
    ```

=== "Python"

    ```python
    import hashlib
    from urllib.request import urlretrieve

    urlretrieve(
        'https://huggingface.co/example-lab/leafgrade-{number}/resolve/4f2a9c1/leafgrade.safetensors',
        'leafgrade.safetensors',
    )
    with open('leafgrade.safetensors', 'rb') as file:
        assert hashlib.file_digest(file, 'sha256').hexdigest() == (
            'a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a3b5c9d1c5e3a7b20f4866d5e1c0'
        )

    from safetensors.numpy import load_file

    tensors = load_file('leafgrade.safetensors')
    ```

=== "Hugging Face CLI"

    ```bash
    hf download example-lab/leafgrade-{number} leafgrade.safetensors --revision 4f2a9c1 --local-dir .
    echo 'a93b7f2d84e6a1b0c5d3f9e7a2b4c6d8e0f1a3b5c9d1c5e3a7b20f4866d5e1c0  leafgrade.safetensors' | sha256sum -c
    ```

## How to use the weights

**Input** `image`

| Shape | Data type | Range |
|---|---|---|
| 1 × 1 × 64 × 64 (batch, channel, y, x) | `float32` | 0 to 255 |

1. `scale_linear` value * gain + offset. `gain = 0.0039` `offset = 0.0`

**Output** `scores`

| Shape | Data type |
|---|---|
| 1 × 3 (batch, channel) | `float32` |

1. `softmax` Makes the values along an axis positive, with a sum of 1. `axis = channel`

0 round, 1 oval, 2 lobed

## Run it yourself

| | |
|---|---|
| Code | [github.com/example-lab/leafgrade-{number}](https://github.com/example-lab/leafgrade-{number}) |
| Commit | `4f2a9c1d7be0` |
| Licence | Apache-2.0 |

```bash
git clone https://github.com/example-lab/leafgrade-{number}
cd leafgrade-{number}
git checkout 4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92
```

```bash
pip install -r requirements.txt
```

```bash
python train.py --seed 0
```

```bash
python evaluate.py --weights leafgrade.safetensors
```

## Data

[LeafSet-3](https://example.org/leafset)

| Licence | Used for |
|---|---|
| CC-BY-4.0 | train, test |

## Limitations

A single species group, and silhouettes only.

## Citation

=== "BibTeX"

    ```bibtex
    @article{{carberry2025paper,
      title = {{{{Paper {number}: compact leaf-shape grading}}}},
      author = {{Carberry, Josiah and Nowak, Ines}},
      journal = {{Journal of Worked Examples}},
      volume = {{{number}}},
      number = {{3}},
      year = {{2025}},
      month = {{3}},
      doi = {{10.5555/leafgrade.{number}}},
    }}
    ```

=== "APA"

    ```text
    Carberry, J., & Nowak, I. (2025). Paper {number}: compact leaf-shape grading.
    Journal of Worked Examples {number}(3).
    ```

=== "CITATION.cff"

    ```yaml
    cff-version: "1.2.0"
    message: "If you use this work, please cite the paper."
    title: "Paper {number}: compact leaf-shape grading"
    type: "software"
    authors:
      - family-names: "Carberry"
        given-names: "Josiah"
        orcid: "https://orcid.org/0000-0002-1825-0097"
        affiliation: "Example University"
      - family-names: "Nowak"
        given-names: "Ines"
        affiliation: "Example University"
    abstract: "A network with 103,427 parameters grades leaf shape from silhouettes of 64 x 64 pixels."
    license: "Apache-2.0"
    repository-code: "https://github.com/example-lab/leafgrade-{number}"
    commit: "4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92"
    preferred-citation:
      title: "Paper {number}: compact leaf-shape grading"
      authors:
        - family-names: "Carberry"
          given-names: "Josiah"
          orcid: "https://orcid.org/0000-0002-1825-0097"
          affiliation: "Example University"
        - family-names: "Nowak"
          given-names: "Ines"
          affiliation: "Example University"
      type: "article"
      journal: "Journal of Worked Examples"
      volume: "{number}"
      issue: "3"
      year: 2025
      month: 3
      date-published: "2025-03-14"
      doi: "10.5555/leafgrade.{number}"
      url: "https://doi.org/10.5555/leafgrade.{number}"
      license: "CC-BY-4.0"
    ```

## What was checked

A badge says how far a machine has looked: *declared* (the authors say so), *linked* (it is there), *verified* (it is
what the paper says), *executed* (it ran and did what the paper says).

No machine has looked yet.
"""

CONFIG = """
site_name: Lab
site_url: https://example.org/
theme: {{name: material, font: false}}
plugins: [search{plugin}]
not_in_nav: /papers/*/
markdown_extensions:
  - pymdownx.highlight
  - pymdownx.superfences
  - pymdownx.tabbed: {{alternate_style: true}}
"""


class Built(NamedTuple):
    """One build: seconds of the processor and of the clock, the peak of memory, the site's size, words of one page."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    site_mb: float
    words: int


def write_site(folder: Path, papers: int, kind: str) -> None:
    """A project with that many papers: paper files, or pages by hand."""
    plugin = ", {paper-companion: {collection: papers}}" if kind == "ours" else ""
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONFIG.format(plugin=plugin))
    (folder / "docs/index.md").write_text("# Lab\n")
    for number in range(papers):
        place = folder / f"docs/papers/{number}"
        place.mkdir(parents=True)
        if kind == "ours":
            (place / "paper.yml").write_text(PAPER.format(number=number))
        else:
            (place / "index.md").write_text(PLAIN.format(number=number))


def build(folder: Path) -> Built:
    """Builds the site in a process of its own."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "mkdocs", "build", "-q"]
    process = subprocess.Popen(command, cwd=folder, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"})
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"mkdocs build ended with {process.returncode} in {folder}")
    size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file())
    # Linux counts in KiB, macOS in bytes.
    peak_mb = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
    words = _words((folder / "site/papers/0/index.html").read_text(encoding="utf-8"))
    return Built(usage.ru_utime + usage.ru_stime, wall_s, peak_mb, size / 1e6, words)


def _words(html: str) -> int:
    """How many words a reader sees in a page's own part."""
    texts: list[str] = []

    class Article(HTMLParser):
        inside = False
        skipping = False

        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            self.inside |= tag == "article"
            self.skipping = tag in ("script", "style")

        def handle_endtag(self, tag: str) -> None:
            self.inside &= tag != "article"
            self.skipping = False

        def handle_data(self, data: str) -> None:
            if self.inside and not self.skipping:
                texts.append(data)

    Article().feed(html)
    return len(" ".join(texts).split())


def best_builds(papers: int, rounds: int) -> dict[str, Built]:
    """The quicker builds of both kinds of site, built in turn."""
    found: dict[str, list[Built]] = {kind: [] for kind in KINDS}
    for _ in range(rounds):
        for kind in KINDS:
            with tempfile.TemporaryDirectory() as name:
                write_site(Path(name), papers, kind)
                found[kind].append(build(Path(name)))
    return {kind: min(builds) for kind, builds in found.items()}


REBUILD = """
import json, sys, time
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config

first = load_config("mkdocs.yml", site_dir=sys.argv[1])
first.plugins.on_startup(command="serve", dirty=False)
build(first)
for path in sys.stdin:
    edited = Path(path.rstrip())
    edited.write_text(edited.read_text().replace("Apache-2.0", "MIT", 1))
    wall, cpu = time.perf_counter(), time.process_time()
    build(load_config("mkdocs.yml", site_dir=sys.argv[1]))
    print(json.dumps([time.process_time() - cpu, time.perf_counter() - wall]), flush=True)
"""


def rebuilds(papers: int, edits: int) -> dict[str, float]:
    """Seconds of the processor that a rebuild takes after an edit of one paper: the least of each kind, in turn."""
    found: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with tempfile.TemporaryDirectory() as name:
        running = {}
        for kind in KINDS:
            folder = Path(name, kind.replace(" ", "-"))
            write_site(folder, papers, kind)
            command = [sys.executable, "-c", REBUILD, str(folder / "site")]
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
            environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
            running[kind] = subprocess.Popen(command, cwd=folder, env=environment, **pipes)
        for number in range(edits):
            for kind, process in running.items():
                file = "paper.yml" if kind == "ours" else "index.md"
                assert process.stdin is not None and process.stdout is not None
                print(f"docs/papers/{number}/{file}", file=process.stdin, flush=True)
                line = process.stdout.readline()
                if not line:
                    raise SystemExit(f"the site {kind} could not be built")
                found[kind].append(json.loads(line)[0])
        for process in running.values():
            process.communicate()
    return {kind: min(seconds) for kind, seconds in found.items()}


class Promise(NamedTuple):
    """What is promised, the figure that was found, and what it may be at most."""

    text: str
    figure: float
    most: float

    @property
    def kept(self) -> bool:
        return self.figure <= self.most


def growth(built: dict[int, dict[str, Built]]) -> Iterator[Promise]:
    """How the time for a page grows: over all sizes, and among the last pages, where a start-up time hides nothing."""
    times = [(papers, one["ours"].cpu_s) for papers, one in sorted(built.items())]
    (few, first_s), (many, last_s) = times[0], times[-1]
    yield Promise(f"a page of {many} against one of {few}: times", (last_s / many) / (first_s / few), BEND)
    last, whole = (statistics.linear_regression(*zip(*some, strict=True)).slope for some in (times[-2:], times))
    yield Promise(f"a page among the last of {many} against the average: times", last / whole, BEND)


def promises(built: dict[int, dict[str, Built]], again: dict[int, dict[str, float]]) -> Iterator[Promise]:
    """Everything that is promised and can be told from these builds."""
    most = max(built)
    ours, plain = built[most]["ours"], built[most]["by hand"]
    if len(built) > 1:
        yield from growth(built)
    share_ms = 1000 * (ours.cpu_s - plain.cpu_s) / most
    yield Promise(f"our share of a page of {most}, beyond plain Markdown: ms", share_ms, SHARE_MS)
    yield Promise(f"the peak of memory with {most}: MB", ours.peak_mb, MEMORY_MB)
    yield Promise(f"the site of {most}: MB", ours.site_mb, SITE_MB)
    for papers, times in sorted(again.items()):
        ratio = times["ours"] / times["by hand"]
        yield Promise(f"a rebuild after an edit of one of {papers} against plain Markdown: times", ratio, NOISE)
    differs = abs(plain.words - ours.words) / ours.words
    yield Promise("both kinds of page have the same number of words, but for", differs, SAME_WORDS)


def main() -> None:
    """Prints a line for each pair of builds, and one for each promise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers", type=int, nargs="*", default=[625, 1250, 2500, 5000])
    parser.add_argument("--rounds", type=int, default=2, help="builds of each site, of which the quickest counts")
    parser.add_argument("--rebuild", type=int, nargs="*", default=[600], help="papers in a site that is edited")
    parser.add_argument("--edits", type=int, default=5, help="edits of a paper, of which the quickest rebuild counts")
    arguments = parser.parse_args()
    start = time.monotonic()
    print("papers  kind      cpu s  wall s  ms a page  memory MB  site MB")
    built = {}
    for papers in arguments.papers:
        built[papers] = best_builds(papers, arguments.rounds)
        for kind, one in built[papers].items():
            figures = f"{one.cpu_s:7.1f}{one.wall_s:8.1f}{1000 * one.cpu_s / papers:11.2f}"
            print(f"{papers:6}  {kind:8}{figures}{one.peak_mb:11.0f}{one.site_mb:9.0f}", flush=True)
    again = {}
    for papers in arguments.rebuild:
        again[papers] = rebuilds(papers, arguments.edits)
        for kind, cpu_s in again[papers].items():
            print(f"{papers:6}  {kind:8}{cpu_s:7.2f}  after an edit of one", flush=True)
    found = list(promises(built, again))
    print(f"\n{'promised':74} {'found':>7} {'limit':>7}  kept")
    for promise in found:
        print(f"{promise.text:74} {promise.figure:7.2f} {promise.most:7.2f}  {'yes' if promise.kept else 'NO'}")
    print(f"in {(time.monotonic() - start) / 60:.1f} minutes")
    raise SystemExit(0 if all(promise.kept for promise in found) else 1)


if __name__ == "__main__":
    main()
