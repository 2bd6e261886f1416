"""Writing what a folder lacks to be a companion site. Nothing that is there is overwritten; nothing is half-written."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, ScalarNode, SequenceNode

from paper_companion.paper.model import Paper
from paper_companion.paper.problems import PaperError, Problem
from paper_companion.paper.scaffold.discovery import Discovery, discover
from paper_companion.paper.scaffold.paper_text import Draft, scalar, settle
from paper_companion.paper.tree import quoted_yaml
from paper_companion.whole_file import write_whole

_FILES = Path(__file__).parent / "files"
_DEMO_FILE = "demo/app.py"
_WORKFLOWS = Path(".github", "workflows")
_WORKFLOW_FILES = ("companion.yml", "evidence.yml")
_PLUGIN = "paper-companion"


@dataclass(frozen=True)
class Questions:
    """What only the author knows; each function asks, or answers by itself where nobody is there to ask."""

    title: Callable[[], str]
    authors: Callable[[], tuple[str, ...]]
    repo: Callable[[str | None], str | None]
    demo: Callable[[], bool]


@dataclass(frozen=True)
class NewSite:
    """What was written into a folder. `paper` is None where there was a paper file already."""

    folder: Path
    paper: Path | None
    draft: Draft | None

    @property
    def has_demo(self) -> bool:
        """Whether a demo was written into a new paper file."""
        return self.draft is not None and self.draft.demo is not None

    @property
    def has_examples(self) -> bool:
        """Whether that demo came with examples, as the template's does and one that was found does not."""
        return self.draft is not None and self.has_demo and not self.draft.own_demo

    def let_demo_wait(self) -> None:
        """Turns the new paper file's demo into a comment, so that the site can be built without a lock."""
        if self.paper is not None and self.draft is not None:
            write_whole(self.paper, replace(self.draft, demo_waits=True).text().encode())


def make_site(folder: Path, questions: Questions, say: Callable[[str], None]) -> NewSite:
    """Looks around, asks, then writes: nothing is written before the last answer. Raises PaperError."""
    if folder.exists() and not folder.is_dir():
        raise PaperError([Problem(folder, 1, 1, "", "is a file (name a folder)")])
    try:
        config, docs = _read_config(folder)
        paper = folder / docs / "paper.yml"
        found = discover(folder, say)
        draft, title, repo = None, folder.resolve().name, found.repo
        if not paper.exists():
            draft, read = _draft(folder, paper, found, questions, say)
            title, repo = read.paper.title, read.code.repo if read.code else None
        writes: dict[Path, bytes] = {}
        if draft is not None:
            writes[paper] = draft.text().encode()
            if draft.demo and not (folder / _DEMO_FILE).exists():
                writes[folder / _DEMO_FILE] = (_FILES / "app.py").read_bytes()
        if config is None:
            writes[folder / "mkdocs.yml"] = _new_config(title, repo).encode()
        elif (changed := _with_plugin(config)) is not None:
            writes[folder / "mkdocs.yml"] = changed.encode()
        for name in _WORKFLOW_FILES:
            if not (folder / _WORKFLOWS / name).exists():
                writes[folder / _WORKFLOWS / name] = _workflow(name, f"{docs}/paper.yml", found.branch).encode()
        for path, data in writes.items():
            verb = "added the plugin to" if path.exists() else "wrote"
            write_whole(path, data)
            say(f"{verb} {path}")
    except OSError as error:
        where = Path(error.filename) if error.filename else folder
        raise PaperError([Problem(where, 1, 1, "", f"{error.strerror}")]) from None
    if found.subfolder and any(path.parent == folder / _WORKFLOWS for path in writes):
        say(
            f"GitHub reads workflows at a repository's root alone: move those in {folder / _WORKFLOWS} there, and let "
            f"their steps work in {found.subfolder}"
        )
    if draft is None:
        say(f"kept {paper}, which is there already")
    if config is not None and _PLUGIN not in config and folder / "mkdocs.yml" not in writes:
        say(f"add to {folder / 'mkdocs.yml'}, under plugins: - {_PLUGIN}")
    return NewSite(folder, paper if draft else None, draft)


