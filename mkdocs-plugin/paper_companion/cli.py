"""The command line: a thin shell over the functions of the other modules."""

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paper_companion import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paper_companion.evidence.findings import Report

PaperArgument = click.argument("paper", type=click.Path(path_type=Path), default="docs/paper.yml")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paper-companion")
def main() -> None:
    """Reproducibility companion pages for papers."""


def reporting_problems(command: Callable[..., None]) -> Callable[..., None]:
    """Problems in a paper file go to standard error, a line each, and end the command with status 1."""

    @functools.wraps(command)
    def wrapped(*arguments: object, **options: object) -> None:
        from paper_companion.paper.reader import PaperError

        try:
            command(*arguments, **options)
        except PaperError as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from None

    return wrapped


@main.command()
@PaperArgument
@click.option(
    "--from", "sources", multiple=True, help="A folder or address that has Pyodide's files, or npm. Repeatable."
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
    packages = f", {len(made.packages)} packages" if made.packages else ""
    click.echo(f"{lock_path(paper)}: Pyodide {made.runtime_version}{packages}, {size_bytes / 1e6:.1f} MB")


@main.command()
@PaperArgument
@click.option("--python", type=click.Path(), help="The Python that has the demo's packages; this one when left out.")
@reporting_problems
def record(paper: Path, python: str | None) -> None:
    """Record what PAPER's function answers to its examples, under CPython."""
    import datetime
    import sys

    from paper_companion.demo.recorder import record as record_answers
    from paper_companion.demo.recorder import write_recording
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    recording = record_answers(paper_file, python=python or sys.executable, today=datetime.date.today())
    path = write_recording(paper_file, recording)
    seconds = sum(example.seconds for example in recording.examples)
    click.echo(f"{path}: {len(recording.examples)} answers in {seconds:.2f} s, Python {recording.python}")


@main.command()
@PaperArgument
@click.option("--browser", is_flag=True, help="Replay in Chromium in place of Deno (needs Playwright).")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@reporting_problems
def replay(paper: Path, browser: bool, form: str, dry_run: bool) -> None:
    """Answer PAPER's recorded examples once more, in the locked runtime that readers use, and compare.

    Ends with 0 when all answers agree, 1 when one does not.
    """
    from paper_companion.demo.bundle import bundle_demo
    from paper_companion.demo.cache import Cache
    from paper_companion.demo.recorder import current_recording
    from paper_companion.demo.replay import in_chromium, replay_table, under_deno
    from paper_companion.demo.replay import replay as replay_examples
    from paper_companion.demo.replay import to_json as replay_json
    from paper_companion.evidence.replay import keep_replay
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    bundle = bundle_demo(paper_file, Cache(), strict=True, say=lambda text: click.echo(text, err=True))
    recording = current_recording(paper_file, bundle.lock.answer_sha256)
    replayed = replay_examples(paper_file, bundle, recording, in_chromium if browser else under_deno)
    if not dry_run:
        keep_replay(paper_file, replayed.seen, [(one.number, one.reason, one.details) for one in replayed.examples])
    click.echo(replay_json(replayed) if form == "json" else replay_table(replayed))
    raise SystemExit(0 if replayed.agrees else 1)


_PATHS = click.Path(path_type=Path)


@main.command()
@click.argument("paths", nargs=-1, type=_PATHS)
def lint(paths: tuple[Path, ...]) -> None:
    """Check paper files, and all paper.yml files below folders (here, when none is named)."""
    from paper_companion.paper.lint import lint as lint_paths

    problems = lint_paths(paths or (Path("."),))
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        raise SystemExit(1)


@main.command()
@click.option("--markdown", is_flag=True, help="Print the reference page instead.")
def schema(markdown: bool) -> None:
    """Print the JSON Schema of paper files, for editors."""
    import json

    from paper_companion.paper.json_schema import paper_schema
    from paper_companion.paper.reference import reference_page

    if markdown:
        click.echo(reference_page(), nl=False)
    else:
        click.echo(json.dumps(paper_schema(), indent=2, ensure_ascii=False))


@main.command()
@PaperArgument
@reporting_problems
def explain(paper: Path) -> None:
    """Print PAPER with its imports filled in, and where each value comes from."""
    from paper_companion.paper.explain import explain as explain_paper
    from paper_companion.paper.reader import read_paper

    click.echo(explain_paper(read_paper(paper)), nl=False)


def _lock_and_record(paper: Path) -> None:
    """What the lock and record commands do, for a paper file that was just written."""
    import datetime
    import sys

    from paper_companion.demo.cache import Cache
    from paper_companion.demo.lock import make_lock, write_lock
    from paper_companion.demo.recorder import record as record_answers
    from paper_companion.demo.recorder import write_recording
    from paper_companion.demo.runtime import DEFAULT_SOURCES
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    made = make_lock(paper_file, Cache(), DEFAULT_SOURCES, lambda text: click.echo(text, err=True))
    write_lock(paper_file, made)
    write_recording(paper_file, record_answers(paper_file, python=sys.executable, today=datetime.date.today()))


@main.command()
@click.argument("folder", type=_PATHS)
@click.option("--title", help="The paper's title.")
@click.option("--author", "authors", multiple=True, help="An author, as Ines Nowak. Repeatable.")
@click.option("--repo", help="The address of the code's repository.")
@click.option("--demo/--no-demo", default=None, help="Whether to start with a demo that runs in the browser.")
@click.option("--ask/--no-ask", default=None, help="Whether to ask; only in a terminal when left out.")
@reporting_problems
def new(
    folder: Path, title: str | None, authors: tuple[str, ...], repo: str | None, demo: bool | None, ask: bool | None
) -> None:
    """Make FOLDER a companion site, or add what it lacks to be one. Nothing is overwritten."""
    import sys

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
            _lock_and_record(site.paper)
        except BaseException:
            site.let_demo_wait()
            say(f"the demo in {site.paper} waits as a comment until it is locked")
            raise
    click.echo(f"{site.folder} is ready: mkdocs serve -f {site.folder / 'mkdocs.yml'}")


def judging_nothing_when_set_up_wrongly(command: Callable[..., None]) -> Callable[..., None]:
    """A checker that is set up wrongly ends with status 2, so that it never looks like a broken link."""

    @functools.wraps(command)
    def wrapped(*arguments: object, **options: object) -> None:
        from paper_companion.evidence.net.web import ConfigurationError

        try:
            command(*arguments, **options)
        except ConfigurationError as error:
            click.echo(str(error), err=True)
            raise SystemExit(2) from None

    return wrapped


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, told how many of how many are done; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=1, file=sys.stderr, label=label) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        yield progress


