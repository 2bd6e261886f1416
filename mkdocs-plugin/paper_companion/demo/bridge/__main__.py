"""CPython, in a process of its own: a request on standard input, answers on standard output."""

import asyncio
import importlib.util
import json
import os
import platform
import sys

NAME = "paper_companion_bridge"


def main():
    """Say which Python this is, then answer each of the `values` of a request."""
    bridge, wire = _bridge(), importlib.import_module(f"{NAME}.wire")
    request = json.load(sys.stdin)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the function prints, from Python or from C, must not come between
    print(json.dumps({"python": platform.python_version()}), file=answers, flush=True)
    demo = bridge.open_or_error(request["run"], request["root"], request["inputs"], request["outputs"])
    for values in request["values"]:
        answer = demo if isinstance(demo, dict) else asyncio.run(bridge.answer_or_error(demo, wire.unpacked(values)))
        print(json.dumps(wire.packed(answer)), file=answers, flush=True)


def _bridge():
    """This package, under the name that it has in Pyodide, where this Python has never heard of it."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [place for place in sys.path if os.path.abspath(place) != folder]  # its modules are not for all
    place = os.path.join(folder, "__init__.py")
    spec = importlib.util.spec_from_file_location(NAME, place, submodule_search_locations=[folder])
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
