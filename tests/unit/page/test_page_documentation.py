"""The documentation of the page: its links lead where their words say."""

import re
from pathlib import Path

PROJECT = Path(__file__).parents[3]


def test_a_link_that_is_called_by_a_path_of_the_project_leads_there():
    text = (PROJECT / "docs/page.md").read_text(encoding="utf-8")

    links = re.findall(r"\[`([^`]+)`\]\(([^)]+)\)", text)

    assert links
    for name, target in links:
        assert (PROJECT / "docs" / target).resolve() == PROJECT / name
        assert (PROJECT / name).exists()
