"""A replay counts on the page for the lock and the answers that were replayed, and for no others."""

import shutil
from datetime import date
from pathlib import Path

from paper_companion.evidence.replay import keep_replay
from paper_companion.page.badges import badges
from paper_companion.page.companion import load_companion
from paper_companion.paper.reader import read_paper

DIGITS = Path(__file__).parents[3] / "examples" / "digits"


def test_a_replayed_demo_says_executed_until_it_is_locked_or_recorded_anew(tmp_path):
    leave = shutil.ignore_patterns("out", "site", "*.evidence.json", "__pycache__")
    paper = shutil.copytree(DIGITS, tmp_path / "digits", ignore=leave) / "docs" / "paper.yml"
    examples = read_paper(paper).paper.demo.examples
    assert demo_badge(paper).state == "declared"

    keep_replay(read_paper(paper), date(2026, 11, 23), [(number, "", {}) for number in range(len(examples))])
    assert (demo_badge(paper).state, demo_badge(paper).seen) == ("executed", "2026-11-23")

    for kind in ("lock", "examples"):
        beside = paper.with_name(f"paper.{kind}.json")
        before = beside.read_bytes()
        beside.write_bytes(before + b"\n")
        assert demo_badge(paper).state == "declared", kind
        beside.unlink()
        assert demo_badge(paper).state == "declared", kind
        beside.write_bytes(before)


def demo_badge(paper):
    (badge,) = (badge for badge in badges(load_companion(paper)) if badge.subject == "demo")
    return badge
