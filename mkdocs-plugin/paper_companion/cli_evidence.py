"""The commands that look and write down what they saw: check, checklist, merge, reproduce."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from paper_companion.cli_options import (
    FOLDER,
    PATHS,
    PaperArgument,
    judging_nothing_when_set_up_wrongly,
    reporting_problems,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from paper_companion.evidence.findings import Report


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
    """Print a report and write it where it is wanted: what took minutes to see is lost for no bad name or full disk."""
    from paper_companion.evidence.report.forms import FORMS, write_reports
    from paper_companion.evidence.report.table import to_table

    text = (
        to_table(report, everything, sys.stdout is not None and sys.stdout.isatty())
        if form == "table"
        else FORMS[form](report)
    )
    try:
        click.echo(text, nl=False)
    finally:
        write_reports(report, files)


@click.command()
@click.argument("paths", nargs=-1, type=PATHS)
@click.option("--offline", is_flag=True, help="Do only what needs no network.")
@reporting_options
@_EVERYTHING
@click.option("--max-age", default="1h", show_default=True, help="Believe good looks for so long; 0 asks anew.")
@click.option("--timeout", default="10m", show_default=True, help="End the whole run after so long.")
@click.option("--threads", default=128, show_default=True, type=click.IntRange(1, 512), help="Requests at once.")
@click.option("--per-host", default=6, show_default=True, type=click.IntRange(1, 512), help="To one host.")
@click.option("--interval", default="0.01s", show_default=True, help="Time between two requests to a host.")
@click.option("--allow-address", "allowed", multiple=True, metavar="CIDR", help="Private addresses that may be asked.")
@click.option("--ca-file", type=PATHS, help="A PEM file with further trusted certificates.")
@click.option("--host", "hosts", multiple=True, metavar="NAME=URL", help="Where a service is asked, as github=URL.")
@click.option("--code", type=FOLDER, metavar="DIR", help="A checkout of the code; else the project, where it is that.")
@click.option("--fetch-code", is_flag=True, help="Fetch the commit that a paper pins where the code is not here.")
@click.option("--site", type=PATHS, metavar="DIR", help="A built site to look at too; alone without PATHS.")
@click.option("--site-url", default="", help="Where the site stands; else as its configuration says.")
@click.option("--download", default="100MB", show_default=True, help="Hash remote files up to this size.")
@click.option("--baseline", type=PATHS, metavar="FILE", help="Known findings, which do not fail.")
@click.option("--write-baseline", "write_known", type=PATHS, metavar="FILE", help="Write what is broken as known.")
@click.option("--shard", metavar="N/COUNT", help="Only the Nth part of the papers; see merge.")
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@reporting_problems
@judging_nothing_when_set_up_wrongly
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
    from paper_companion.evidence.site_reading import SiteReading

    # Before all else, so that its process starts while the rest is being imported.
    reading = click.get_current_context().with_resource(SiteReading(site)) if site is not None else None

    from paper_companion.evidence.baseline import read_baseline, without_known, write_baseline
    from paper_companion.evidence.check import keep_evidence, look_for_evidence
    from paper_companion.evidence.completeness_check import completeness
    from paper_companion.evidence.findings import Report, unusable
    from paper_companion.evidence.hosts.services import parse_services
    from paper_companion.evidence.model import EvidenceError, evidence_path
    from paper_companion.evidence.net.limits import Limits
    from paper_companion.evidence.net.redaction import redacted
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.report.progress_bar import ProgressBar
    from paper_companion.evidence.run import (
        CheckOptions,
        code_fetcher,
        parse_duration,
        parse_network,
        parse_site_url,
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
        site_url=parse_site_url(site_url),
        download_limit_bytes=parse_size(download),
        limits=Limits(
            deadline_s=parse_duration(timeout),
            threads=threads,
            per_host=per_host,
            interval_s=parse_duration(interval),
        ),
    )
    files = parse_reports(reports)
    known = read_baseline(baseline) if baseline is not None else frozenset()
    checked = bool(paths) or site is None
    part = parse_shard(shard) if shard else None
    paper_files, problems = read_papers(paths or (Path("."),), required=checked, shard=part)
    if checked and not dry_run:
        look_for_evidence(paper_files)
    with ProgressBar(sys.stderr, "Looking") as progress:
        report, looks = run_check(paper_files, options, progress, checked, reading)
    if checked:
        for problem in problems:
            click.echo(redacted(str(problem)), err=True)
        report = Report(tuple(map(unusable, problems))) + report
    unwritten = []
    for paper_file in paper_files if checked else ():
        ticks, disagreements = completeness(paper_file, code, code_fetcher(options) if fetch_code else None)
        report += Report(tuple(disagreements))
        if dry_run:
            continue
        try:
            keep_evidence(paper_file, [look for look in looks if look.paper_file is paper_file], ticks)
        except EvidenceError as error:
            unwritten.append(str(error))
        except OSError as error:
            unwritten.append(f"{evidence_path(paper_file.path)}: not written: {error.strerror or error}")
    for line in unwritten:
        click.echo(line, err=True)
    shown = replace(without_known(report, known), shard=part)
    try:
        show(shown, form, everything, files)
    finally:
        if write_known is not None:
            write_baseline(write_known, report)
    raise SystemExit(2 if unwritten else shown.exit_code())


@click.command()
@click.argument("name", type=click.Choice(["code-completeness", "neurips-2025", "ml-reproducibility-2.0"]))
@PaperArgument
@click.option("--code", type=FOLDER, metavar="DIR", help="A checkout of the code; else the project, where it is that.")
@reporting_problems
def checklist(name: str, paper: Path, code: Path | None) -> None:
    """Fill in a checklist for PAPER: the author's answers, and suggestions where there are none."""
    from paper_companion.evidence.checklists import CHECKLISTS, fill
    from paper_companion.evidence.completeness_check import completeness
    from paper_companion.evidence.model import Outcome
    from paper_companion.evidence.report.checklist import to_text
    from paper_companion.paper.reader import read_paper

    paper_file = read_paper(paper)
    ticks, found = completeness(paper_file, code)
    for one in found:
        if one.verdict is Outcome.UNKNOWN:
            click.echo(f"{one.place}: {one.message}", err=True)
    form = CHECKLISTS[name]
    click.echo(to_text(form, fill(form, paper_file.paper, ticks or ())), nl=False)


