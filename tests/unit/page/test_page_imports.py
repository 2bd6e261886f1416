"""The shells stand side by side: what two of them need lies below them."""

import ast
from pathlib import Path

import paper_companion
import pytest

PACKAGE = Path(paper_companion.__file__).parent
SHELLS = ("cli", "markdown_extension", "mkdocs")


def imported(path: Path) -> set[str]:
    """The modules of ours that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name.removeprefix("paper_companion.") for name in names if name.startswith("paper_companion.")}


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_imported_by_no_other_module_than_its_own(shell):
    own = {PACKAGE / "__main__.py"} if shell == "cli" else set()

    assert [str(path) for path in sorted(PACKAGE.rglob("*.py")) if path not in own and shell in imported(path)] == []
