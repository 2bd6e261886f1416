"""The sections: what a reader is told about weights, results and commands."""

import json
import os
import subprocess
from dataclasses import replace

import pytest
from making import RENDERING, companion
from paper_companion.demo.bundle import DemoBundle
from paper_companion.demo.lock import Lock
from paper_companion.evidence.subjects import reproduce_target
from paper_companion.page.downloads import download
from paper_companion.page.render import render
from paper_companion.page.sections import section_views
from paper_companion.page.usage import docstring
from paper_companion.page.words import size
from paper_companion.paper.model import File
from paper_companion.paper.reader import PaperError


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1500, "1.5 kB"),
        (414112, "414 kB"),
        (999_600, "1.0 MB"),
        (9.6e6, "9.6 MB"),
    ],
)
def test_sizes_have_three_figures_at_most(size_bytes, words):
    assert size(size_bytes) == words


@pytest.mark.parametrize(
    ("url", "label", "command"),
    [
        (
            "https://huggingface.co/lab/leaf/resolve/4f2a/dir/w.bin",
            "Hugging Face CLI",
            "hf download lab/leaf dir/w.bin --revision 4f2a --local-dir .",
        ),
        (
            "https://github.com/lab/leaf/releases/download/v1/w.bin",
            "GitHub CLI",
            "gh release download v1 --repo lab/leaf --pattern w.bin",
        ),
        ("https://zenodo.org/records/123/files/w.bin", "zenodo_get", "zenodo_get 123 -g w.bin"),
    ],
)
def test_a_file_can_be_fetched_with_its_hosts_own_tool(tmp_path, url, label, command):
    made = companion(tmp_path, "paper: {title: T}\n")

    commands = {entry.label: entry.code for entry in download(made, File(url=url, sha256="0" * 64), None).commands}

    assert commands[label].splitlines()[0] == command
    assert "sha256sum -c" in commands[label]


def test_a_shell_command_keeps_a_hostile_name_a_name(tmp_path):
    made = companion(tmp_path, "paper: {title: T}\n")

    commands = download(made, File(url="https://example.org/$(id);'x", sha256="0" * 64), None).commands

    assert commands[0].code.startswith("""curl -fL -o '$(id);'"'"'x' 'https://example.org/$(id);'"'"'x'""")


