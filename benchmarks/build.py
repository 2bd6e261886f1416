"""How long `mkdocs build` takes for many papers, against the same pages written by hand in plain Markdown.

    python benchmarks/build.py 500 1000 2000 5000

For each number of papers, both sites are built once with Material, papers out of the navigation. Printed are seconds,
milliseconds a page, the peak memory of the process, the site's size, and the difference between the two a page.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

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

    url = 'https://huggingface.co/example-lab/leafgrade-{number}/resolve/4f2a9c1/leafgrade.safetensors'
    urlretrieve(url, 'leafgrade.safetensors')
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
    ```

## What was checked

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


class Measured(NamedTuple):
    """One build."""

    seconds: float
    peak_mb: float
    site_mb: float


def write_site(folder: Path, papers: int, ours: bool) -> None:
    """A project with that many papers: paper files, or pages by hand."""
    plugin = ", {paper-companion: {collection: papers}}" if ours else ""
    (folder / "docs").mkdir(parents=True)
    (folder / "mkdocs.yml").write_text(CONFIG.format(plugin=plugin))
    (folder / "docs/index.md").write_text("# Lab\n")
    for number in range(papers):
        place = folder / f"docs/papers/{number}"
        place.mkdir(parents=True)
        if ours:
            (place / "paper.yml").write_text(PAPER.format(number=number))
        else:
            (place / "index.md").write_text(PLAIN.format(number=number))


def build(folder: Path) -> Measured:
    """Builds the site in a process of its own."""
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "mkdocs", "build", "-q"], cwd=folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"mkdocs build ended with {process.returncode} in {folder}")
    size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file())
    return Measured(seconds, _peak_mb(usage), size / 1e6)


def _peak_mb(usage: resource.struct_rusage) -> float:
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def main() -> None:
    """Prints one line for each number of papers and each kind of page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers", type=int, nargs="*", default=[500, 1000])
    for papers in parser.parse_args().papers:
        measured = {}
        for kind in ("by hand", "ours"):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                write_site(folder, papers, kind == "ours")
                one = measured[kind] = build(folder)
                shutil.rmtree(folder / "site")
            print(
                f"{papers:6} papers, {kind:8}{one.seconds:8.1f} s{1000 * one.seconds / papers:8.2f} ms a page"
                f"{one.peak_mb:8.0f} MB memory{one.site_mb:8.0f} MB site",
                flush=True,
            )
        share = 1000 * (measured["ours"].seconds - measured["by hand"].seconds) / papers
        print(f"{papers:6} papers, our share {share:+.2f} ms a page", flush=True)


if __name__ == "__main__":
    main()
