"""The style sheets: small, and about our own elements only."""

import re

from paper_companion.site_file import web_files

SHEETS = {file.path.rpartition("/")[2]: file.content.decode() for file in web_files()[1] if file.path.endswith(".css")}


def test_all_our_style_together_is_less_than_12_kb():
    assert SHEETS
    assert sum(len(sheet.encode()) for sheet in SHEETS.values()) < 12_000


def test_every_rule_is_about_our_own_elements():
    foreign = [selector for selector in outermost("".join(SHEETS.values())) if not re.search(r"pc-|paper-", selector)]

    assert foreign == []


def outermost(sheet: str) -> list[str]:
    """The selectors that are inside of no other one; a condition (@media) is none."""
    found, open_blocks = [], []
    for before, brace in re.findall(r"([^{};]*)([{};])", sheet):
        if brace == "{":
            if all(block.startswith("@") for block in open_blocks):
                found.append(before)
            open_blocks.append(before)
        elif brace == "}":
            open_blocks.pop()
    return [selector for selector in found if not selector.startswith("@")]
