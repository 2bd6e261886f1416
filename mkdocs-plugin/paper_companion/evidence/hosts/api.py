"""Asking a service's API: bounded answers, and its own failures told apart from what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from paper_companion.evidence.judgement import Cost, Judgement, broken, failed, unknown
from paper_companion.evidence.model import Outcome
from paper_companion.evidence.net.connection import Answer
from paper_companion.evidence.net.web import Web


class Settled(Exception):
    """Nothing more is to be asked; carries the judgement."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.reason)
        self.judgement = judgement


class Unanswered(Settled):
    """The service could not or would not say: the judgement is unknown."""


@dataclass
class Api:
    """One judgement's questions to services, with what they cost."""

    web: Web
    cost: Cost = field(default_factory=Cost)

    def ask(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        follow: bool = True,
        body_bytes: int | None = None,
    ) -> Answer:
        """The answer, whatever its status, unless it says that nobody is answered now. Raises Unanswered."""
        limit = self.web.limits.document_bytes if body_bytes is None else body_bytes
        visit = self.cost.of(self.web.visit(url, method, headers, limit, follow))
        answer = visit.final
        if answer is None:
            assert visit.failure is not None
            judgement = failed(visit.failure)
            raise Unanswered(replace(judgement, verdict=Outcome.UNKNOWN))
        host = answer.url.partition("://")[2].partition("/")[0]
        if answer.status == 429 or (answer.status == 403 and _nothing_left(answer)):
            raise Unanswered(
                unknown(f"{host} limits the rate of questions; a token in the environment lifts the limit")
            )
        if answer.status >= 500:
            raise Unanswered(unknown(f"{host} has trouble ({answer.status})"))
        return answer

    def data(self, answer: Answer) -> dict[str, Any]:
        """The JSON object of an answer. Raises Unanswered when it is none."""
        try:
            data = json.loads(answer.body) if answer.complete else None
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict):
            host = answer.url.partition("://")[2].partition("/")[0]
            raise Unanswered(unknown(f"{host} answers something that cannot be read ({answer.status})"))
        return data

    def found(self, answer: Answer, missing: str, who: str, asked_for: str = "") -> Answer:
        """An answer of 200. Raises Settled with what is `missing` for one of 404, and Unanswered for all others."""
        if answer.status == 404:
            raise Settled(broken(missing))
        if answer.status != 200:
            when = f" when asked for {asked_for}" if asked_for else ""
            raise Unanswered(unknown(f"{who} answers {answer.status}{when}"))
        return answer

    def paid(self, judgement: Judgement) -> Judgement:
        """A judgement with what it cost."""
        return judgement.paid(self.cost)


def _nothing_left(answer: Answer) -> bool:
    left = answer.header("x-ratelimit-remaining") == "0" or bool(answer.header("retry-after"))
    return left or ";r=0" in answer.header("ratelimit").replace(" ", "")


def text_at(data: Any, *keys: str) -> str:
    """The text at a path of keys; empty when it is not there. Services change, so nothing is taken for granted."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, str) else ""


def number_at(data: Any, *keys: str) -> int | None:
    """The whole number at a path of keys, None when it is not there."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, int) and not isinstance(data, bool) else None


def entries_at(data: dict[str, Any], key: str, name: str) -> dict[str, dict[str, Any]]:
    """The objects in a list, each by one of its own values; those that are none are left out."""
    found = data.get(key)
    entries = [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []
    return {str(entry.get(name, "")): entry for entry in entries}
