"""The author's code: the function that a demo runs, read without running it, and the files it is made of."""

import ast
import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from paper_companion.demo.tensors import called_functions
from paper_companion.paper.model import Demo
from paper_companion.paper.reader import PaperError, PaperFile


@dataclass(frozen=True)
class DemoCode:
    """The file of the function, the function's name, its definition where the file holds one, and all local modules.

    Paths are relative to the project root.
    """

    path: str
    function: str
    definition: ast.FunctionDef | ast.AsyncFunctionDef | None
    modules: tuple[str, ...]


def browser_demo(paper_file: PaperFile) -> Demo:
    """The demo, if it is one that runs in the reader's browser; else raises PaperError."""
    demo = paper_file.paper.demo
    if demo is None or demo.kind != "pyodide" or demo.run is None:
        what = "there is no demo that runs in the browser (name its function: run: demo/app.py:predict)"
        raise PaperError([paper_file.problem(what, "demo")])
    return demo


def read_code(paper_file: PaperFile) -> DemoCode:
    """Find and parse what `demo.run` names. Raises PaperError when the file or the function is not there."""
    path, _, function = browser_demo(paper_file).run.rpartition(":")
    tree = _parse(paper_file, path)
    names = dict(_top_level_names(tree))
    if function not in names:
        close = difflib.get_close_matches(function, names, 1)
        hint = f"did you mean {close[0]}?" if close else f"define it: def {function}(…):"
        raise PaperError([paper_file.problem(f"{path} has no function {function} ({hint})", "demo", "run")])
    definition = names[function]
    if isinstance(definition, ast.ClassDef):
        raise PaperError([paper_file.problem(f"{function} in {path} is a class, not a function", "demo", "run")])
    found = definition if isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef) else None
    modules = set(_modules(paper_file, path, tree))
    for reference in called_functions(paper_file.paper):
        called, _, name = reference.rpartition(":")
        tree = _parse(paper_file, called)
        if name not in dict(_top_level_names(tree)):
            raise PaperError([paper_file.problem(f"{called} has no function {name}, which a tensor calls", "weights")])
        modules.update(_modules(paper_file, called, tree))
    return DemoCode(path, function, found, tuple(sorted(modules)))


def _parse(paper_file: PaperFile, path: str) -> ast.Module:
    file = paper_file.root / path
    try:
        return ast.parse(file.read_bytes(), filename=path)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror} (paths are relative to {paper_file.root})"
    except SyntaxError as error:
        what = f"{path}:{error.lineno or 1}:{error.offset or 1}: {error.msg}"
    except ValueError as error:
        what = f"{path}:1:1: {error}"
    raise PaperError([paper_file.problem(what, "demo", "run")])


def _top_level_names(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            yield from ((name.id, node) for target in node.targets for name in ast.walk(target) if _is_name(name))
        elif isinstance(node, ast.AnnAssign) and _is_name(node.target):
            yield node.target.id, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name, node) for alias in node.names)


def _is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def _modules(paper_file: PaperFile, path: str, tree: ast.Module) -> list[str]:
    """The file itself and each local module that it imports, directly or not: those beside it or at the root."""
    root = paper_file.root
    folders = dict.fromkeys([(root / path).parent, root])
    found = {path: tree}
    waiting = [tree]
    while waiting:
        for name in _imported(waiting.pop()):
            for file in _files_of(name, folders):
                relative = file.relative_to(root).as_posix()
                if relative not in found:
                    found[relative] = _parse(paper_file, relative)
                    waiting.append(found[relative])
    return sorted(found)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The top-level names of the modules that a file imports, wherever in the file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files_of(name: str, folders: dict[Path, None]) -> Iterator[Path]:
    """The Python files of a local module or package: the first one of that name, as Python's own search would."""
    for folder in folders:
        if (folder / name).is_dir() and any((folder / name).glob("*.py")):
            yield from sorted((folder / name).rglob("*.py"))
            return
        if (folder / f"{name}.py").is_file():
            yield folder / f"{name}.py"
            return
