"""Checklists for authors: their items, what a paper file suggests as answers, and what the author declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from paper_companion.evidence.completeness import ITEMS, Tick
from paper_companion.paper.model import Answer, Paper


@dataclass(frozen=True)
class Item:
    """One item of a checklist: its key in a paper file, its title, and what it asks."""

    key: str
    title: str
    question: str = ""


@dataclass(frozen=True)
class ChecklistForm:
    """A checklist as its makers publish it."""

    name: str
    title: str
    source: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Filled:
    """One item with its answer. `suggested` tells that a machine proposes it and no author has said so."""

    item: Item
    answer: str = ""
    """yes, partial, no, na, or empty when nobody has answered."""
    justification: str = ""
    suggested: bool = False


CODE_COMPLETENESS = ChecklistForm(
    "code-completeness",
    "ML Code Completeness",
    "https://github.com/paperswithcode/releasing-research-code",
    tuple(Item(key, title) for key, title in ITEMS.items()),
)

NEURIPS = ChecklistForm(
    "neurips-2025",
    "NeurIPS Paper Checklist",
    "https://neurips.cc/public/guides/PaperChecklist",
    (
        Item("claims", "Claims", "Do the main claims made in the abstract and introduction accurately reflect the "
             "paper's contributions and scope?"),
        Item("limitations", "Limitations", "Does the paper discuss the limitations of the work performed by the "
             "authors?"),
        Item("theory", "Theory assumptions and proofs", "For each theoretical result, does the paper provide the full "
             "set of assumptions and a complete (and correct) proof?"),
        Item("reproducibility", "Experimental result reproducibility", "Does the paper fully disclose all the "
             "information needed to reproduce the main experimental results of the paper to the extent that it affects "
             "the main claims and/or conclusions of the paper (regardless of whether the code and data are provided "
             "or not)?"),
        Item("open-access", "Open access to data and code", "Does the paper provide open access to the data and code, "
             "with sufficient instructions to faithfully reproduce the main experimental results, as described in "
             "supplemental material?"),
        Item("setting", "Experimental setting/details", "Does the paper specify all the training and test details "
             "(e.g., data splits, hyperparameters, how they were chosen, type of optimizer, etc.) necessary to "
             "understand the results?"),
        Item("significance", "Experiment statistical significance", "Does the paper report error bars suitably and "
             "correctly defined or other appropriate information about the statistical significance of the "
             "experiments?"),
        Item("compute", "Experiments compute resources", "For each experiment, does the paper provide sufficient "
             "information on the computer resources (type of compute workers, memory, time of execution) needed to "
             "reproduce the experiments?"),
        Item("ethics", "Code of ethics", "Does the research conducted in the paper conform, in every respect, with the "
             "NeurIPS Code of Ethics?"),
        Item("impacts", "Broader impacts", "Does the paper discuss both potential positive societal impacts and "
             "negative societal impacts of the work performed?"),
        Item("safeguards", "Safeguards", "Does the paper describe safeguards that have been put in place for "
             "responsible release of data or models that have a high risk for misuse (e.g., pretrained language "
             "models, image generators, or scraped datasets)?"),
        Item("licenses", "Licenses for existing assets", "Are the creators or original owners of assets (e.g., code, "
             "data, models), used in the paper, properly credited and are the license and terms of use explicitly "
             "mentioned and properly respected?"),
        Item("assets", "New assets", "Are new assets introduced in the paper well documented and is the documentation "
             "provided alongside the assets?"),
        Item("human-subjects", "Crowdsourcing and research with human subjects", "For crowdsourcing experiments and "
             "research with human subjects, does the paper include the full text of instructions given to "
             "participants and screenshots, if applicable, as well as details about compensation (if any)?"),
        Item("irb", "Institutional review board (IRB) approvals or equivalent for research with human subjects", "Does "
             "the paper describe potential risks incurred by study participants, whether such risks were disclosed to "
             "the subjects, and whether Institutional Review Board (IRB) approvals (or an equivalent "
             "approval/review based on the requirements of your country or institution) were obtained?"),
        Item("llm", "Declaration of LLM usage", "Does the paper describe the usage of LLMs if it is an important, "
             "original, or non-standard component of the core methods in this research?"),
    ),
)  # fmt: skip

ML_REPRODUCIBILITY = ChecklistForm(
    "ml-reproducibility-2.0",
    "Machine Learning Reproducibility Checklist 2.0",
    "https://www.cs.mcgill.ca/~jpineau/ReproducibilityChecklist.pdf",
    (
        Item("model-setting", "Models: a clear description of the mathematical setting, algorithm and/or model"),
        Item("model-assumptions", "Models: a clear explanation of any assumptions"),
        Item("model-complexity", "Models: an analysis of the complexity (time, space, sample size) of any algorithm"),
        Item("theory-statement", "Theory: a clear statement of the claim"),
        Item("theory-proof", "Theory: a complete proof of the claim"),
        Item("data-statistics", "Data: the relevant statistics, such as the number of examples"),
        Item("data-splits", "Data: the details of train / validation / test splits"),
        Item("data-exclusions", "Data: an explanation of any data that were excluded, and all pre-processing steps"),
        Item("data-link", "Data: a link to a downloadable version of the dataset or simulation environment"),
        Item("data-collection", "Data: for new data, a complete description of the data collection process"),
        Item("code-dependencies", "Code: specification of dependencies"),
        Item("code-training", "Code: training code"),
        Item("code-evaluation", "Code: evaluation code"),
        Item("code-weights", "Code: (pre-)trained models"),
        Item("code-results", "Code: README with a table of results and the precise commands to produce them"),
        Item("result-hyperparameters", "Results: the hyper-parameters considered, and how the best were chosen"),
        Item("result-runs", "Results: the exact number of training and evaluation runs"),
        Item("result-metric", "Results: a clear definition of the specific measure or statistics used"),
        Item("result-variation", "Results: central tendency (e.g. mean) and variation (e.g. error bars)"),
        Item("result-runtime", "Results: the average runtime for each result, or estimated energy cost"),
        Item("result-infrastructure", "Results: a description of the computing infrastructure used"),
    ),
)  # fmt: skip

CHECKLISTS: Mapping[str, ChecklistForm] = {form.name: form for form in (CODE_COMPLETENESS, NEURIPS, ML_REPRODUCIBILITY)}

Suggestion = tuple[str, str]
"""An answer and its justification."""


def fill(form: ChecklistForm, paper: Paper, ticks: Iterable[Tick] = ()) -> tuple[Filled, ...]:
    """Every item: the author's answer where there is one, else what the paper file and the repository suggest."""
    declared = paper.checklists.get(form.name)
    answers = declared.answers if declared is not None else {}
    seen = {tick.item: tick for tick in ticks}
    return tuple(_filled(item, answers.get(item.key), _suggestion(form, item.key, paper, seen)) for item in form.items)


