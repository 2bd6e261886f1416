"""A page: Markdown with raw HTML blocks, rendered from a companion through one template a section."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from paper_companion.demo.recorder import to_be_recorded
from paper_companion.page.badge_files import badge_name, endpoint, svg
from paper_companion.page.badges import badges
from paper_companion.page.companion import Companion
from paper_companion.page.escaping import escape_heading
from paper_companion.page.header import claim
from paper_companion.page.metadata import head
from paper_companion.page.page_rules import check_page
from paper_companion.page.paper_json import paper_json
from paper_companion.page.prose import Prose
from paper_companion.page.sections import SECTIONS, section_views
from paper_companion.page.templating import Rendering, render_template
from paper_companion.paper.reader import Problem
from paper_companion.site_file import SiteFile, web_files


@dataclass(frozen=True)
class Page:
    """A page for any generator that reads Markdown. `title` and `description` are plain text."""

    markdown: str
    title: str
    description: str
    meta: Mapping[str, Any] = field(default_factory=dict)
    """What the author adds to the page's front matter."""
    head: str = ""
    """Elements for the HTML's head."""
    files: tuple[SiteFile, ...] = ()
    """What has to be copied into the site for this page, and may be for others, too."""
    beside: tuple[SiteFile, ...] = ()
    """Small files of this page alone, made with it: its data and its badges."""
    notes: tuple[Problem, ...] = ()
    """What the author should know, though there is a page."""


def render(companion: Companion, rendering: Rendering) -> Page:
    """The whole page. Raises PaperError for an unknown section and for a broken template."""
    title = companion.file.paper.paper.title
    about = description(companion, rendering.prose)
    card, notes = _card(companion, rendering) if rendering.card else (None, ())
    if companion.stale_recording is not None:
        notes = (*notes, to_be_recorded(companion.file, companion.stale_recording))
    sections = section_order(companion, rendering.overrides)
    return Page(
        f"# {escape_heading(title)}\n\n{render_parts(companion, rendering, sections)}",
        title,
        about,
        companion.file.paper.page.meta,
        head(companion, rendering.place, about, card.path if card is not None else None),
        (*web_files()[1], *companion.site_files),
        (*files_beside(companion), *((card,) if card is not None else ())),
        notes,
    )


def render_parts(companion: Companion, rendering: Rendering, names: Sequence[str]) -> str:
    """These parts of a page as Markdown, without those that have nothing to say."""
    own = dict(companion.own_sections)
    views = section_views(companion, rendering.place.site_url, frozenset(names))
    texts = [render_template("assets", companion, rendering, {})]
    for name in names:
        if name in own:
            texts.append(own[name].strip())
        elif name in views:
            texts.append(render_template(name, companion, rendering, views[name]))
    return "\n\n".join(texts) + "\n"


def section_order(companion: Companion, overrides: tuple[Path, ...] = ()) -> tuple[str, ...]:
    """The names of the sections in the author's order, or else in ours.

    Raises PaperError as `check_page` does.
    """
    check_page(companion.file, overrides)
    return companion.file.paper.page.sections or SECTIONS


def description(companion: Companion, prose: Prose) -> str:
    """The page in a sentence or two, for search engines and lists: the words of its claim, without markup."""
    said = claim(companion.file.paper) or companion.file.paper.paper.abstract
    text = prose.block(said).striptags()
    return text if len(text) <= 200 else text[:199].rsplit(" ", 1)[0] + "…"


def _card(companion: Companion, rendering: Rendering) -> tuple[SiteFile | None, tuple[Problem, ...]]:
    """The picture for link previews, and what had to be left out of it because no font here has the letters."""
    from paper_companion.page.card import CardBadge, cannot_be_drawn, card_png

    publication, fonts = companion.file.paper.paper, rendering.card_fonts
    strings = {**rendering.strings, **companion.file.paper.page.strings}
    authors = tuple(author.name for author in publication.authors)
    shown = tuple(
        CardBadge(" ".join(strings.get(word, word) for word in words if word), badge.state, badge.rung)
        for badge in badges(companion)
        for words in [(badge.kind, badge.name, badge.state)]
    )
    if why := cannot_be_drawn(publication.title, fonts):
        return None, (companion.file.problem(f"is on no card: {why}", "paper", "title"),)
    notes = []
    if why := cannot_be_drawn(" ".join(authors), fonts):
        notes.append(companion.file.problem(f"are not on the card: {why}", "paper", "authors"))
        authors = ()
    if why := cannot_be_drawn(" ".join(badge.text for badge in shown), fonts):
        notes.append(companion.file.problem(f"the badges are not on the card: {why}", "page", "strings"))
        shown = ()
    said = claim(companion.file.paper) or ""
    if why := cannot_be_drawn(said, fonts):
        notes.append(companion.file.problem(f"the claim is not on the card: {why}", "results"))
        said = ""
    data = card_png(publication.title, authors, shown, fonts, said)
    return SiteFile(companion.card_path, data=data), tuple(notes)


def files_beside(companion: Companion) -> tuple[SiteFile, ...]:
    """The page's data, and each badge as SVG and as JSON."""
    found = badges(companion)
    beside = [SiteFile(companion.json_path, data=paper_json(companion, found))]
    for badge in found:
        name = f"{companion.folder}badges/{badge_name(badge)}"
        beside += [SiteFile(f"{name}.svg", data=svg(badge)), SiteFile(f"{name}.json", data=endpoint(badge))]
    return tuple(beside)
