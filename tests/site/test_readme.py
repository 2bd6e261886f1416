"""The README: what it tells authors to write is right."""

import re
from pathlib import Path

from paper_companion.cli import main
from paper_companion.paper.reader import parse_paper

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_its_paper_file_is_valid_and_under_15_lines():
    (text,) = (block for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "title:" in block)

    paper = parse_paper(text.encode(), REPOSITORY / "docs/paper.yml", files_must_exist=False).paper

    assert paper.demo.run == "demo/app.py:predict"
    assert len(text.splitlines()) < 15


def test_it_names_every_command():
    assert [name for name in main.commands if f"`{name}`" not in README] == []


def test_its_links_into_the_repository_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert [link for link in links if "://" not in link and not (REPOSITORY / link).exists()] == []
