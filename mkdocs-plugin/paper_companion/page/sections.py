"""The sections of a page: their names and order, and what each one's template is given."""

from collections.abc import Mapping, Sequence
from shlex import quote
from typing import Any, NamedTuple

from paper_companion.evidence.model import Kind, Observation
from paper_companion.page.artifacts import Fact, dataset_views, weights_views, with_value
from paper_companion.page.badges import Badge, badges
from paper_companion.page.checklists import checklist_views
from paper_companion.page.citation import apa, bibtex, cff
from paper_companion.page.companion import Companion
from paper_companion.page.demo_view import demo_view
from paper_companion.page.downloads import Command
from paper_companion.page.header import archive_url, code_url, header
from paper_companion.page.hosted_view import hosted_views, ways_data
from paper_companion.page.results import made_by, result_views
from paper_companion.page.usage import usage_views
from paper_companion.page.words import size
from paper_companion.paper.model import Paper
from paper_companion.paper.origins import imported_keys

SECTIONS = (
    "header",
    "demo",
    "abstract",
    "figures",
    "results",
    "weights",
    "usage",
    "run",
    "data",
    "checklists",
    "limitations",
    "citation",
    "checked",
)

PARTS = (*SECTIONS, "badges")
"""Everything that can stand alone: the sections, and the badges that the header has already."""

HOW = {
    Kind.LINK: "asked the address",
    Kind.FILE: "looked inside the file",
    Kind.EMBED: "asked whether it can be shown here",
    Kind.REPLAY: "ran the demo on its example",
    Kind.REPRODUCE: "ran the command",
    Kind.COMPLETENESS: "read the paper file",
}


class Run(NamedTuple):
    """What is needed to run the code, and the commands."""

    facts: tuple[Fact, ...]
    commands: tuple[Command, ...]


class Look(NamedTuple):
    """One line of what was checked."""

    subject: str
    outcome: str
    reason: str
    seen: str
    how: str
    by: str


def section_views(companion: Companion, site_url: str | None, wanted: frozenset[str]) -> Mapping[str, dict[str, Any]]:
    """The names that each section's template can use, for the wanted sections that have something to say."""
    paper = companion.file.paper
    makers = {
        "demo": lambda: _demo(companion),
        "abstract": lambda: {} if paper.paper.abstract else None,
        "figures": lambda: _if_any("figures", paper.page.figures),
        "results": lambda: _if_any("results", result_views(companion)),
        "weights": lambda: _if_any("weights", weights_views(companion, site_url)),
        "usage": lambda: _if_any("usage", usage_views(companion)),
        "run": lambda: _if_any("run", _run(paper)),
        "data": lambda: _if_any("data", dataset_views(companion, site_url)),
        "checklists": lambda: _if_any("checklists", checklist_views(companion)),
        "limitations": lambda: {} if paper.paper.limitations else None,
        "citation": lambda: {"citations": _citations(paper)},
        "checked": lambda: {
            "checked": _looks(companion),
            "imported": _imported(companion),
            "locked": _locked(companion),
            "lock": _lock_hash(companion),
        },
    }
    views = {name: view for name, make in makers.items() if name in wanted and (view := make()) is not None}
    if wanted & {"header", "badges"}:
        found = badges(companion)
        ladder = {"badges": found, "last_seen": _last_seen(found)}
        views["header"] = {"header": header(companion, frozenset(views)), **ladder}
        views["badges"] = ladder
    return views


def _last_seen(badges: Sequence[Badge]) -> str | None:
    """The day of the last look, if several badges share it: it is then said once, after all of them."""
    days = [badge.seen for badge in badges if badge.seen]
    return max(days) if len(days) > 1 and days.count(max(days)) > 1 else None


def _if_any(name: str, value: Any) -> dict[str, Any] | None:
    return {name: value} if value else None


def _demo(companion: Companion) -> dict[str, Any] | None:
    demo, hosted = demo_view(companion), hosted_views(companion)
    declared = companion.file.paper.demo
    if demo is None and not hosted and (declared is None or declared.access == "open"):
        return None
    return {"demo": demo, "hosted": hosted, "ways": ways_data(demo, hosted, companion)}


def _citations(paper: Paper) -> tuple[Command, ...]:
    plain = (Command("BibTeX", "bibtex", bibtex(paper.paper)), Command("APA", "text", apa(paper.paper)))
    # A citation file without authors is none.
    return (*plain, Command("CITATION.cff", "yaml", cff(paper))) if paper.paper.authors else plain


def _run(paper: Paper) -> Run | None:
    code, environment = paper.code, paper.environment
    facts = []
    commands = []
    if code is not None:
        url = code_url(paper)
        revision = code.commit[:12] if code.commit else code.version
        facts += [
            Fact("Code", code.repo.removeprefix("https://") if code.repo and url else "", url=url),
            Fact("Commit" if code.commit else "Version", revision or "", True),
        ]
        facts += [Fact("Licence", code.license or "")]
        if code.archive is not None:
            facts += [
                Fact("Archived", code.archive.doi or code.archive.url or "", url=archive_url(code.archive)),
                Fact("Software Heritage", code.archive.swhid or "", True),
            ]
        shared = code.is_shared
        if shared and code.repo and code.commit:
            folder = code.repo.removesuffix(".git").rstrip("/").rsplit("/", 1)[-1]
            clone = f"git clone {quote(code.repo)}\ncd {quote(folder)}\ngit checkout {code.commit}\n"
            # The branch that was cloned need not have the folder.
            inside = f"cd {quote(code.subfolder)}\n" if code.subfolder else ""
            commands.append(Command("Get the code", "bash", clone + inside))
        for label, command in (("Install", code.install), ("Train", code.train), ("Evaluate", code.evaluate)):
            if command:
                commands.append(Command(label, "bash", command))
    if environment is not None:
        facts += [
            Fact("Python", environment.python or ""),
            Fact("Pinned in", environment.lock or "", True),
            Fact("Container", environment.image or "", True),
            Fact("Hardware", environment.hardware or ""),
            Fact("Training takes", environment.train_time or ""),
        ]
    facts = with_value(facts)
    # Code that is not shared is itself something to say: its template tells why.
    told = code is not None and code.access != "open"
    return Run(facts, tuple(commands)) if facts or commands or told else None


def _locked(companion: Companion) -> tuple[Fact, ...]:
    """What a demo in the browser is made of, by its lock."""
    if companion.bundle is None:
        return ()
    lock = companion.bundle.lock
    packages = ", ".join(f"{package.name} {package.version}" for package in lock.packages)
    facts = (
        Fact("Runtime", f"Pyodide {lock.runtime_version}"),
        Fact("Python", lock.runtime_info.get("python", "")),
        Fact("Packages", packages),
        Fact("Files", str(len(companion.bundle.assets))),
        Fact("Together", size(companion.bundle.download_bytes)),
    )
    return with_value(facts)


def _lock_hash(companion: Companion) -> str | None:
    return companion.bundle.lock.sha256 if companion.bundle is not None else None


def _imported(companion: Companion) -> tuple[Fact, ...]:
    """What was read from other files of the project, by file."""
    return tuple(Fact(file, ", ".join(keys), code=True) for file, keys in imported_keys(companion.file).items())


def _looks(companion: Companion) -> tuple[Look, ...]:
    observations: tuple[Observation, ...] = companion.evidence.observations if companion.evidence else ()
    return tuple(
        Look(seen.subject, str(seen.outcome), seen.reason, seen.seen.isoformat(), HOW[seen.kind], made_by(seen))
        for seen in observations
    )