def unknown_items(paper: Paper) -> list[tuple[str, str]]:
    """Checklist and item of each answer to a question that a known checklist does not ask."""
    return [
        (name, item)
        for name, checklist in paper.checklists.items()
        if name in CHECKLISTS
        for item in checklist.answers
        if item not in {known.key for known in CHECKLISTS[name].items}
    ]


def _filled(item: Item, declared: Answer | None, suggestion: Suggestion | None) -> Filled:
    if declared is not None:
        return Filled(item, declared.answer, declared.why or declared.where or "")
    if suggestion is not None:
        return Filled(item, *suggestion, suggested=True)
    return Filled(item)


def _suggestion(form: ChecklistForm, key: str, paper: Paper, ticks: Mapping[str, Tick]) -> Suggestion | None:
    if form is CODE_COMPLETENESS:
        return _of_tick(ticks.get(key))
    if form is NEURIPS:
        suggest = _NEURIPS.get(key)
        return suggest(paper) if suggest is not None else None
    if key.startswith("code-"):
        return _of_tick(ticks.get(key.removeprefix("code-")))
    suggest = _REPRODUCIBILITY.get(key)
    return suggest(paper) if suggest is not None else None


def _of_tick(tick: Tick | None) -> Suggestion | None:
    if tick is None:
        return None
    if tick.detected:
        commit = f" ({tick.commit[:12]})" if tick.commit else ""
        return "yes", ", ".join(map(str, tick.detected[:3])) + commit
    return ("partial", f"declared: {tick.declared}") if tick.declared else None


def _limitations(paper: Paper) -> Suggestion | None:
    return ("yes", paper.paper.limitations) if paper.paper.limitations else None


