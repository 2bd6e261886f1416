"""How the page is laid out: its sections and their order, pictures, words, and the author's own parts."""

from collections.abc import Mapping
from dataclasses import field

from paper_companion.paper.record import Record, record
from paper_companion.paper.values import Json, LocalPath


@record
class Figure(Record):
    """A picture or a video. A path alone is short for its file."""

    file: LocalPath
    """An image, or a video that browsers play (.mp4, .webm), relative to the project root."""
    alt: str = ""
    """What can be seen, for those who cannot see it."""
    caption: str | None = None
    """The line under it."""

    @classmethod
    def from_text(cls, text: str) -> "Figure":
        """A file's path alone."""
        return cls(file=text)


@record
class PageSettings(Record):
    """How the page is laid out."""

    claim: str | None = None
    """The sentence under the title; the first result's claim when left out."""
    sections: tuple[str, ...] = ()
    """The sections in order; those left out are hidden. A path that ends in .md is a section of the author's own."""
    teaser: Figure | None = None
    """The picture or video on the first screen."""
    figures: tuple[Figure, ...] = ()
    """More pictures and videos, for the section called figures."""
    strings: Mapping[str, str] = field(default_factory=dict)
    """Other words for the page's own: a translation for each English text."""
    meta: Mapping[str, Json] = field(default_factory=dict)
    """What other Markdown pages say in their front matter, such as tags, or hide: [navigation]."""