def reporting_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of every command that ends with a report."""
    forms = click.Choice(["table", "json", "github", "markdown", "junit", "sarif"])
    for option in (
        click.option("--report", "reports", multiple=True, metavar="FORM=FILE", help="Write a report too. Repeatable."),
        click.option("--format", "form", type=forms, default="table", show_default=True),
    ):
        command = option(command)
    return command


_EVERYTHING = click.option("--everything", is_flag=True, help="Show in the table also what is well.")


def show(report: "Report", form: str, everything: bool, files: "Mapping[Path, str]") -> None:
    """Print a report, write it where it is wanted, and end with its status."""
    from paper_companion.evidence.report.forms import FORMS, write_reports
    from paper_companion.evidence.report.table import to_table

    write_reports(report, files)
    text = to_table(report, everything, sys.stdout.isatty()) if form == "table" else FORMS[form](report)
    click.echo(text, nl=False)
    raise SystemExit(report.exit_code())


@main.command()
@click.argument("paths", nargs=-1, type=_PATHS)
@click.option("--offline", is_flag=True, help="Do only what needs no network.")
@reporting_options
@_EVERYTHING
@click.option("--max-age", default="1h", show_default=True, help="Believe good looks for so long; 0 asks anew.")
@click.option("--timeout", default="10m", show_default=True, help="End the whole run after so long.")
@click.option("--threads", default=96, show_default=True, type=click.IntRange(1, 512), help="Requests at once.")
@click.option("--per-host", default=6, show_default=True, type=click.IntRange(1, 512), help="To one host.")
@click.option("--interval", default="0.01s", show_default=True, help="Time between two requests to a host.")
@click.option("--allow-address", "allowed", multiple=True, metavar="CIDR", help="Private addresses that may be asked.")
@click.option("--ca-file", type=_PATHS, help="A PEM file with further trusted certificates.")
@click.option("--host", "hosts", multiple=True, metavar="NAME=URL", help="Where a service is asked, as github=URL.")
@click.option("--code", type=_PATHS, metavar="DIR", help="A checkout of the code; else the project, where it is that.")
@click.option("--fetch-code", is_flag=True, help="Fetch the commit that a paper pins where the code is not here.")
@click.option("--site", type=_PATHS, metavar="DIR", help="A built site whose links are looked at too.")
@click.option("--site-url", default="", help="Where the site stands; else as its configuration says.")
@click.option("--download", default="100MB", show_default=True, help="Hash remote files up to this size.")
@click.option("--baseline", type=_PATHS, metavar="FILE", help="Known findings, which do not fail.")
@click.option("--write-baseline", "write_known", type=_PATHS, metavar="FILE", help="Write what is broken as known.")
@click.option("--shard", metavar="N/COUNT", help="Only the Nth part of the papers; see merge.")
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@judging_nothing_when_set_up_wrongly
@reporting_problems
def check(
    paths: tuple[Path, ...],
    offline: bool,
    form: str,
    everything: bool,
    reports: tuple[str, ...],
    max_age: str,
    timeout: str,
    threads: int,
    per_host: int,
    interval: str,
    allowed: tuple[str, ...],
    ca_file: Path | None,
    hosts: tuple[str, ...],
    code: Path | None,
    fetch_code: bool,
    site: Path | None,
    site_url: str,
    download: str,
    baseline: Path | None,
    write_known: Path | None,
    shard: str | None,
    dry_run: bool,
) -> None:
    """Look at everything that paper files name (and those below folders), and write down what was seen.

    Ends with 0 when all is well, 1 when something is broken, 2 when nothing could be judged.
    """
    from paper_companion.evidence.baseline import read_baseline, without_known, write_baseline
    from paper_companion.evidence.check import keep_evidence
    from paper_companion.evidence.completeness_check import completeness
    from paper_companion.evidence.findings import Report
    from paper_companion.evidence.hosts.services import parse_services
    from paper_companion.evidence.net.limits import Limits
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.run import (
        CheckOptions,
        code_fetcher,
        parse_duration,
        parse_network,
        parse_size,
        read_papers,
        run_check,
    )
    from paper_companion.evidence.shards import parse_shard

    options = CheckOptions(
        offline=offline,
        max_age_s=parse_duration(max_age),
        allowed=tuple(map(parse_network, allowed)),
        ca_file=ca_file,
        services=parse_services(hosts),
        site=site,
        site_url=site_url,
        download_limit_bytes=parse_size(download),
        limits=Limits(
            deadline_s=parse_duration(timeout),
            threads=threads,
            per_host=per_host,
            interval_s=parse_duration(interval),
        ),
    )
    files = parse_reports(reports)
    checked = bool(paths) or site is None
    part = parse_shard(shard) if shard else None
    paper_files = read_papers(paths or (Path("."),), required=checked, shard=part)
    with progress_bar("Looking") as progress:
        report, looks = run_check(paper_files, options, progress, checked)
    for paper_file in paper_files if checked else ():
        ticks, commit, disagreements = completeness(paper_file, code, code_fetcher(options) if fetch_code else None)
        report += Report(tuple(disagreements))
        if not dry_run:
            keep_evidence(paper_file, [look for look in looks if look.paper_file is paper_file], ticks, commit)
    if write_known is not None:
        write_baseline(write_known, report)
    if baseline is not None:
        report = without_known(report, read_baseline(baseline))
    show(report, form, everything, files)


@main.command()
@click.argument("name", type=click.Choice(["code-completeness", "neurips-2025", "ml-reproducibility-2.0"]))
@PaperArgument
@click.option("--code", type=_PATHS, metavar="DIR", help="A checkout of the code; else the project, where it is that.")
@click.option("--latex", is_flag=True, help="Print LaTeX in the form that NeurIPS asks for.")
@reporting_problems
def checklist(name: str, paper: Path, code: Path | None, latex: bool) -> None:
    """Fill in a checklist for PAPER: the author's answers, and suggestions where there are none."""
    from paper_companion.evidence.checklists import CHECKLISTS, fill
    from paper_companion.evidence.completeness_check import completeness
    from paper_companion.evidence.report.checklist import to_text
    from paper_companion.evidence.report.latex import to_latex
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    ticks, _, _ = completeness(paper_file, code)
    form = CHECKLISTS[name]
    click.echo((to_latex if latex else to_text)(form, fill(form, paper_file.paper, ticks)), nl=False)


