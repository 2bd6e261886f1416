"""Every kind of mistake, with the exact lines that an author reads: golden/errors.txt holds both."""

import re
import shutil
from pathlib import Path

import pytest
from paper_companion.paper.reader import PaperError, read_paper

GOLDEN = Path(__file__).parent / "golden"


def cases() -> list[object]:
    text = (GOLDEN / "errors.txt").read_text(encoding="utf-8")
    found = re.findall(r"^### (.*)\n((?:.*\n)*?)^>>>\n((?:.*\n)*?)(?=^### |\Z)", text, re.MULTILINE)
    return [pytest.param(source, expected.strip().split("\n"), id=name) for name, source, expected in found]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("golden") / "project"
    shutil.copytree(GOLDEN, root)
    (root / "mkdocs.yml").touch()
    # Made here: in the checkout, tools that look for a pyproject.toml above a file would stumble over this one.
    (root / "pyproject.toml").write_text('[project\nname = "x"\n', encoding="utf-8")
    return root


@pytest.mark.parametrize(("source", "expected"), cases())
def test_each_mistake_is_told_in_these_words(source: str, expected: list[str], project: Path) -> None:
    paper = project / "paper.yml"
    paper.write_text(source, encoding="utf-8")

    with pytest.raises(PaperError) as caught:
        read_paper(paper)

    assert str(caught.value).replace(f"{project}/", "").replace(str(project), "ROOT").split("\n") == expected
