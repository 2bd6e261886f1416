"""paper.json: all that a page knows, for programs: the paper file resolved, the evidence, the badges, the lock."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from paper_companion import __version__
from paper_companion.page.badges import Badge
from paper_companion.page.companion import Companion
from paper_companion.paper.model import KEY_OF_ATTRIBUTE, Number

FORMAT_VERSION = 1


def paper_json(companion: Companion, badges: tuple[Badge, ...]) -> bytes:
    """The file's bytes."""
    evidence = None
    if companion.evidence is not None:
        from paper_companion.evidence.model import to_json

        evidence = json.loads(to_json(companion.evidence))["observations"]
    lock = None
    if companion.bundle is not None:
        from paper_companion.demo.lock import to_json as lock_to_json

        lock = json.loads(lock_to_json(companion.bundle.lock))
    document = {
        "version": FORMAT_VERSION,
        "generator": f"mkdocs-paper-companion {__version__}",
        **plain(companion.file.paper),
        "badges": [
            {key: value for key, value in (badge._asdict() | {"label": badge.label}).items() if value not in (None, "")}
            for badge in badges
        ],
        "evidence": evidence,
        "lock": lock,
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def plain(value: Any) -> Any:
    """A part of the model as the paper file would say it, without what was left out."""
    if dataclasses.is_dataclass(value):
        found = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            if item is not None and item != () and item != {}:
                found[KEY_OF_ATTRIBUTE.get(field.name, field.name)] = plain(item)
        return found
    if isinstance(value, Number):
        return float(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
