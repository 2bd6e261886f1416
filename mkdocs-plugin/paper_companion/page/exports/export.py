"""One export in the making: what it is about, what its format has no place for, and what the format asks for."""

import json
from typing import Any

from paper_companion.paper.model import Weights
from paper_companion.paper.problems import Problem, did_you_mean, quoted
from paper_companion.paper.reader import PaperError, PaperFile


class Export:
    """`notes` tell what is left out and why; `lacking` what the author has to add before there is an export."""

    def __init__(self, file: PaperFile, weights_id: str | None = None) -> None:
        self.file = file
        self.paper = file.paper
        self.notes: list[Problem] = []
        self.lacking: list[Problem] = []
        self._weights_id = weights_id

    def note(self, message: str, *keys: str | int) -> None:
        """Says at a value's place what becomes of it."""
        self.notes.append(self.file.problem(f"note: {message}", *keys))

    def lack(self, message: str, *keys: str | int) -> None:
        """Says what is missing and what to add."""
        self.lacking.append(self.file.problem(message, *keys))

    def weights(self, what: str) -> tuple[int, Weights]:
        """The weights that an export about one model describes, with their place in the paper file.

        The ones that were asked for, or else the first that anybody can get. Raises PaperError when there are none.
        """
        all_weights = self.paper.weights
        if self._weights_id is not None:
            ids = [weights.id for weights in all_weights]
            if self._weights_id not in ids:
                unknown = quoted(self._weights_id)
                self.lack(f"there are no weights called {unknown}{did_you_mean(self._weights_id, ids)}", "weights")
                raise PaperError(self.lacking)
            number = ids.index(self._weights_id)
            if not all_weights[number].is_shared:
                self.lack(f"{all_weights[number].access}, and {what} says where they are", "weights", number)
                raise PaperError(self.lacking)
            return number, all_weights[number]
        for number, weights in enumerate(all_weights):
            if weights.is_shared:
                others = [other.id for other in all_weights if other is not weights]
                if others:
                    message = f"{what} is about one model: {weights.id}, and not {', '.join(others)} (see --weights)"
                    self.note(message, "weights")
                return number, weights
        self.lack(f"{what} describes weights that somebody can get (add weights)", "weights")
        raise PaperError(self.lacking)


def pretty_json(document: Any) -> str:
    """JSON for people."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def reference(id: str | None) -> dict[str, str] | None:
    """JSON-LD's way to point to what has this address."""
    return {"@id": id} if id else None