@click.command()
@click.argument("reports_of_shards", metavar="REPORT...", nargs=-1, required=True, type=PATHS)
@reporting_options
@_EVERYTHING
@judging_nothing_when_set_up_wrongly
def merge(reports_of_shards: tuple[Path, ...], form: str, everything: bool, reports: tuple[str, ...]) -> None:
    """Put together the reports of shards, as check --shard N/COUNT --format json printed them."""
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.shards import merged, read_report

    files = parse_reports(reports)
    report = merged(map(read_report, reports_of_shards))
    show(report, form, everything, files)
    raise SystemExit(report.exit_code())


@click.command()
@PaperArgument
@click.option("--result", "ids", multiple=True, metavar="ID", help="Only this result. Repeatable.")
@click.option("--time-limit", default="1h", show_default=True, help="Stop a command after so long.")
@click.option("--env", "kept", multiple=True, metavar="NAME", help="A variable that commands may see. Repeatable.")
@reporting_options
@click.option("--dry-run", is_flag=True, help="Write no evidence.")
@reporting_problems
@judging_nothing_when_set_up_wrongly
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
    from paper_companion.evidence.configuration import ConfigurationError
    from paper_companion.evidence.model import kept_evidence
    from paper_companion.evidence.report.forms import parse_reports
    from paper_companion.evidence.reproduce import can_be_reproduced
    from paper_companion.evidence.reproduce import reproduce as run_again
    from paper_companion.evidence.reproduce_report import keep_reproductions, report_of
    from paper_companion.evidence.run import parse_duration
    from paper_companion.evidence.tree import tree_of
    from paper_companion.paper.reader import read_paper

    limit_s = parse_duration(time_limit)
    files = parse_reports(reports)
    if not paper.exists():
        raise ConfigurationError(f"{paper}: there is no such file (paper-companion new makes one)")
    paper_file = read_paper(paper)
    if not dry_run:
        kept_evidence(paper)
    wanted = [result for result in paper_file.paper.results if not ids or result.id in ids]
    results = [result for result in wanted if can_be_reproduced(result)]
    missing = set(ids) - {result.id for result in results}
    if missing or not results:
        names = ", ".join(sorted(missing)) or "no result"
        raise ConfigurationError(f"{paper}: {names}: nothing to run (a result needs value, command and read)")
    tree = tree_of(paper_file)
    if tree.remark:
        click.echo(tree.remark, err=True)
    reproductions = []
    for result in results:
        click.echo(f"{result.id}: {result.command}", err=True)
        reproductions.append(run_again(paper_file.paper, result, tree, limit_s, kept, sys.stderr))
        if not dry_run:
            # At once: the next command may take hours, and be interrupted.
            keep_reproductions(paper_file, reproductions[-1:])
    report = report_of(paper_file, reproductions)
    show(report, form, True, files)
    raise SystemExit(report.exit_code())
