"""How often completeness is seen right: detected items against those that a person ticks, over a corpus of layouts.

`python tests/evidence/test_layouts.py` prints precision and recall of each item, and what is seen wrong.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

import pytest
import yaml
from paper_companion.evidence.completeness import ITEMS
from paper_companion.evidence.completeness_signs import look_for_all
from paper_companion.evidence.repository_files import Checkout

LAYOUTS = yaml.safe_load(Path(__file__).with_name("layouts.yml").read_text(encoding="utf-8"))


def detected(layout: dict, folder: Path) -> set[str]:
    for name, text in {**dict.fromkeys(layout["files"], ""), **layout.get("texts", {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {item for item, signs in look_for_all(Checkout(folder)).items() if signs}


def counted() -> tuple[dict[str, Counter[str]], list[str]]:
    """For each item how often it is right, missed and seen in vain, and each mistake in words."""
    counts: dict[str, Counter[str]] = {item: Counter() for item in ITEMS}
    mistakes = []
    for layout in LAYOUTS:
        with tempfile.TemporaryDirectory() as folder:
            seen = detected(layout, Path(folder))
        for item in ITEMS:
            there = item in layout["has"]
            if there or item in seen:
                what = "right" if there and item in seen else "missed" if there else "seen in vain"
                counts[item][what] += 1
                if what != "right":
                    mistakes.append(f"{layout['name']}: {item} {what}")
    return counts, mistakes


def figures(count: Counter[str]) -> tuple[float, float]:
    """Precision and recall."""
    return (
        count["right"] / (count["right"] + count["seen in vain"]),
        count["right"] / (count["right"] + count["missed"]),
    )


# What only somebody who reads the code would know; anything else that is seen wrong is a step back.
KNOWN_MISTAKES = [
    "weights that only the code knows of: weights missed",
    "a recipe of stages: training missed",
]


def test_items_are_seen_as_a_person_sees_them_but_for_known_mistakes():
    counts, mistakes = counted()

    assert len(LAYOUTS) >= 70
    assert mistakes == KNOWN_MISTAKES
    assert all(figures(count)[0] == 1 for count in counts.values())
    assert all(figures(count)[1] > 0.9 for count in counts.values())


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_is_tried_both_ways_often_enough(item):
    there = sum(item in layout["has"] for layout in LAYOUTS)

    assert min(there, len(LAYOUTS) - there) >= 10


def main() -> None:
    counts, mistakes = counted()
    print(f"{len(LAYOUTS)} layouts")
    for item, count in counts.items():
        precision, recall = figures(count)
        print(f"{item:14} precision {precision:.2f}  recall {recall:.2f}  ({count['right']} right)")
    print(*mistakes, sep="\n")


if __name__ == "__main__":
    sys.exit(main())
