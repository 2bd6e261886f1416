"""The scalars that a paper file holds: text in a known format, and numbers that remember their spelling."""

from typing import Annotated, Any, Literal

# The string in each annotation names a format in `identifiers.FORMATS`: a check, a pattern and an example.
Arxiv = Annotated[str, "arxiv"]
Commit = Annotated[str, "commit"]
Date = Annotated[str, "date"]
Doi = Annotated[str, "doi"]
FunctionReference = Annotated[str, "function"]
Glob = Annotated[str, "glob"]
Identifier = Annotated[str, "identifier"]
ImageReference = Annotated[str, "image"]
License = Annotated[str, "license"]
LocalPath = Annotated[str, "path"]
"""A path to something that must be there; a `Place` need not be."""
Orcid = Annotated[str, "orcid"]
Place = Annotated[str, "place"]
ResultPointer = Annotated[str, "pointer"]
Sha256 = Annotated[str, "sha256"]
SiblingPath = Annotated[str, "sibling"]
Swhid = Annotated[str, "swhid"]
Url = Annotated[str, "url"]

Json = Any
"""Any YAML value, read by the rules of YAML 1.2: `0.5` is a number, `true` a truth value, `no` is text."""

Access = Literal["open", "gated", "withheld", "withdrawn"]
Because = Literal["privacy", "ip", "liability", "safety", "licence", "size", "other"]


def plain_number(value: Any) -> Any:
    """A number of a paper file as int or float, whole numbers as int; everything else as it is."""
    if isinstance(value, tuple):
        return [plain_number(item) for item in value]
    if isinstance(value, Number):
        return int(value) if value.is_integer() and value.text.lstrip("-").isdecimal() else float(value)
    return value


class Number(float):
    """A number that prints as its author typed it: `Number("0.940")` equals 0.94 and prints as 0.940."""

    text: str

    def __new__(cls, text: str | float) -> "Number":
        number = super().__new__(cls, text)
        number.text = str(text)
        return number

    def __str__(self) -> str:
        return self.text
