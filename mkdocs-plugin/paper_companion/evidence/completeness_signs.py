"""Signs of each item of code completeness in a repository: names of files, tasks, commands, tables, addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from paper_companion.evidence.repository_files import Checkout, Sign
from paper_companion.evidence.repository_readme import Command, Readme

MOST_SIGNS = 10


PROGRAM = re.compile(
    r"\.(py|sh|bash|ipynb|jl|r|rmd|qmd|m|lua|rs|cpp|cc|cu|go|java|scala|sbatch|slurm|pbs)$", re.IGNORECASE
)
_NOT_OUR_OWN = frozenset({"tests", "test", "docs", "doc", "website", "site", "fixtures", ".github"})
_SPECIFIES = re.compile(
    r"([\w.-]*requirements[\w.-]*\.(txt|in|lock)|requirements\.lock|(environment|conda|env)[\w.-]*\.ya?ml|conda-lock\.yml|"
    r"pipfile(\.lock)?|poetry\.lock|uv\.lock|pdm\.lock|pixi\.(toml|lock)|([\w.-]+\.)?(docker|container)file([.-][\w.-]+)?|"
    r"singularity(\.[\w.-]+)?|[\w-]+\.def|renv\.lock|(project|manifest)\.toml|package\.json|cargo\.toml|go\.mod|"
    r"(flake|shell|default)\.nix|guix\.scm|vcpkg\.json|conanfile\.(txt|py)|pom\.xml|build\.gradle(\.kts)?)$",
    re.IGNORECASE,
)
# Files that may specify dependencies, by the line that does.
_SPECIFYING_LINE: Mapping[str, re.Pattern[str]] = {
    "pyproject.toml": re.compile(r"\s*dependencies\s*=|\[tool\.poetry\.dependencies\]|\[dependency-groups\]"),
    "setup.py": re.compile(r".*\binstall_requires\b"),
    "setup.cfg": re.compile(r"\s*install_requires\s*="),
    "settings.ini": re.compile(r"\s*requirements\s*="),
    "description": re.compile(r"(Imports|Depends):"),
}
_ENVIRONMENT_FOLDERS = frozenset({"env", "envs", "environments", "conda", "requirements"})
_INSTALLS = re.compile(r"[\s$!>`]*(?:python3? -m )?(?:pip3?|uv pip|conda|mamba)\s+install\s+(.+)")
_TRAINING = frozenset({"train", "training", "trainer", "pretrain", "pretraining", "finetune", "finetuning", "fit"})
_EVALUATION = frozenset(
    {"eval", "evals", "evaluate", "evaluation", "evaluator", "validate", "validation", "score", "scoring", "benchmark"}
)
_REPRODUCTION = frozenset({"reproduce", "reproduction", "replicate"})
# With one of these in its name, a program is about the data, the curves or the options of training, not training.
_BESIDE = frozenset(
    {"data", "dataset", "datasets", "dataloader", "loader", "loaders", "split", "splits", "set", "sets", "utils",
     "util", "helper", "helpers", "plot", "plots", "curve", "curves", "log", "logs", "logger", "config", "configs",
     "option", "options", "args", "arguments", "schema", "sampler", "transforms"}
)  # fmt: skip
_UNIT_TESTS = re.compile(r"\s*(import (pytest|unittest)|from (pytest|unittest)\b|def test|class Test\w*\()")
_TASKS: Mapping[str, re.Pattern[str]] = {
    "makefile": re.compile(r"([\w.-]+)\s*:(?!=)"),
    "justfile": re.compile(r"@?([\w-]+)[^:=]*:(?!=)"),
    "snakefile": re.compile(r"\s*(?:rule|checkpoint)\s+(\w+)"),
    "dvc.yaml": re.compile(r"  ([\w-]+):\s*$"),
    "mlproject": re.compile(r"  ([\w-]+):\s*$"),
    "pixi.toml": re.compile(r"([\w-]+)\s*=\s*[\"{]"),
    "pyproject.toml": re.compile(r"([\w-]+)\s*=\s*\"[\w.]+:\w+\""),
}
_SAYS_TRAINING = re.compile(r"\b(pre-?|fine-?)?(train(ing|s)?|tun(e|ing))\b(?! (set|data|split|log))", re.IGNORECASE)
_SAYS_EVALUATION = re.compile(r"\b(evaluat(e|es|ion|ing)|testing|test the|validation|benchmarking)\b", re.IGNORECASE)
_WEIGHTS_SUFFIX = r"(safetensors|pth?|ckpt|onnx|h5|keras|pb|tflite|gguf|joblib|pkl|pickle)"
_WEIGHTS_FILE = re.compile(
    rf"\.{_WEIGHTS_SUFFIX}$|(^|/)(checkpoints?|weights|pretrained|models?)/[^/]+\.(bin|npz|pdparams|msgpack|params)$",
    re.IGNORECASE,
)
_DATA_FOLDERS = frozenset({"data", "dataset", "datasets", "features", "cache"}) | _NOT_OUR_OWN
_WEIGHTS_WORDS = re.compile(r"pre-?trained|checkpoint|model zoo|\bweights\b|\btrained models?\b", re.IGNORECASE)
_MODEL_WORDS = re.compile(r"\bmodels?\b", re.IGNORECASE)
_WEIGHTS_ADDRESS = re.compile(
    rf"https?://[^\s)\"'>]{{1,300}}\.{_WEIGHTS_SUFFIX}\b"
    r"|\[[^\[\]]{0,80}\b(model|weights|ckpt|checkpoint)s?\b[^\[\]]{0,80}\]\(https?://[^\s)]{1,300}\.(tar\.gz|tgz|zip|bin|npz)\b",
    re.IGNORECASE,
)
_HUB_ADDRESS = re.compile(
    r"huggingface\.co/(?!(datasets|spaces|docs|blog|papers|collections|learn)/)[\w.-]+/[\w.-]+"
    r"|from_pretrained\(\s*[\"'][\w.-]+/[\w.-]+[\"']|torch\.hub\.load\(\s*[\"'][\w.-]+/",
    re.IGNORECASE,
)
_STORE_ADDRESS = re.compile(
    r"https?://\S{0,300}(huggingface\.co/[\w.-]+/[\w.-]+|drive\.google\.com|zenodo\.org|dropbox\.com|/releases/|figshare\.com|"
    r"onedrive|1drv\.ms|sharepoint\.com|pan\.baidu\.com|osf\.io|modelscope\.cn|\.(?:tar\.gz|tgz|zip|npz|bin)\b)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"\bsoon\b|\[ \]|\bon request\b|\bto be released\b", re.IGNORECASE)
_FETCHES = frozenset({"download", "get", "fetch"})
_TRAINED = frozenset(
    {"weights", "weight", "model", "models", "checkpoint", "checkpoints", "ckpt", "ckpts", "pretrained", "params"}
)


def look_for_all(checkout: Checkout, subfolder: str = "") -> dict[str, tuple[Sign, ...]]:
    """The signs of each item in a checkout, or in one folder of it, the most telling first; at most MOST_SIGNS each."""
    prefix = f"{subfolder.strip('/')}/" if subfolder.strip("/") else ""
    # Those nearest to the top first: a demo's requirements are not the paper's.
    paths = tuple(sorted((p for p in checkout.paths if p.startswith(prefix)), key=lambda path: path.count("/")))
    readme = Readme(checkout, paths)
    finders: Mapping[str, Callable[[], Iterator[Sign]]] = {
        "dependencies": lambda: _dependencies(checkout, paths, readme),
        "training": lambda: _doing(checkout, paths, readme, _TRAINING, _SAYS_TRAINING),
        "evaluation": lambda: _doing(checkout, paths, readme, _EVALUATION | _REPRODUCTION, _SAYS_EVALUATION),
        "weights": lambda: _weights(checkout, paths, readme),
        "results": lambda: _results(readme),
    }
    return {item: _first(find()) for item, find in finders.items()}


def _first(signs: Iterator[Sign]) -> tuple[Sign, ...]:
    found: dict[Sign, None] = {}
    for sign in signs:
        found.setdefault(sign)
        if len(found) == MOST_SIGNS:
            break
    return tuple(found)


def _is_own(path: str, others: frozenset[str] = _NOT_OUR_OWN) -> bool:
    return others.isdisjoint(path.lower().split("/")[:-1])


def _tokens(name: str) -> list[str]:
    stem = name.rpartition(".")[0] or name
    joined = re.sub(r"(?i)\b(pre|fine)[_-](?=train|tun)", r"\1", stem)
    return [token for token in re.split(r"[^a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", joined).lower()) if token]


def _dependencies(checkout: Checkout, paths: tuple[str, ...], readme: Readme) -> Iterator[Sign]:
    found = False
    for sign in _specifications(checkout, paths):
        found = True
        yield sign
    for path, lines in () if found else readme.documents:
        for number, line in enumerate(lines, 1):
            installs = _INSTALLS.match(line)
            packages = [word for word in installs[1].split() if word[0].isalpha()] if installs else []
            # One package without a version is the project itself, as a rule.
            if len(packages) > 1 or any("==" in package for package in packages):
                yield Sign(path, number, number)


def _specifications(checkout: Checkout, paths: tuple[str, ...]) -> Iterator[Sign]:
    for path in filter(_is_own, paths):
        folders, _, name = path.rpartition("/")
        specifying = _SPECIFYING_LINE.get(name.lower())
        if specifying is not None:
            yield from _lines(checkout, path, specifying)
        elif _SPECIFIES.match(name):
            yield Sign(path)
        elif folders.rpartition("/")[2].lower() in _ENVIRONMENT_FOLDERS:
            if name.endswith(".txt"):
                yield Sign(path)
            elif name.endswith((".yml", ".yaml")):
                yield from _lines(checkout, path, re.compile(r"dependencies:"))


def _lines(checkout: Checkout, path: str, pattern: re.Pattern[str]) -> Iterator[Sign]:
    for number, line in enumerate(checkout.lines(path), 1):
        if pattern.match(line):
            yield Sign(path, number, number)
            return


def _doing(
    checkout: Checkout, paths: tuple[str, ...], readme: Readme, words: frozenset[str], says: re.Pattern[str]
) -> Iterator[Sign]:
    """Programs and tasks that do something, by what they are called; else commands, by what is said of them."""
    found = False
    for sign in _called(checkout, tuple(filter(_is_own, paths)), words):
        found = True
        yield sign
    for command in () if found else readme.commands:
        if _says(command, words, says) and _runs_something_of(command, paths):
            yield Sign(command.path, command.line, command.line)


def _called(checkout: Checkout, paths: tuple[str, ...], words: frozenset[str]) -> Iterator[Sign]:
    for path in paths:
        if PROGRAM.search(path) and _does(checkout, path, words):
            yield Sign(path)
    for path in paths:
        declares = _TASKS.get(path.rpartition("/")[2].lower())
        for number, line in enumerate(checkout.lines(path) if declares is not None else (), 1):
            task = declares.match(line) if declares is not None else None
            if task is not None and not words.isdisjoint(_tokens(task[1])):
                yield Sign(path, number, number)


def _does(checkout: Checkout, path: str, words: frozenset[str]) -> bool:
    name = path.rpartition("/")[2]
    tokens = _tokens(name)
    if not _BESIDE.isdisjoint(tokens) or not tokens:
        return False
    is_test = tokens[0] == "test" or tokens[-1] in ("test", "tests")
    if is_test:
        # As often the evaluation on the test set as a unit test.
        evaluates = "evaluate" in words and tokens[0] == "test"
        return evaluates and not any(map(_UNIT_TESTS.match, checkout.lines(path)))
    computes = "evaluate" in words and "metrics" in tokens and not {"compute", "calc", "calculate"}.isdisjoint(tokens)
    return computes or not words.isdisjoint(tokens)


def _says(command: Command, words: frozenset[str], says: re.Pattern[str]) -> bool:
    spoken = {token for word in command.words[1:] if "/" not in word or PROGRAM.search(word) for token in _tokens(word)}
    switches = {"test"} if "evaluate" in words and not {"--test", "test"}.isdisjoint(command.words) else set()
    return not (words | switches).isdisjoint(spoken) or bool(says.search(command.about))


def _runs_something_of(command: Command, paths: tuple[str, ...]) -> bool:
    """Whether a command runs a program of the repository, or a task of a runner that the repository configures."""
    held = tuple(path.lower() for path in paths)
    for word, following in zip(command.words, (*command.words[1:], ""), strict=True):
        name = following.replace(".", "/") + ".py" if word == "-m" else word.removeprefix("./")
        if PROGRAM.search(name) and any(path == name.lower() or path.endswith(f"/{name.lower()}") for path in held):
            return True
    return command.words[0] in (
        "make",
        "just",
        "poetry",
        "pixi",
        "pdm",
        "hatch",
        "uv",
        "cargo",
        "dvc",
        "snakemake",
        "nix",
    )


def _weights(checkout: Checkout, paths: tuple[str, ...], readme: Readme) -> Iterator[Sign]:
    for path in paths:
        name = path.rpartition("/")[2]
        if _WEIGHTS_FILE.search(path) and _is_own(path, _DATA_FOLDERS):
            yield Sign(path)
        elif PROGRAM.search(name) and _is_own(path):
            tokens = set(_tokens(name))
            if not _FETCHES.isdisjoint(tokens) and not _TRAINED.isdisjoint(tokens):
                yield Sign(path)
    documents = dict(readme.documents)
    # Toolboxes have a README with its own weights for each of their models.
    more = [
        path for path in paths if path not in documents and re.search(r"(?i)(^|/)(readme|model_?zoo)\w*\.md$", path)
    ]
    documents |= {path: readme.lines(path) for path in more[:50] if _is_own(path)}
    for path, lines in documents.items():
        yield from _offers(path, lines)


def _offers(path: str, lines: list[str]) -> Iterator[Sign]:
    """Addresses of weights: by their suffix, or by the words around them."""
    near, heading = -10, ""
    for number, line in enumerate(lines, 1):
        if re.match(r"\s{0,3}#{1,6}\s", line):
            near, heading = -10, line
        if _WEIGHTS_WORDS.search(line):
            near = number
        if _NOT_YET.search(line):
            continue
        about = number - near <= 6
        about_models = about or bool(_MODEL_WORDS.search(heading + line))
        if (
            _WEIGHTS_ADDRESS.search(line)
            or (about and _STORE_ADDRESS.search(line))
            or (about_models and _HUB_ADDRESS.search(line))
            or ("from_pretrained(" in line and _HUB_ADDRESS.search(line))
        ):
            yield Sign(path, number, number)


def _results(readme: Readme) -> Iterator[Sign]:
    """A table with results, and commands; one without the other is no sign of this item."""
    table = next(readme.tables(), None)
    if table is not None and readme.commands:
        yield Sign(*table)
        first = readme.commands[0]
        run = [command.line for command in readme.commands if command.path == first.path]
        last = first.line
        for line in run[1:]:
            if line != last + 1:
                break
            last = line
        yield Sign(first.path, first.line, last)
