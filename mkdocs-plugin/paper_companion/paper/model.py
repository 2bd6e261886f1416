"""Everything that a paper file can say, as frozen dataclasses. The text under each attribute describes its key.

The reader, the JSON schema and the reference page are all derived from these classes. Keys are the attributes' names,
but for those in `KEY_OF_ATTRIBUTE`.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from paper_companion.paper.artifacts import (
    Archive,
    Code,
    Crop,
    Dataset,
    Environment,
    File,
    Resize,
    Shared,
    Tensor,
    TestTensor,
    Tolerance,
    Weights,
)
from paper_companion.paper.interface import Demo, DemoInput, DemoOutput, Example, HostedDemo
from paper_companion.paper.layout import Figure, PageSettings
from paper_companion.paper.operations import Step
from paper_companion.paper.record import Record, record
from paper_companion.paper.values import (
    Access,
    Arxiv,
    Because,
    Date,
    Doi,
    Identifier,
    License,
    Number,
    Orcid,
    ResultPointer,
    SiblingPath,
    Url,
)

__all__ = [
    "KEY_OF_ATTRIBUTE",
    "Access",
    "Answer",
    "Archive",
    "Author",
    "Award",
    "Because",
    "Checklist",
    "Code",
    "Crop",
    "Dataset",
    "Demo",
    "DemoInput",
    "DemoOutput",
    "Environment",
    "EvidenceSettings",
    "Example",
    "Figure",
    "File",
    "HostedDemo",
    "Import",
    "Link",
    "Number",
    "PageSettings",
    "Paper",
    "Publication",
    "Resize",
    "Result",
    "Shared",
    "Spread",
    "Step",
    "Tensor",
    "TestTensor",
    "Tolerance",
    "Verification",
    "Weights",
]

_SUFFIX = r"[JS]r\.?|II|III|IV"

KEY_OF_ATTRIBUTE: Mapping[str, str] = {"imports": "import", "size_bytes": "size"}


@record
class Import(Record):
    """A file that fills in keys which are left out. A name alone is short for its path."""

    file: str
    """The file, relative to the project root."""
    weights: str | None = None
    """The id of the weights that it describes; needed when there are several."""
    key: str | None = None
    """The key of a BibTeX entry; needed when there are several."""

    @classmethod
    def from_text(cls, text: str) -> "Import":
        """A file's path alone."""
        return cls(file=text)


@record
class Link(Record):
    """A link with the words that lead to it."""

    label: str
    """The words."""
    url: Url
    """The address."""


@record
class Author(Record):
    """One author. A name alone, as `Ines Nowak` or `Nowak, Ines`, is short for family and given."""

    family: str
    """The family name; or the whole name of a group."""
    given: str | None = None
    """The given names."""
    orcid: Orcid | None = None
    """The ORCID iD."""
    affiliation: tuple[str, ...] = ()
    """The institution, or a list of them."""

    @classmethod
    def from_text(cls, text: str) -> "Author":
        """`Family, Given` or `Given Family`.

        Without a comma, the family name is the last word, with a suffix (Jr., III) after it and the particles (van der)
        before it.
        """
        family, comma, given = re.sub(rf",\s*({_SUFFIX})\s*(?=,|$)", r" \1", text).partition(",")
        if not comma:
            words = family.split()
            start = max(len(words) - 1, 0)
            while start > 0 and re.fullmatch(_SUFFIX, words[start]):
                start -= 1
            # Who writes all of a name in small letters has no particle there.
            if words and not words[start].islower():
                while start > 0 and words[start - 1].islower():
                    start -= 1
            given, family = " ".join(words[:start]), " ".join(words[start:])
        return cls(family=family.strip(), given=given.strip() or None)

    @property
    def name(self) -> str:
        """The name in reading order."""
        return f"{self.given} {self.family}" if self.given else self.family

    @property
    def is_group(self) -> bool:
        """Whether it is a group or a company: words without given names, and without an iD, which only people have."""
        return self.given is None and self.orcid is None and " " in self.family


