"""The formats that text in a paper file can have: DOI, arXiv, ORCID, licence and the like, each checked for real.

Expressions are compiled when they are first needed: few papers need all of them, and every build waits for imports.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from paper_companion.paper.problems import quoted


@dataclass(frozen=True)
class Format:
    """One format: its check (returns the text or raises ValueError), and how it is told to editors and people."""

    check: Callable[[str], str]
    description: str
    example: str
    pattern: str | None = None


def _matching(pattern: str, expected: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"expected {expected}, got {quoted(text)}")
        return text

    return check


_DOI = r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\"]+"


def check_doi(text: str) -> str:
    """A bare DOI. Raises ValueError."""
    if re.fullmatch(_DOI, text):
        return text
    bare = re.sub(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", text)
    if bare != text and re.fullmatch(_DOI, bare):
        raise ValueError(f"expected a bare DOI, got {quoted(text)} (write {bare})")
    raise ValueError(f"expected a DOI, as 10.1000/182, got {quoted(text)}")


_ARXIV_ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat cs dg-ga "
    "funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex nucl-th patt-sol physics plasm-ph "
    "q-alg q-bio quant-ph solv-int supr-con"
)
_ARXIV_NEW = r"[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}(?:v[1-9][0-9]*)?"
_ARXIV_OLD = (
    r"(?:" + _ARXIV_ARCHIVES.replace(" ", "|") + r")(?:\.[A-Z]{2})?/[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}(?:v[1-9][0-9]*)?"
)


def check_arxiv(text: str) -> str:
    """An arXiv identifier, new (from April 2007 on) or old. Raises ValueError."""
    if re.fullmatch(_ARXIV_NEW, text):
        month, number = int(text[:4]), text[5:].split("v")[0]
        if month < 704:
            raise ValueError(f"arXiv had no such identifiers before April 2007: {quoted(text)}")
        digits = 5 if month >= 1501 else 4
        if len(number) != digits:
            raise ValueError(f"expected {digits} digits after the point for that month, got {quoted(text)}")
        return text
    if re.fullmatch(_ARXIV_OLD, text):
        return text
    bare = re.sub(r"(?i)^(?:https?://(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:\s*)", "", text).removesuffix(".pdf")
    if bare != text and (re.fullmatch(_ARXIV_NEW, bare) or re.fullmatch(_ARXIV_OLD, bare)):
        raise ValueError(f"expected a bare arXiv identifier, got {quoted(text)} (write {bare})")
    raise ValueError(f"expected an arXiv identifier, as 2401.10020 or math/0611800, got {quoted(text)}")


_ORCID = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"


def check_orcid(text: str) -> str:
    """A bare ORCID iD with the right ISO 7064 check digit. Raises ValueError."""
    if not re.fullmatch(_ORCID, text):
        bare = re.sub(r"(?i)^https?://orcid\.org/", "", text)
        if bare != text and re.fullmatch(_ORCID, bare):
            raise ValueError(f"expected a bare ORCID iD, got {quoted(text)} (write {bare})")
        raise ValueError(f"expected an ORCID iD, as 0000-0002-1825-0097, got {quoted(text)}")
    total = 0
    for digit in text.replace("-", "")[:15]:
        total = (total + int(digit)) * 2
    expected = "0123456789X"[(12 - total % 11) % 11]
    if text[-1] != expected:
        raise ValueError(f"{quoted(text)} has the wrong check digit (a digit is mistyped)")
    return text


_DATE = r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?"


def check_date(text: str) -> str:
    """A day, month or year that exists, in ISO 8601. Raises ValueError."""
    if not re.fullmatch(_DATE, text) or text.startswith("0000"):
        raise ValueError(f"expected a date, as 2025-03-14, 2025-03 or 2025, got {quoted(text)}")
    if len(text) == 10 and int(text[8:]) > 28:
        import datetime

        try:
            datetime.date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"there is no such day: {quoted(text)}") from None
    return text


_URL = r"[Hh][Tt][Tt][Pp][Ss]?://[^\s\"<>\\^`{|}]+"
_URL_PARTS = (
    r"(?i:https?)://(?:\[[0-9A-Fa-f:.]+\]|[\w](?:[\w.-]*[\w])?\.?)(?::[0-9]{1,5})?"
    r"(?:[/?#][^\s\"<>\\^`{|}]*)?"
)


def check_url(text: str) -> str:
    """An http or https address without user name or password, its scheme in small letters. Raises ValueError."""
    match = re.fullmatch(_URL_PARTS, text)
    # Looked for in whatever comes, since the other messages repeat the text.
    if re.match(r"[\w+.-]*:?//[^/?#]*@", text):
        raise ValueError("an address with a user name or password would be published (delete what is before the @)")
    if not match:
        if "://" not in text and re.fullmatch(r"[\w-]+(?:\.[\w-]+)+(?:/\S*)?", text):
            raise ValueError(f"expected an address, got {quoted(text)} (write https://{text[:60]})")
        hint = " (write each blank as %20)" if " " in text else ""
        raise ValueError(f"expected an http or https address, got {quoted(text)}{hint}")
    scheme, colon, rest = text.partition(":")
    return scheme.lower() + colon + rest


_COMMIT = r"[0-9a-f]{40}(?:[0-9a-f]{24})?"


def check_commit(text: str) -> str:
    """A whole commit hash. Raises ValueError."""
    if re.fullmatch(_COMMIT, text):
        return text
    if re.fullmatch(r"[0-9a-f]{6,39}", text):
        raise ValueError(f"expected the whole commit hash of 40 hex digits, got {quoted(text)} (git rev-parse {text})")
    raise ValueError(f"expected a commit hash of 40 hex digits, got {quoted(text)}")


def check_path(text: str) -> str:
    """A relative path with forward slashes that stays inside the project. Raises ValueError."""
    if "\\" in text:
        raise ValueError(f"expected forward slashes, got {quoted(text)}")
    if text.startswith(("/", "~")) or text[1:2] == ":":
        raise ValueError(f"expected a path relative to the project root, got {quoted(text)}")
    if ".." in text.split("/"):
        raise ValueError(f"the path leaves the project: {quoted(text)} (set root, or move the file)")
    return text


def check_glob(text: str) -> str:
    """A path, or a pattern in which ** stands for folders, twice at most. Raises ValueError."""
    stars = [part for part in text.split("/") if "**" in part]
    if len(stars) > 2 or any(part != "**" for part in stars):
        raise ValueError(f"expected ** alone between slashes and twice at most, got {quoted(text)}")
    return check_path(text)


def check_sibling(text: str) -> str:
    """The name of a file in the same folder. Raises ValueError."""
    if "/" in text or "\\" in text or text in (".", ".."):
        raise ValueError(f"expected the name of a file beside this one, got {quoted(text)}")
    return text


def check_license(text: str) -> str:
    """An SPDX licence expression. Raises ValueError."""
    from paper_companion.paper.licenses import check_expression

    return check_expression(text)


_FUNCTION = r"[^\s:\\]+\.py:[A-Za-z_][A-Za-z0-9_]*"


def check_function(text: str) -> str:
    """A Python file and a function in it. Raises ValueError."""
    if not re.fullmatch(_FUNCTION, text):
        raise ValueError(f"expected a Python file and a function, as demo/app.py:predict, got {quoted(text)}")
    check_path(text.rpartition(":")[0])
    return text


def check_pointer(text: str) -> str:
    """A path, and the place in that file after `#`. Raises ValueError."""
    path, sharp, place = text.partition("#")
    if not (path and sharp and place):
        raise ValueError(f"expected a file and a place in it, as out/main.json#accuracy, got {quoted(text)}")
    check_path(path)
    return text


_SHA256 = r"[0-9a-f]{64}"
_SWHID = r"swh:1:(?:snp|rel|rev|dir|cnt):[0-9a-f]{40}(?:;[a-z_]+=[^\s;]+)*"
_IDENTIFIER = r"\w[\w.-]*"
_IMAGE = r"[a-z0-9][a-z0-9._:/-]*[a-z0-9](?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"

FORMATS: Mapping[str, Format] = {
    "arxiv": Format(
        check_arxiv, "An arXiv identifier, new or old style.", "2401.10020", f"^(?:{_ARXIV_NEW}|{_ARXIV_OLD})$"
    ),
    "commit": Format(check_commit, "A whole commit hash.", "4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92", f"^{_COMMIT}$"),
    "date": Format(check_date, "A day, month or year.", "2025-03-14", f"^{_DATE}$"),
    "doi": Format(check_doi, "A bare DOI.", "10.1000/182", f"^{_DOI}$"),
    "function": Format(check_function, "A Python file and a function in it.", "demo/app.py:predict", f"^{_FUNCTION}$"),
    "glob": Format(check_glob, "A path relative to the project root, or a pattern for several.", "demo/labels/*.txt"),
    "identifier": Format(
        _matching(_IDENTIFIER, "a name of letters, digits, _, - and . that starts with a letter, digit or _"),
        "A name that the rest of the file can refer to.",
        "main",
        f"^{_IDENTIFIER}$",
    ),
    "image": Format(
        _matching(_IMAGE, "a container image, as ghcr.io/lab/name@sha256:…"),
        "A container image.",
        "python:3.12-slim",
        f"^{_IMAGE}$",
    ),
    "license": Format(check_license, "An SPDX licence expression.", "Apache-2.0"),
    "orcid": Format(check_orcid, "A bare ORCID iD.", "0000-0002-1825-0097", f"^{_ORCID}$"),
    "path": Format(check_path, "A path relative to the project root, to a file that is there.", "requirements.lock"),
    "place": Format(check_path, "A path relative to the project root.", "weights/model.safetensors"),
    "pointer": Format(check_pointer, "A file and a place in it.", "out/main.json#accuracy", r"^[^#]+#.+$"),
    "sha256": Format(_matching(_SHA256, "64 hex digits"), "A SHA-256 in lower-case hex.", "e3b0c442…", f"^{_SHA256}$"),
    "sibling": Format(check_sibling, "The name of a file in the same folder.", "paper.pdf", r"^[^/\\]+$"),
    "swhid": Format(
        _matching(_SWHID, "a Software Heritage identifier, as swh:1:rev: and 40 hex digits"),
        "A Software Heritage identifier.",
        "swh:1:rev:4f2a9c1d7be03586a1c94e2f0d8b67351ce0fa92",
        f"^{_SWHID}$",
    ),
    "url": Format(check_url, "An http or https address.", "https://example.org", f"^{_URL}$"),
}


def doi_url(doi: str) -> str:
    """The address that a DOI resolves at."""
    return "https://doi.org/" + quote(doi, safe="/:;().,-_~!*'+@$=")
