"""Addresses made fit for logs: passwords and tokens in them never reach an output."""

from __future__ import annotations

import re

_USERINFO = re.compile(r"(?<=//)[^/?#\s]*@")
_SECRET_PARAMETER = re.compile(
    r"(?i)([?&;#](?:[a-z0-9_.-]*(?:token|secret|password|passwd|signature|credential|api_?key|access_?key|auth)|sig|pwd|key)=)"
    r"[^&#;\s]+"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def redacted(text: str) -> str:
    """A URL, or a sentence with URLs in it, with user names, passwords and secret parameters replaced by `***`.

    Control characters and direction marks, with which a stranger's address could forge lines of a log, become `?`; so
    does what neither UTF-8 nor XML can say.
    """
    if text.isascii() and text.isprintable() and "@" not in text and "=" not in text:
        return text
    text = _CONTROL.sub("?", text)
    return _SECRET_PARAMETER.sub(r"\1***", _USERINFO.sub("***@", text))