def test_the_code_is_got_with_a_folder_that_only_the_papers_commit_has(tmp_path):
    origin = tmp_path / "origin"
    git = ["git", "-C", str(origin), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    subprocess.run(["git", "init", "-q", str(origin)], check=True)
    (origin / "leaf shapes").mkdir()
    (origin / "leaf shapes" / "train.py").touch()
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run([*git, "mv", "leaf shapes", "leaves"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "y"], check=True)
    code = f"{{repo: 'https://example.org/lab/leaf', commit: {commit}, subfolder: leaf shapes}}"
    made = companion(tmp_path, f"paper: {{title: T}}\ncode: {code}\n")

    (command,) = section_views(made, None, frozenset({"run"}))["run"]["run"].commands
    done = subprocess.run(
        ["bash", "-e", "-c", f"{command.code}ls"],
        cwd=tmp_path,
        env={
            **os.environ,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{origin}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://example.org/lab/leaf",
        },
        capture_output=True,
        text=True,
    )

    assert done.stdout == "train.py\n", done.stderr


def test_preparation_prints_the_docstring_of_the_authors_function_without_running_it(tmp_path):
    code = 'raise SystemExit\n\ndef prepare(image):\n    """Counts the pixels in 4x4 blocks."""\n'
    paper = """
paper: {title: T}
weights:
  - id: w
    url: https://example.org/w.npz
    sha256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    license: MIT
    inputs:
      - id: x
        axes: {batch: 1, pixel: 64}
        preprocess: [{call: "demo/app.py:prepare"}, {scale_linear: {gain: 0.0625}}]
    outputs:
      - {id: y, axes: {batch: 1, channel: [zero, one]}, postprocess: [softmax]}
"""
    made = companion(tmp_path, paper, **{"demo/app.py": code})

    markdown = render(made, RENDERING).markdown

    assert "Counts the pixels in 4x4 blocks." in markdown
    assert "gain = 0.0625" in markdown
    assert '<li value="0">zero</li><li value="1">one</li>' in markdown


def test_a_file_that_is_no_python_has_no_docstrings(tmp_path):
    (tmp_path / "app.py").write_text("def (:")

    assert docstring(tmp_path, "app.py:predict") is None
    assert docstring(tmp_path, "lost.py:predict") is None


def evidence(**observation):
    return json.dumps({"version": 1, "observations": [observation]})


def test_badges_say_what_was_seen_and_until_when_it_counts(tmp_path):
    paper = "paper: {title: T}\ncode: {repo: 'https://example.org/code', license: MIT}\n"
    seen = evidence(
        subject="code.repo", kind="link", rung="linked", outcome="ok",
        target="https://example.org/code", seen="2026-11-01", by="1", reason="",
    )  # fmt: skip

    markdown = render(companion(tmp_path, paper, **{"docs/leaf/paper.evidence.json": seen}), RENDERING).markdown

    assert 'data-state="linked" data-rung="2" data-fresh-until="2026-12-01"' in markdown
    assert "asked the address" in markdown


@pytest.mark.parametrize(("value", "words"), [("0.9405", "agrees"), ("0.93", "differs"), ("0.951", "agrees")])
def test_a_result_says_whether_what_was_measured_agrees(tmp_path, value, words):
    paper = f"""
paper: {{title: T}}
results:
  - {{id: r, value: 0.941, tolerance: 0.01, verified: {{by: ci, date: "2025-04-02", value: {value}}}}}
"""
    assert f" {words} (± 0.01)" in render(companion(tmp_path, paper), RENDERING).markdown


def test_words_of_the_page_can_be_in_another_language(tmp_path):
    paper = "paper: {title: T}\npage: {strings: {Citation: Zitieren, Cite: Zitieren}}\n"

    assert "## Zitieren" in render(companion(tmp_path, paper), RENDERING).markdown


CHECKLISTS = """
paper: {title: T, limitations: Only leaves.}
checklists:
  code-completeness: auto
  neurips-2025:
    theory: {answer: na, why: No theory here.}
  reforms: {1a: {answer: "yes", where: Section 2.1}}
"""


def test_words_that_take_the_place_of_none_are_a_mistake(tmp_path):
    made = companion(tmp_path, "paper: {title: T}\npage: {strings: {Cittation: Zitieren}}\n")

    with pytest.raises(PaperError, match=r"yml:2:29: page.strings.Cittation: .* \(did you mean Citation\?\)"):
        render(made, RENDERING)


def test_a_template_of_the_authors_own_can_have_words_of_its_own(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own/results.md.j2").write_text("{{ t('Every night') }}")
    paper = "paper: {title: T}\nresults: [{id: a}]\npage: {strings: {Every night: Jede Nacht}}\n"
    made = companion(tmp_path, paper)

    assert "Jede Nacht" in render(made, replace(RENDERING, overrides=(tmp_path / "own",))).markdown


def test_checklists_show_the_authors_answers_and_with_auto_what_was_found(tmp_path):
    seen = evidence(
        subject="code-completeness.training", kind="completeness", rung="linked", outcome="ok",
        target="4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92", seen="2026-11-01", by="1", reason="",
        details={"signs": ["train.py:3-9"], "declared": ""},
    )  # fmt: skip

    markdown = render(companion(tmp_path, CHECKLISTS, **{"docs/leaf/paper.evidence.json": seen}), RENDERING).markdown

    assert "ML Code Completeness" in markdown
    assert "Training code<br>" in markdown
    assert "train.py:3-9 (4f2a9c1d7be0)" in markdown
    assert "Not answered</b><span>Pre-trained models" in markdown
    assert "Theory assumptions and proofs<br>" in markdown
    assert "Only leaves.</span>" not in markdown
    assert "Section 2.1" in markdown


def test_a_badge_of_somebody_else_stands_beside_ours_with_who_gave_it_and_the_proof(tmp_path):
    paper = """
paper: {title: T}
awards: [{badge: acm-artifacts-available-1.1, by: JWE artifact committee, url: "https://example.org/aec"}]
"""
    markdown = render(companion(tmp_path, paper), RENDERING).markdown

    assert '<a href="https://example.org/aec">acm-artifacts-available-1.1</a>' in markdown
    assert "by JWE artifact committee" in markdown


def test_a_reproduced_result_shows_what_came_out_and_when(tmp_path):
    paper = """
paper: {title: T}
results: [{id: r, value: 0.941, tolerance: 0.01, command: python e.py, read: out.json#accuracy}]
"""
    made = companion(tmp_path, paper)
    (result,) = made.file.paper.results
    seen = evidence(
        subject="results[r]", kind="reproduce", rung="executed", outcome="ok", target=reproduce_target(result),
        seen="2026-11-02", by="ci", reason="", details={"value": 0.94049999999},
    )  # fmt: skip

    markdown = render(companion(tmp_path, paper, **{"docs/leaf/paper.evidence.json": seen}), RENDERING).markdown

    assert "<b>0.9405</b>" in markdown
    assert 'data-agrees="yes"' in markdown
    assert 'datetime="2026-11-02"' in markdown


def test_what_came_out_with_other_weights_is_not_shown(tmp_path):
    paper = """
paper: {title: T}
weights: [{id: w, files: [{url: "https://example.org/w.bin", sha256: "%s"}]}]
results: [{id: r, weights: w, value: 0.941, tolerance: 0.01, command: python e.py, read: out.json#accuracy}]
"""
    (result,) = companion(tmp_path, paper % ("a" * 64)).file.paper.results
    seen = evidence(
        subject="results[r]", kind="reproduce", rung="executed", outcome="ok", target=reproduce_target(result),
        seen="2026-11-02", by="ci", reason="", details={"value": 0.9405, "weights": ["a" * 64]},
    )  # fmt: skip

    for digest, shown in (("a", True), ("b", False)):
        made = companion(tmp_path, paper % (digest * 64), **{"docs/leaf/paper.evidence.json": seen})
        assert ("<b>0.9405</b>" in render(made, RENDERING).markdown) is shown


def test_what_a_demo_is_made_of_stands_under_what_was_checked(tmp_path):
    lock = Lock("demo/app.py:predict", "314.0.7", {"python": "3.14.2"}, (), ())
    bundle = DemoBundle(lock, (), {}, 15_400_000)
    made = replace(companion(tmp_path, "paper: {title: T}\npage: {sections: [checked]}\n"), bundle=bundle)

    markdown = render(made, RENDERING).markdown

    for fact in ("Pyodide 314.0.7", "3.14.2", "15 MB", lock.sha256):
        assert f">{fact}<" in markdown


def test_weights_that_no_site_could_hold_are_named_but_not_copied(tmp_path):
    paper = "paper: {title: T}\nweights: [{id: w, path: w.bin, sha256: '%s', license: MIT, format: npz}]\n" % ("0" * 64)
    (tmp_path / "w.bin").touch()
    os.truncate(tmp_path / "w.bin", 100_000_001)

    made = companion(tmp_path, paper)

    assert made.site_files == ()
    assert "<code>w.bin</code>" in render(made, RENDERING).markdown


def test_a_picture_that_no_site_could_hold_is_an_error(tmp_path):
    (tmp_path / "w.mp4").touch()
    os.truncate(tmp_path / "w.mp4", 100_000_001)

    with pytest.raises(PaperError, match=r"page\.teaser: w\.mp4 has more than 100,000,000 bytes"):
        companion(tmp_path, "paper: {title: T}\npage: {teaser: w.mp4}\n")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "access: withheld, because: privacy, reason: Growers did not consent.",
            "<strong>Withheld (privacy).</strong> Growers did not consent.",
        ),
        (
            "access: withdrawn, because: licence, reason: Its owner took it back., date: '2025-06-01'",
            "<strong>Withdrawn 2025-06-01 (licence).</strong> Its owner took it back.",
        ),
    ],
)
def test_code_that_is_not_shared_and_has_no_commands_says_why(tmp_path, code, told):
    markdown = render(companion(tmp_path, f"paper: {{title: T}}\ncode: {{{code}}}\n"), RENDERING).markdown

    assert "## Run it yourself" in markdown
    assert told in markdown
    assert "<dl" not in markdown.partition("## Run it yourself")[2].partition("##")[0]


def test_a_page_tells_which_values_were_read_from_which_file(tmp_path):
    citation = "cff-version: 1.2.0\nmessage: cite\ntitle: Leaves\nauthors: [{family-names: Nowak}]\n"
    made = companion(tmp_path, "import: CITATION.cff\npaper: {title: Our leaves}\n", **{"CITATION.cff": citation})

    text = render(made, RENDERING).markdown

    assert "These values were read from other files of the project:" in text
    assert "<dt>CITATION.cff</dt><dd><bdi><code>paper.authors</code></bdi></dd>" in text
    assert (
        "other files of the project" not in render(companion(tmp_path, "paper: {title: Leaves}\n"), RENDERING).markdown
    )


def test_a_paper_without_authors_has_no_citation_file(tmp_path):
    with_authors, without = (
        render(companion(tmp_path, f"paper: {{title: Leaves, authors: {authors}}}\n"), RENDERING).markdown
        for authors in ("[Ines Nowak]", "[]")
    )

    assert "CITATION.cff" in with_authors
    assert "CITATION.cff" not in without
    assert "BibTeX" in without