@record
class Publication(Record):
    """The paper itself."""

    title: str
    """The title, as printed."""
    authors: tuple[Author, ...] = ()
    """The authors, in printed order."""
    abstract: str | None = None
    """The abstract."""
    keywords: tuple[str, ...] = ()
    """The keywords."""
    venue: str | None = None
    """The journal with volume and issue, or the conference."""
    date: Date | None = None
    """The day, month or year of publication, as 2025-03-14, 2025-03 or 2025."""
    doi: Doi | None = None
    """The DOI, without https://doi.org/."""
    arxiv: Arxiv | None = None
    """The arXiv identifier."""
    url: Url | None = None
    """The publisher's page, when there is no DOI."""
    pdf: SiblingPath | None = None
    """The PDF, beside the page (search engines for papers ignore it elsewhere)."""
    license: License | None = None
    """The licence of the text, as an SPDX expression."""
    limitations: str | None = None
    """What the work cannot do."""
    links: tuple[Link, ...] = ()
    """Where else the paper can be read or discussed."""


@record
class Spread(Record):
    """How much a result varies from run to run."""

    std: Number | None = None
    """The standard deviation over the runs."""
    low: Number | None = None
    """The lower end of the confidence interval."""
    high: Number | None = None
    """The upper end of the confidence interval."""
    level: Number | None = None
    """The confidence level, as 0.95."""
    runs: int | None = None
    """The number of runs."""
    seeds: tuple[int, ...] = ()
    """The seeds of the runs."""


@record
class Verification(Record):
    """Who has seen the result come out again."""

    by: str
    """Who ran it: a name, or ci."""
    date: Date
    """When."""
    value: Number | None = None
    """What came out."""
    url: Url | None = None
    """Where it can be looked up."""


@record
class Result(Record):
    """One claim, and how to see it come out again."""

    id: Identifier
    """The result's name."""
    claim: str | None = None
    """The claim, in a sentence."""
    where: str | None = None
    """Where the paper makes it, as Table 2."""
    task: str | None = None
    """The task."""
    data: str | None = None
    """The id of the data set, and its split after #, as leafset#test."""
    weights: str | None = None
    """The id of the weights."""
    metric: str | None = None
    """The metric."""
    value: Number | None = None
    """The value that the paper reports."""
    unit: str | None = None
    """The unit of the value."""
    spread: Spread | None = None
    """How much it varies from run to run."""
    tolerance: Number | None = None
    """By how much another run may differ and still confirm it."""
    command: str | None = None
    """The command that computes it again."""
    read: ResultPointer | None = None
    """Where the command leaves the value, as out/main.json#accuracy."""
    runtime: str | None = None
    """How long the command takes, and on what."""
    verified: Verification | None = None
    """Who has seen it come out again."""


@record
class Award(Record):
    """A badge that somebody else conferred."""

    badge: str
    """The badge, as acm-artifacts-available-1.1."""
    by: str
    """Who conferred it."""
    url: Url
    """The proof."""
    date: Date | None = None
    """When."""


@record
class Answer(Record):
    """The answer to one item of a checklist."""

    answer: Literal["yes", "partial", "no", "na"]
    """Yes, partial, no, or na (not applicable)."""
    where: str | None = None
    """Where the paper says so; required for yes."""
    why: str | None = None
    """Why not; required for no and na."""


@record
class Checklist(Record):
    """One checklist: the author's answers, or `auto` for what can be read from this file."""

    auto: bool = False
    """Whether answers are derived from this file."""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """The author's answers, by item."""


@record
class EvidenceSettings(Record):
    """How evidence is judged."""

    max_age_days: int = 30
    """After how many days without a look what was seen counts as stale."""


@record
class Paper(Record):
    """A whole paper file. Only the paper's title is required."""

    imports: tuple[Import, ...] = ()
    """Files that fill in keys which are left out: CITATION.cff, BibTeX, model cards, configurations, weights."""
    root: str | None = None
    """The project root, relative to this file; else the nearest folder with mkdocs.yml, zensical.toml or .git."""
    paper: Publication
    """The paper itself."""
    code: Code | None = None
    """The code, and the commands that matter."""
    environment: Environment | None = None
    """What the code was run on."""
    data: tuple[Dataset, ...] = ()
    """The data sets."""
    weights: tuple[Weights, ...] = ()
    """The trained weights, and how to use them."""
    results: tuple[Result, ...] = ()
    """The claims, and how to see them come out again."""
    demo: Demo | None = None
    """What a reader can try."""
    awards: tuple[Award, ...] = ()
    """Badges that somebody else conferred, with proof."""
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    """Checklists by name: auto, or answers by item."""
    links: tuple[Link, ...] = ()
    """Other links: a video, a poster, a post."""
    evidence: EvidenceSettings = EvidenceSettings()
    """How evidence is judged."""
    page: PageSettings = PageSettings()
    """How the page is laid out."""
