"""The JSON schema of paper.evidence.json."""

from __future__ import annotations

from typing import Any

from paper_companion.evidence.model import FORMAT_VERSION, Kind, Outcome, Rung


def evidence_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of an evidence file, its enumerations taken from the model."""
    text = {"type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What a machine saw of a paper file",
        "type": "object",
        "required": ["version", "observations"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": FORMAT_VERSION},
            "observations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["subject", "kind", "rung", "outcome", "target", "seen", "by"],
                    "additionalProperties": False,
                    "properties": {
                        "subject": {**text, "description": "key path, entries named by their id"},
                        "kind": {"enum": [str(kind) for kind in Kind]},
                        "rung": {"enum": [str(rung) for rung in Rung]},
                        "outcome": {"enum": [str(outcome) for outcome in Outcome]},
                        "target": {**text, "description": "the very thing looked at: an address, a hash, a command"},
                        "seen": {**text, "format": "date", "description": "UTC date of the look"},
                        "by": {**text, "description": "version of paper-companion that looked"},
                        "reason": text,
                        "details": {"type": "object"},
                    },
                },
            },
        },
    }
