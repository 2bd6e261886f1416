"""The style sheets: small, and about our own elements only."""

import re

from paper_companion.site_file import web_files

SHEETS = {file.path.rpartition("/")[2]: file.content.decode() for file in web_files()[1] if file.path.endswith(".css")}


def test_a_page_loads_less_than_12_kb_of_our_style_and_half_as_much_again_for_a_demo():
    assert len(SHEETS["companion.css"].encode()) < 12_000
    assert len(SHEETS["demo.css"].encode()) < 6_000


def test_every_rule_is_about_our_own_elements():
    flat = re.sub(r"@media[^{]*\{|@container[^{]*\{", "", "".join(SHEETS.values()))
    selectors = re.findall(r"(?:^|[{}])([^{}@;]+)\{", flat)

    foreign = [selector for selector in selectors if not re.search(r"pc-|paper-|^&|:checked|:focus|tabbed", selector)]

    assert selectors
    assert foreign == []
