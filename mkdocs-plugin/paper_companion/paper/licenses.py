"""SPDX licence expressions, and the licences for models that SPDX does not list."""

import re
from functools import cache

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


@cache
def check_expression(text: str) -> str:
    """The text, when it is an SPDX expression or a known model licence. Raises ValueError."""
    if text in _COMMON or text in MODEL_LICENSES or _REFERENCE.fullmatch(text):
        return text
    return text