def _reproducibility(paper: Paper) -> Suggestion | None:
    runs = [result.id for result in paper.results if result.command and result.value is not None]
    if not paper.results:
        return None
    if len(runs) == len(paper.results):
        return "yes", f"Every result names the command that reproduces it ({', '.join(runs)})."
    return ("partial", f"Some results name the command that reproduces them ({', '.join(runs)}).") if runs else None


def _open_access(paper: Paper) -> Suggestion | None:
    parts = [("code", paper.code.access)] if paper.code is not None else []
    parts += [(f"data {dataset.id}", dataset.access) for dataset in paper.data]
    closed = [f"{name} ({access})" for name, access in parts if access != "open"]
    if not parts or paper.code is None or not (paper.code.repo or paper.code.archive):
        return None
    if closed:
        return "partial", f"Not open: {', '.join(closed)}."
    return "yes", f"Code at {paper.code.repo or 'its archive'}; data: {', '.join(d.id for d in paper.data) or 'none'}."


def _setting(paper: Paper) -> Suggestion | None:
    split = [dataset.id for dataset in paper.data if dataset.splits]
    if paper.code is not None and paper.code.train and split:
        return "yes", f"Splits of {', '.join(split)}; training command: {paper.code.train}"
    return None


def _significance(paper: Paper) -> Suggestion | None:
    spread = [result for result in paper.results if result.spread is not None]
    if not spread:
        return None
    said = "; ".join(f"{result.id}: {_spread(result.spread)}" for result in spread if result.spread is not None)
    return ("yes" if len(spread) == len(paper.results) else "partial"), f"{said}."


def _spread(spread: object) -> str:
    parts = []
    for name, words in (("std", "standard deviation {}"), ("runs", "{} runs"), ("level", "confidence level {}")):
        value = getattr(spread, name)
        if value is not None:
            parts.append(words.format(value))
    return ", ".join(parts) or "an interval"


def _compute(paper: Paper) -> Suggestion | None:
    environment = paper.environment
    if environment is None or not environment.hardware:
        return None
    if environment.train_time:
        return "yes", f"{environment.hardware}; training takes {environment.train_time}."
    return "partial", f"{environment.hardware}."


def _licenses(paper: Paper) -> Suggestion | None:
    missing = [dataset.id for dataset in paper.data if not dataset.license]
    if not paper.data:
        return None
    if missing:
        return "partial", f"No licence is named for {', '.join(missing)}."
    return "yes", "; ".join(f"{dataset.name or dataset.id}: {dataset.license}" for dataset in paper.data) + "."


def _assets(paper: Paper) -> Suggestion | None:
    if not paper.weights:
        return None
    documented = [weights.id for weights in paper.weights if weights.license and (weights.inputs or weights.load)]
    if len(documented) == len(paper.weights):
        return "yes", f"Weights with licence and instructions: {', '.join(documented)}."
    return ("partial", f"Weights with licence and instructions: {', '.join(documented)}.") if documented else None


def _if_all(values: Iterable[object], justification: str) -> Suggestion | None:
    values = list(values)
    return ("yes", justification) if values and all(values) else ("partial", justification) if any(values) else None


_NEURIPS: Mapping[str, Callable[[Paper], Suggestion | None]] = {
    "limitations": _limitations,
    "reproducibility": _reproducibility,
    "open-access": _open_access,
    "setting": _setting,
    "significance": _significance,
    "compute": _compute,
    "licenses": _licenses,
    "assets": _assets,
}
_REPRODUCIBILITY: Mapping[str, Callable[[Paper], Suggestion | None]] = {
    "data-statistics": lambda paper: _if_all((data.splits for data in paper.data), "Sizes are given for each split."),
    "data-splits": lambda paper: _if_all((data.splits for data in paper.data), "Splits are given with their sizes."),
    "data-link": lambda paper: _if_all((data.url or data.doi or data.files for data in paper.data), "Data are linked."),
    "result-runs": lambda paper: _if_all(
        (result.spread is not None and result.spread.runs for result in paper.results), "The number of runs is given."
    ),
    "result-metric": lambda paper: _if_all((result.metric for result in paper.results), "Metrics are named."),
    "result-variation": _significance,
    "result-runtime": lambda paper: _if_all((result.runtime for result in paper.results), "Runtimes are given."),
    "result-infrastructure": _compute,
}
