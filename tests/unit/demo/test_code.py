"""The author's code: found and read, never run."""

import pytest
from paper_companion.demo.code import read_code
from paper_companion.paper.reader import PaperError, read_paper


def paper_with(tmp_path, files: dict[str, str], run: str = "demo/app.py:predict"):
    for path, text in {"mkdocs.yml": "", "paper.yml": f"paper: {{title: T}}\ndemo: {{run: {run}}}\n", **files}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return read_paper(tmp_path / "paper.yml")


def test_local_modules_are_part_of_the_demo_however_deep_and_installed_ones_are_not(tmp_path):
    files = {
        "demo/app.py": "import json, helper\nfrom package.inner import x\ndef predict(): ...\nraise SystemExit('run!')",
        "demo/helper.py": "def late():\n    import rooted",
        "rooted.py": "import helper",
        "demo/package/__init__.py": "",
        "demo/package/inner.py": "from . import sibling",
        "demo/package/sibling.py": "",
        "demo/other.py": "",
    }

    code = read_code(paper_with(tmp_path, files))

    assert code.function == "predict"
    assert code.modules == (
        "demo/app.py",
        "demo/helper.py",
        "demo/package/__init__.py",
        "demo/package/inner.py",
        "demo/package/sibling.py",
        "rooted.py",
    )


@pytest.mark.parametrize("text", ["predict = make()", "from helper import predict", "async def predict(): ..."])
def test_a_function_may_be_assigned_imported_or_asynchronous(tmp_path, text):
    assert read_code(paper_with(tmp_path, {"demo/app.py": text})).function == "predict"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def predictt(): ...", "demo/app.py has no function predict (did you mean predictt?)"),
        ("", "demo/app.py has no function predict (define it: def predict(…):)"),
        ("class predict: ...", "predict in demo/app.py is a class, not a function"),
        ("def predict(:", "demo/app.py:1:13: invalid syntax"),
        ("\0", "demo/app.py:1:1: source code string cannot contain null bytes"),
    ],
)
def test_what_is_not_a_function_is_an_error_at_the_line_that_names_it(tmp_path, text, words):
    paper_file = paper_with(tmp_path, {"demo/app.py": text})

    with pytest.raises(PaperError) as error:
        read_code(paper_file)

    assert str(error.value).startswith(f"{tmp_path}/paper.yml:2:13: demo.run: {words}")
