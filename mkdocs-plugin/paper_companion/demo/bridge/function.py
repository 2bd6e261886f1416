"""The author's function: opened once, then asked, with what went wrong as plain values."""

import importlib
import importlib.util
import inspect
import os
import sys
import tempfile
import time
import traceback

from .answers import AnswerError, shown
from .arguments import argument
from .plain import in_words


class Demo:
    """The author's function, with the fields and outputs that the paper file declares for it."""

    def __init__(self, run, root, inputs, outputs):
        """`run` is as `demo/app.py:predict`, `root` the project root, which becomes the working folder."""
        os.chdir(root)
        for folder in (root, os.path.dirname(os.path.join(root, run.rpartition(":")[0]))):
            if folder not in sys.path:
                sys.path.insert(0, folder)
        self.root = root
        self.modules = {}
        self.function = self.function_of(run)
        self.inputs = inputs
        self.outputs = outputs
        entries = [*inputs, *outputs]
        # Only where something is declared: in the browser, these files are not even there otherwise.
        declared = any("plan" in entry for entry in entries)
        self.preparation = importlib.import_module(".preparation", __package__) if declared else None

    def function_of(self, reference):
        """The function of a reference as `demo/app.py:predict`; its file is run once."""
        path, _, name = reference.rpartition(":")
        if path not in self.modules:
            module_name = os.path.splitext(os.path.basename(path))[0]
            self.modules[path] = _load(module_name, os.path.join(self.root, path))
        return getattr(self.modules[path], name)

    async def answer(self, values):
        """Call the function with what the form sent. Raises what the function raises, and AnswerError."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            arguments = {field["id"]: argument(field, values.get(field["id"]), folder) for field in self.inputs}
            started = time.perf_counter()
            tensors = self.preparation.Tensors(self.function_of) if self.preparation else None
            for field in self.inputs:
                if "plan" in field and arguments[field["id"]] is not None:
                    arguments[field["id"]] = self._applied(tensors.prepare, "input", field, arguments[field["id"]])
            result = self.function(**arguments)
            if inspect.isawaitable(result):
                result = await result
            results = self._results(result)
            for number, output in enumerate(self.outputs):
                if "plan" in output:
                    results[number] = self._applied(tensors.finish, "output", output, results[number])
            seconds = time.perf_counter() - started
            pairs = zip(self.outputs, results, strict=True)
            return {"outputs": {output["id"]: shown(output, value) for output, value in pairs}, "seconds": seconds}

    def _applied(self, steps, side, entry, value):
        try:
            return steps(entry["plan"], entry["type"], value)
        except self.preparation.PreparationError as error:
            raise AnswerError(f"{side} {entry['id']}: {error}") from None

    def _results(self, result):
        """What the function returned, by output."""
        if len(self.outputs) == 1:
            return [result]
        if isinstance(result, dict):
            missing = [output["id"] for output in self.outputs if output["id"] not in result]
            if missing:
                raise AnswerError(f"the function returned a dict without {', '.join(missing)}")
            return [result[output["id"]] for output in self.outputs]
        if isinstance(result, (tuple, list)) and len(result) == len(self.outputs):
            return list(result)
        names = ", ".join(output["id"] for output in self.outputs)
        raise AnswerError(f"the function must return {len(self.outputs)} values ({names}), not {in_words(result)}")


def _load(name, file):
    """The module of a file, under a name by which others may import it."""
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def answer_or_error(demo, values):
    """The answer, or what went wrong as {"error": {"type", "message", "traceback"}}: nothing is raised."""
    try:
        return await demo.answer(values)
    except BaseException as error:
        return {"error": described(error)}


def open_or_error(run, root, inputs, outputs):
    """The demo, or what went wrong while its file was read."""
    try:
        return Demo(run, root, inputs, outputs)
    except BaseException as error:
        return {"error": described(error)}


def described(error):
    """An exception as plain values; its traceback without the frames of this file and of the import system."""
    if isinstance(error, SystemExit):
        message = f"the function called sys.exit({'' if error.code is None else repr(error.code)})"
    else:
        message = str(error)
    trace = traceback.TracebackException.from_exception(error, limit=-100)
    hidden = (os.path.dirname(__file__) + os.sep, "<frozen importlib.")
    if not isinstance(error, AnswerError):
        trace.stack[:] = [frame for frame in trace.stack if not frame.filename.startswith(hidden)]
    lines = "".join(trace.format()) if not isinstance(error, AnswerError) else ""
    return {"type": type(error).__name__, "message": message[:10_000], "traceback": lines[-20_000:]}