def _draft(
    folder: Path, paper_path: Path, found: Discovery, questions: Questions, say: Callable[[str], None]
) -> tuple[Draft, Paper]:
    """The draft, and what it says with its imports. Raises PaperError."""
    draft, paper = settle(Draft(found), paper_path, folder, questions.title, say)
    authors = () if paper.paper.authors else questions.authors()
    imported_repo = paper.code.repo if paper.code and not found.repo else None
    repo = None if imported_repo else questions.repo(found.repo)
    is_there = (folder / _DEMO_FILE).exists()
    run = f"{_DEMO_FILE}:{found.demo_function or 'predict'}"
    demo = run if (found.demo_function or not is_there) and questions.demo() else None
    found = replace(draft.found, repo=repo)
    draft = replace(draft, authors=authors, demo=demo, own_demo=is_there, found=found)
    return settle(draft, paper_path, folder, questions.title, say)


def _read_config(folder: Path) -> tuple[str | None, str]:
    """The text of mkdocs.yml, if there is one, and the folder of the docs. Raises PaperError, OSError."""
    path = folder / "mkdocs.yml"
    if not path.exists():
        return None, "docs"
    text = path.read_bytes().decode(errors="replace")
    docs = _value(_compose(path, text), "docs_dir")
    return text, docs.value if type(docs) is ScalarNode else "docs"


def _compose(path: Path, text: str) -> yaml.nodes.Node | None:
    try:
        return yaml.compose(text, Loader=yaml.CSafeLoader)  # composes custom tags too, and constructs nothing
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"{error.problem} (mkdocs.yml must be readable before a paper is added)"
        raise PaperError([Problem(path, mark.line + 1, mark.column + 1, "", message)]) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise PaperError([Problem(path, 1, 1, "", f"not readable as YAML: {type(error).__name__}")]) from None


def _value(root: yaml.nodes.Node | None, key: str) -> yaml.nodes.Node | None:
    if type(root) is not MappingNode:
        return None
    return next((value for name, value in root.value if name.value == key), None)


def _with_plugin(config: str) -> str | None:
    """The configuration with one line more, as the author would add it; None where that is not safe or not needed."""
    if _PLUGIN in config:
        return None
    plugins = _value(yaml.compose(config, Loader=yaml.CSafeLoader), "plugins")
    if plugins is None:
        # Without the key MkDocs has search; with it only what is named.
        return f"{config.rstrip()}\n\nplugins:\n  - search\n  - {_PLUGIN}\n"
    if type(plugins) is not SequenceNode or plugins.flow_style or not plugins.value:
        return None
    lines = config.splitlines(keepends=True)
    first = plugins.value[0].start_mark
    head = re.match(r"(\s*)-", lines[first.line])
    if head is None:
        return None
    lines.insert(first.line, f"{head[1]}- {_PLUGIN}\n")
    return "".join(lines)


def _workflow(name: str, paper: str, branch: str) -> str:
    pattern = re.sub("[+!]", r"\\\g<0>", branch)  # what a branch's name can have, and GitHub's patterns mean otherwise
    quoted = branch.replace("'", "''")
    text = (_FILES / name).read_text(encoding="utf-8").replace("PAPER: docs/paper.yml", f"PAPER: {scalar(paper)}")
    text = text.replace("branches: [main]", f"branches: [{scalar(pattern)}]")
    return text.replace("refs/heads/main", f"refs/heads/{quoted}")


def _new_config(title: str, repo: str | None) -> str:
    lines = [f"site_name: {quoted_yaml(title)}"]
    if repo and (match := re.fullmatch(r"https://github\.com/([\w-]+)/([\w.-]+)", repo)):
        lines.append(f"site_url: https://{match[1].lower()}.github.io/{match[2]}/")
    if repo:
        lines.append(f"repo_url: {repo}")
    theme = "material" if find_spec("material") else "mkdocs"
    lines += ["theme:", f"  name: {theme}", "plugins:", "  - search", f"  - {_PLUGIN}"]
    return "\n".join(lines) + "\n"
