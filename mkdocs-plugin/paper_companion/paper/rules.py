"""What must hold between keys: reasons for not sharing, references between parts, results that can be checked."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from paper_companion.paper.artifacts import Dataset, File, Shared, Tensor, Weights
from paper_companion.paper.demo_rules import check_demo
from paper_companion.paper.model import Paper, Result
from paper_companion.paper.problems import did_you_mean, quoted

Report = Callable[..., None]
"""`report(message, *keys)`: keys lead to the value that is wrong, or to a key that should be there."""

_INTEGERS = "int8 int16 int32 int64 uint8 uint16 uint32 uint64"
_DTYPES = frozenset(f"bool {_INTEGERS} float16 bfloat16 float32 float64 complex64 complex128 str".split())


def check_rules(paper: Paper, report: Report) -> None:
    """Reports everything in a paper that does not fit together. Values that could not be read are None: skipped."""
    if paper.code:
        check_sharing(paper.code, report, "code")
    data_of = _by_id(paper.data, report, "data")
    weights_of = _by_id(paper.weights, report, "weights")
    _by_id(paper.results, report, "results")
    for index, dataset in enumerate(paper.data):
        if dataset:
            _check_dataset(dataset, report, "data", index)
    for index, weights in enumerate(paper.weights):
        if weights:
            _check_weights(weights, data_of, report, "weights", index)
    for index, result in enumerate(paper.results):
        if result:
            _check_result(result, data_of, weights_of, report, "results", index)
    if paper.demo:
        check_sharing(paper.demo, report, "demo")
        check_demo(paper.demo, weights_of, report)
    for name, checklist in paper.checklists.items():
        for item, answer in checklist.answers.items() if checklist else ():
            keys = ("checklists", name, item)
            if answer and answer.answer == "yes" and not answer.where:
                report("is required for yes (say where the paper does it)", *keys, "where")
            if answer and answer.answer in ("no", "na") and not answer.why:
                report(f"is required for {answer.answer}", *keys, "why")


def check_sharing(shared: Shared, report: Report, *keys: str | int) -> None:
    """Anything but open needs a reason; what was withdrawn says when; what is open needs neither."""
    if shared.access == "open":
        for key in ("because", "reason"):
            if getattr(shared, key):
                report("says why it is not shared, but access is open (add access)", *keys, key)
        if shared.date:
            report("says when it was withdrawn, but access is open (add access: withdrawn)", *keys, "date")
        return
    if shared.access is None:
        return
    if not shared.reason:
        report(f"is required when access is {shared.access} (say why in a sentence)", *keys, "reason")
    if shared.access == "withdrawn" and not shared.date:
        report("is required when access is withdrawn (say when)", *keys, "date")


def check_reference(name: str | None, known: Iterable[str], what: str, report: Report, *keys: str | int) -> bool:
    """Whether a name refers to something in the file; reports it when it does not."""
    if name is None or name in known:
        return name is not None
    report(f"there are no {what} called {quoted(name)}{did_you_mean(name, known)}", *keys)
    return False


def _by_id(entries: Sequence[Any], report: Report, *keys: str | int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for index, entry in enumerate(entries):
        if entry is None or entry.id is None:
            continue
        if entry.id in found:
            report(f"{quoted(entry.id)} is there twice (an id names one entry)", *keys, index, "id")
        found[entry.id] = entry
    return found


def _check_dataset(dataset: Dataset, report: Report, *keys: str | int) -> None:
    check_sharing(dataset, report, *keys)
    _check_no_download(dataset, dataset.files, report, *keys)
    for index, file in enumerate(dataset.files):
        if file and not (file.url or file.path):
            report("is required (or path: say where the file is)", *keys, "files", index, "url")


def _check_no_download(shared: Shared, files: Sequence[File], report: Report, *keys: str | int) -> None:
    if shared.access in ("withheld", "withdrawn"):
        for index, file in enumerate(files):
            for key in ("url", "path"):
                if file and getattr(file, key):
                    report(f"what is {shared.access} has no download (delete this)", *keys, "files", index, key)


def _check_weights(weights: Weights, data_of: dict[str, Any], report: Report, *keys: str | int) -> None:
    check_sharing(weights, report, *keys)
    _check_no_download(weights, weights.files, report, *keys)
    if weights.access == "open" and not weights.files and not weights.url:
        report("is required (or path, or files: say where the weights are, or set access)", *keys, "url")
    formats = {file.format for file in weights.files if file and file.format}
    for index, file in enumerate(weights.files):
        if not file:
            continue
        at = (*keys, "files", index)
        if weights.is_shared and not (file.url or file.path):
            report("is required (or path: say where the file is)", *at, "url")
        if weights.access == "open" and not file.sha256:
            report("is required for open weights (sha256sum prints it)", *at, "sha256")
        check_reference(file.parent, formats, "files of a format", report, *at, "parent")
    for index, name in enumerate(weights.trained_on):
        check_reference(name, data_of, "data", report, *keys, "trained_on", index)
    for key in ("rtol", "atol"):
        if weights.tolerance and (getattr(weights.tolerance, key) or 0) < 0:
            report("a tolerance is never negative", *keys, "tolerance", key)
    for side, tensors in (("inputs", weights.inputs), ("outputs", weights.outputs)):
        _by_id(tensors, report, *keys, side)
        for index, tensor in enumerate(tensors):
            if tensor:
                _check_tensor(tensor, side, report, *keys, side, index)


def _check_tensor(tensor: Tensor, side: str, report: Report, *keys: str | int) -> None:
    wrong_side = "postprocess" if side == "inputs" else "preprocess"
    if getattr(tensor, wrong_side):
        report(f"belongs to {'outputs' if side == 'inputs' else 'inputs'}", *keys, wrong_side)
    if tensor.dtype and tensor.dtype not in _DTYPES:
        report(f"{quoted(tensor.dtype)} is not a data type{did_you_mean(tensor.dtype, _DTYPES)}", *keys, "dtype")
    if tensor.range and None not in tensor.range and tensor.range[0] >= tensor.range[1]:
        report("the first number must be lower than the second", *keys, "range")
    for axis, size in tensor.axes.items():
        if isinstance(size, tuple) and len(set(size)) < len(size):
            report("a name is there twice", *keys, "axes", axis)
        elif isinstance(size, str) and size != "any":
            report(f"expected a size, a list of names, or any, got {quoted(size)}", *keys, "axes", axis)
        elif size == 0:
            report("an axis has a size of at least 1", *keys, "axes", axis)


def _check_result(
    result: Result, data_of: dict[str, Any], weights_of: dict[str, Any], report: Report, *keys: str | int
) -> None:
    check_reference(result.weights, weights_of, "weights", report, *keys, "weights")
    if result.data:
        name, _, split = result.data.partition("#")
        if check_reference(name, data_of, "data", report, *keys, "data"):
            splits = data_of[name].splits
            if split and splits and split not in splits:
                report(f"data {name} has no split {quoted(split)}{did_you_mean(split, splits)}", *keys, "data")
    if result.read and not result.command:
        report("is required with read (say which command leaves the value there)", *keys, "command")
    if result.tolerance is not None and result.tolerance < 0:
        report("a tolerance is never negative", *keys, "tolerance")
    spread = result.spread
    if not spread:
        return
    if spread.std is not None and spread.std < 0:
        report("a standard deviation is never negative", *keys, "spread", "std")
    if spread.low is not None and spread.high is not None and spread.low > spread.high:
        report("low is above high", *keys, "spread", "low")
    if spread.level is not None and not 0 < spread.level < 1:
        report(f"expected a number between 0 and 1, as 0.95, got {spread.level}", *keys, "spread", "level")
    if spread.runs is not None and spread.seeds and len(spread.seeds) != spread.runs:
        report(f"{spread.runs} runs, but {len(spread.seeds)} seeds", *keys, "spread", "seeds")
