"""The command line: a thin shell over the functions of the other modules."""

import sys
from pathlib import Path
from shlex import quote

import click

from paper_companion import __version__
from paper_companion.cli_evidence import check, checklist, merge, reproduce
from paper_companion.cli_options import (
    EXPORT_FORMATS,
    PATHS,
    Interruptible,
    PaperArgument,
    judging_nothing_when_set_up_wrongly,
    reporting_problems,
)


@click.group(cls=Interruptible, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paper-companion")
def main() -> None:
    """Reproducibility companion pages for papers."""


for command in (check, checklist, merge, reproduce):
    main.add_command(command)


def _existing_sources(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    for source in given:
        if source != "npm" and "://" not in source and not Path(source).is_dir():
            raise click.BadParameter(f"{source} is neither a folder that is there, nor an address, nor npm")
    return given


@main.command()
@PaperArgument
@click.option(
    "--from",
    "sources",
    multiple=True,
    callback=_existing_sources,
    help="A folder or address that has Pyodide's files, or npm. Repeatable.",
)
@reporting_problems
def lock(paper: Path, sources: tuple[str, ...]) -> None:
    """Write PAPER's lock: every file that its demo is made of, by size and sha256."""
    from paper_companion.demo.cache import Cache
    from paper_companion.demo.lock import lock_path, make_lock, write_lock
    from paper_companion.demo.runtime import DEFAULT_SOURCES
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    made = make_lock(paper_file, Cache(), sources or DEFAULT_SOURCES, lambda text: click.echo(text, err=True))
    write_lock(paper_file, made)
    size_bytes = sum(file.digest.size_bytes for file in (*made.runtime, *made.packages, *made.files))
    count = len(made.packages)
    packages = f", {count} package{'s' if count > 1 else ''}" if count else ""
    click.echo(f"{lock_path(paper)}: Pyodide {made.runtime_version}{packages}, {size_bytes / 1e6:.1f} MB")


@main.command()
@PaperArgument
@click.option("--python", type=click.Path(), help="The Python that has the demo's packages; this one when left out.")
@reporting_problems
def record(paper: Path, python: str | None) -> None:
    """Record what PAPER's function answers to its examples, under CPython."""
    import datetime

    from paper_companion.demo.recorder import record as record_answers
    from paper_companion.demo.recorder import write_recording
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    recording = record_answers(paper_file, python=python or sys.executable, today=datetime.date.today())
    path = write_recording(paper_file, recording)
    seconds = sum(example.seconds for example in recording.examples)
    answers = "1 answer" if len(recording.examples) == 1 else f"{len(recording.examples)} answers"
    click.echo(f"{path}: {answers} in {seconds:.2f} s, Python {recording.python}")


@main.command()
@PaperArgument
@click.option("--browser", is_flag=True, help="Replay in Chromium in place of Deno (needs Playwright).")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@reporting_problems
@judging_nothing_when_set_up_wrongly
def replay(paper: Path, browser: bool, form: str, dry_run: bool) -> None:
    """Answer PAPER's recorded examples once more, in the locked runtime that readers use, and compare.

    Ends with 0 when all answers agree, 1 when one does not or something in the project is wrong, 2 when nothing could
    be judged: PAPER is not there, a file cannot be had, or the evidence that is there cannot be read.
    """
    from paper_companion.demo.bundle import bundle_demo
    from paper_companion.demo.cache import Cache
    from paper_companion.demo.recorder import current_recording
    from paper_companion.demo.replay import in_chromium, replay_table, under_deno
    from paper_companion.demo.replay import replay as replay_examples
    from paper_companion.demo.replay import to_json as replay_json
    from paper_companion.evidence.model import kept_evidence
    from paper_companion.evidence.replay import keep_replay
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    if not dry_run:
        kept_evidence(paper)
    bundle = bundle_demo(paper_file, Cache(), strict=True, say=lambda text: click.echo(text, err=True))
    recording = current_recording(paper_file, bundle.lock.answer_sha256)
    replayed = replay_examples(paper_file, bundle, recording, in_chromium if browser else under_deno)
    if not dry_run:
        keep_replay(paper_file, replayed.seen, [(one.number, one.reason, one.details) for one in replayed.examples])
    click.echo(replay_json(replayed) if form == "json" else replay_table(replayed))
    raise SystemExit(0 if replayed.agrees else 1)


@main.command()
@click.argument("paths", nargs=-1, type=PATHS)
def lint(paths: tuple[Path, ...]) -> None:
    """Check paper files, and all paper.yml files below folders (here, when none is named)."""
    from paper_companion.demo.form import check_form
    from paper_companion.page.page_rules import check_page_of_project
    from paper_companion.paper.lint import lint as lint_paths

    problems = lint_paths(paths or (Path("."),), check_form, check_page_of_project)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)


@main.command()
@click.option("--markdown", is_flag=True, help="Print the reference page instead.")
@click.option("--evidence", is_flag=True, help="Print the schema of evidence files instead.")
def schema(markdown: bool, evidence: bool) -> None:
    """Print the JSON Schema of paper files, for editors."""
    import json

    from paper_companion.evidence.json_schema import evidence_schema
    from paper_companion.paper.json_schema import paper_schema
    from paper_companion.paper.reference import reference_page

    if markdown:
        click.echo(reference_page(), nl=False)
    else:
        click.echo(json.dumps(evidence_schema() if evidence else paper_schema(), indent=2, ensure_ascii=False))


@main.command()
@PaperArgument
@reporting_problems
def explain(paper: Path) -> None:
    """Print PAPER with its imports filled in, and where each value comes from."""
    from paper_companion.paper.explain import explain as explain_paper
    from paper_companion.paper.reader import read_paper

    click.echo(explain_paper(read_paper(paper)), nl=False)


@main.command()
@click.argument("folder", type=PATHS)
@click.option("--title", help="The paper's title.")
@click.option("--author", "authors", multiple=True, help="An author, as Ines Nowak. Repeatable.")
@click.option("--repo", help="The address of the code's repository.")
@click.option("--demo/--no-demo", default=None, help="Whether to start with a demo that runs in the browser.")
@click.option("--ask/--no-ask", default=None, help="Whether to ask; only in a terminal when left out.")
@click.pass_context
@reporting_problems
def new(
    context: click.Context,
    folder: Path,
    title: str | None,
    authors: tuple[str, ...],
    repo: str | None,
    demo: bool | None,
    ask: bool | None,
) -> None:
    """Make FOLDER a companion site, or add what it lacks to be one. Nothing is overwritten."""
    from paper_companion.paper.scaffold.site import Questions, make_site

    asking = sys.stdin.isatty() if ask is None else ask
    name = folder.resolve().name.replace("-", " ").replace("_", " ").strip() or "A paper"

    def ask_authors() -> tuple[str, ...]:
        if authors or not asking:
            return authors
        given = click.prompt("Authors, separated by semicolons", default="", show_default=False)
        return tuple(author.strip() for author in given.split(";") if author.strip())

    def ask_repo(found: str | None) -> str | None:
        if repo or not asking:
            return repo or found
        return click.prompt("Address of the code's repository", default=found or "", show_default=bool(found)) or None

    questions = Questions(
        title=lambda: title or (click.prompt("Title of the paper", default=name) if asking else name),
        authors=ask_authors,
        repo=ask_repo,
        demo=lambda: (
            (click.confirm("A demo that runs in the reader's browser?", default=True) if asking else True)
            if demo is None
            else demo
        ),
    )

    def say(text: str) -> None:
        click.echo(text, err=True)

    site = make_site(folder, questions, say)
    if site.paper is not None and site.has_demo:
        try:
            context.invoke(lock, paper=site.paper)
            if site.has_examples:
                context.invoke(record, paper=site.paper)
        except BaseException:
            site.let_demo_wait()
            say(f"the demo in {site.paper} waits as a comment until it is locked")
            raise
    click.echo(f"{site.folder} is ready: mkdocs serve -f {quote(str(site.folder / 'mkdocs.yml'))}")


@main.command()
@click.argument("format", type=click.Choice(EXPORT_FORMATS))
@PaperArgument
@click.option("--to", type=PATHS, help="The file to write, as CITATION.cff; standard output when left out.")
@click.option("--weights", metavar="ID", help="Which weights, for formats about one model; the first when left out.")
@reporting_problems
def export(format: str, paper: Path, to: Path | None, weights: str | None) -> None:
    """Print what PAPER says in another tool's FORMAT, or write it to a file.

    What the format has no place for is told on standard error. Paths in the result are relative to the project root.
    """
    from paper_companion.page.exports import export as export_as
    from paper_companion.paper.reader import read_paper
    from paper_companion.whole_file import write_whole

    file = read_paper(paper)
    text, notes = export_as(format, file, weights)
    for note in notes:
        click.echo(str(note), err=True)
    if to is None:
        click.echo(text, nl=False)
        return
    write_whole(to, text.encode())
    click.echo(str(to), err=True)
    if format in ("bioimageio", "ro-crate") and to.resolve().parent != file.root.resolve():
        click.echo(f"note: files of the project are named in it as seen from {file.root}, where it belongs", err=True)


@main.command()
@PaperArgument
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write to.")
@click.option("--base", default="", help="What leads from the page's address to its folder's, such as ../")
@click.option("--site-url", help="The folder's address on the web, for metadata and download commands.")
@click.option("--without-page", is_flag=True, help="Write only what a page with parts of the companion needs.")
@click.option(
    "--card", is_flag=True, help="Draw a picture for link previews (needs Pillow, and --site-url to be found)."
)
@click.option("--card-font", "fonts", multiple=True, type=PATHS, help="A font file to draw it with. Repeatable.")
@reporting_problems
def build(
    paper: Path, to: Path, base: str, site_url: str | None, without_page: bool, card: bool, fonts: tuple[Path, ...]
) -> None:
    """Write PAPER's page as Markdown with all its files, for any site generator.

    When PAPER lies in the folder that is written to, its page comes beside it.
    """
    from paper_companion.demo.bundle import bundle_demo
    from paper_companion.demo.cache import Cache
    from paper_companion.page.fonts import why_no_cards
    from paper_companion.page.reading import read_companion
    from paper_companion.page.standalone import standalone_page
    from paper_companion.whole_file import copy_whole, write_whole

    if card and (why := why_no_cards(fonts)):
        raise click.UsageError(why)

    def say(text: str) -> None:
        click.echo(text, err=True)

    inside = paper.resolve().is_relative_to(to.resolve())
    uri = paper.resolve().relative_to(to.resolve()).as_posix() if inside else paper.name
    companion = read_companion(paper, uri, site_url, lambda file: bundle_demo(file, Cache(), say=say))
    page = standalone_page(companion, base, site_url, card, fonts)
    for note in page.notes:
        say(str(note))
    files = page.files if without_page else (*page.own, *page.files)
    for file in files:
        if file.source is not None:
            copy_whole(file.source, to / file.path)
        else:
            write_whole(to / file.path, file.content)
    click.echo(f"{to}: {len(files)} files")
