"""SPDX licence expressions, and the licences for models that SPDX does not list."""

import re
from functools import cache, lru_cache
from typing import Any

from paper_companion.paper.problems import quoted

# The ones that papers use every day, so that most builds never load the library with all 600 of them.
_COMMON_NAMES = (
    "0BSD AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 BSD-2-Clause BSD-3-Clause BSL-1.0 CC-BY-4.0 CC-BY-NC-4.0 "
    "CC-BY-NC-ND-4.0 CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-4.0 CC0-1.0 GPL-2.0-only GPL-2.0-or-later GPL-3.0-only "
    "GPL-3.0-or-later ISC LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MIT MPL-2.0 ODbL-1.0 "
    "PDDL-1.0 Unlicense"
)
_COMMON = frozenset(_COMMON_NAMES.split())

# Licences for weights under the names that Hugging Face gives them; not in SPDX.
_MODEL_LICENSE_NAMES = (
    "BigCode-OpenRAIL-M BigScience-BLOOM-RAIL-1.0 BigScience-OpenRAIL-M CreativeML-OpenRAIL-M OpenMDW-1.0 OpenMDW-1.1 "
    "OpenRAIL OpenRAIL++ Gemma Llama2 Llama3 Llama3.1 Llama3.2 Llama3.3 Llama4"
)
MODEL_LICENSES = frozenset(_MODEL_LICENSE_NAMES.split())
_MODEL_LICENSE_OF = {name.lower(): name for name in MODEL_LICENSES}

_REFERENCE = re.compile(r"(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+")
_NAME = re.compile(r"[^\s()]+")
_WELL_SPELT = re.compile(r"[A-Za-z0-9.:+() -]*")
_MAX_LENGTH = 300
_EXPECTED = "expected an SPDX expression, as MIT OR Apache-2.0, got "
_OWN_NAME = "for a licence that SPDX does not list, write LicenseRef- and a name"


@lru_cache(maxsize=1024)
def check_expression(text: str) -> str:
    """An SPDX expression or a known model licence, spelt as its list spells it. Raises ValueError."""
    if text in _COMMON or _REFERENCE.fullmatch(text):
        return text
    if known := _MODEL_LICENSE_OF.get(text.lower()):
        return known
    if len(text) > _MAX_LENGTH:
        raise ValueError(f"expected an SPDX expression of at most {_MAX_LENGTH} characters, got {quoted(text)}")
    return _check_with_library(text)


@cache
def _licensing() -> Any:
    from license_expression import get_spdx_licensing

    return get_spdx_licensing()


def _check_with_library(text: str) -> str:
    if not _WELL_SPELT.fullmatch(text):
        raise ValueError(_EXPECTED + quoted(text))
    licensing = _licensing()
    # The library refuses names that are not in its list; whether an expression is well formed does not depend on them.
    ours = {name for name in _NAME.findall(text) if _REFERENCE.fullmatch(name) or name.lower() in _MODEL_LICENSE_OF}
    standard = _NAME.sub(lambda name: "MIT" if name[0] in ours else name[0], text)
    try:
        info = licensing.validate(standard)
    except AttributeError:  # the library stumbles over "MIT AND" while it reports what is wrong with it
        raise ValueError(_EXPECTED + quoted(text)) from None
    if not info.errors and not any("LicenseRef-" in name for name in _NAME.findall(info.normalized_expression)):
        return text if ours else info.normalized_expression
    unknown = next((name for name in info.invalid_symbols if name), None)
    if unknown is None or not licensing.validate(unknown).errors:
        raise ValueError(_EXPECTED + quoted(text))
    raise ValueError(f"{quoted(unknown)} is not an SPDX licence{_did_you_mean(unknown)}")


@cache
def _spellings() -> dict[str, str]:
    known = _licensing().known_symbols
    return {key.lower(): key for key in known if not key.startswith("LicenseRef-")} | _MODEL_LICENSE_OF


def _did_you_mean(name: str) -> str:
    from difflib import get_close_matches

    spelling_of = _spellings()
    dashed = "-".join(name.lower().split())
    near = get_close_matches(dashed[:40], spelling_of, n=1, cutoff=0.7)
    return f" (did you mean {spelling_of[near[0]]}? {_OWN_NAME})" if near else f" ({_OWN_NAME})"