@main.command()
@click.argument("reports_of_shards", metavar="REPORT...", nargs=-1, required=True, type=_PATHS)
@reporting_options
@_EVERYTHING
@judging_nothing_when_set_up_wrongly
def merge(reports_of_shards: tuple[Path, ...], form: str, everything: bool, reports: tuple[str, ...]) -> None:
    """Put together the reports of shards, as check --shard N/COUNT --format json printed them."""
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.shards import merged, read_report

    show(merged(map(read_report, reports_of_shards)), form, everything, parse_reports(reports))


@main.command()
@PaperArgument
@click.option("--result", "ids", multiple=True, metavar="ID", help="Only this result. Repeatable.")
@click.option("--time-limit", default="1h", show_default=True, help="Stop a command after so long.")
@click.option("--env", "kept", multiple=True, metavar="NAME", help="A variable that commands may see. Repeatable.")
@reporting_options
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@judging_nothing_when_set_up_wrongly
@reporting_problems
def reproduce(
    paper: Path,
    ids: tuple[str, ...],
    time_limit: str,
    kept: tuple[str, ...],
    form: str,
    reports: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Run the commands of PAPER's results again, compare what they measure with the claims, and write it down.

    Commands run as they are written, in the project's folder: for your own papers, in your own CI.
    """
    from paper_companion.evidence.net.web import ConfigurationError
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.reproduce import can_be_reproduced
    from paper_companion.evidence.reproduce import reproduce as run_again
    from paper_companion.evidence.reproduce_report import keep_reproductions, report_of
    from paper_companion.evidence.run import parse_duration
    from paper_companion.paper.reader import read_paper

    limit_s = parse_duration(time_limit)
    files = parse_reports(reports)
    paper_file = read_paper(paper)
    wanted = [result for result in paper_file.paper.results if not ids or result.id in ids]
    results = [result for result in wanted if can_be_reproduced(result)]
    missing = set(ids) - {result.id for result in results}
    if missing or not results:
        names = ", ".join(sorted(missing)) or "no result"
        raise ConfigurationError(f"{paper}: {names}: nothing to run (a result needs value, command and read)")
    reproductions = []
    for result in results:
        click.echo(f"{result.id}: {result.command}", err=True)
        reproductions.append(run_again(paper_file.paper, result, paper_file.root, limit_s, kept, sys.stderr))
    report = report_of(paper_file, reproductions)
    if not dry_run:
        keep_reproductions(paper_file, reproductions)
    show(report, form, True, files)


@main.command()
@click.argument("format", type=click.Choice(["bibtex", "cff", "codemeta", "huggingface", "ro-crate"]))
@PaperArgument
@click.option("--to", type=click.Path(path_type=Path), help="The file to write; - for standard output.")
@reporting_problems
def export(format: str, paper: Path, to: Path | None) -> None:
    """Write what PAPER says in another tool's FORMAT."""
    from paper_companion.page.exports import EXPORTS
    from paper_companion.paper.reader import read_paper
    from paper_companion.whole_file import write_whole

    name, made = EXPORTS[format]
    text = made(read_paper(paper).paper)
    if str(to) == "-":
        click.echo(text, nl=False)
        return
    target = to or Path(name)
    write_whole(target, text.encode())
    click.echo(str(target))


@main.command()
@PaperArgument
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write to.")
@click.option("--base", default="", help="What leads from the page's address to its folder's, such as ../")
@click.option("--site-url", help="The folder's address on the web, for metadata and download commands.")
@click.option("--without-page", is_flag=True, help="Write only what a page with parts of the companion needs.")
@reporting_problems
def build(paper: Path, to: Path, base: str, site_url: str | None, without_page: bool) -> None:
    """Write PAPER's page as Markdown with all its files, for any site generator.

    When PAPER lies in the folder that is written to, its page comes beside it.
    """
    from paper_companion.demo.bundle import bundle_demo
    from paper_companion.demo.cache import Cache
    from paper_companion.page.companion import load_companion
    from paper_companion.page.standalone import standalone_files
    from paper_companion.whole_file import copy_whole, write_whole

    def say(text: str) -> None:
        click.echo(text, err=True)

    inside = paper.resolve().is_relative_to(to.resolve())
    folder = paper.resolve().parent.relative_to(to.resolve()).as_posix() if inside else "."
    companion = load_companion(
        paper, "" if folder == "." else f"{folder}/", lambda file: bundle_demo(file, Cache(), say=say)
    )
    files = standalone_files(companion, base, site_url)[2 if without_page else 0 :]
    for file in files:
        if file.source is not None:
            copy_whole(file.source, to / file.path)
        else:
            write_whole(to / file.path, file.content)
    click.echo(f"{to}: {len(files)} files")
