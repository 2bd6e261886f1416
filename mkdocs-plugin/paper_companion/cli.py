"""The command line: a thin shell over the functions of the other modules."""

import functools
from collections.abc import Callable
from pathlib import Path

import click

from paper_companion import __version__

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
    size_bytes = sum(file.digest.size_bytes for file in (*made.runtime, *made.files))
    click.echo(f"{lock_path(paper)}: Pyodide {made.runtime_version}, {size_bytes / 1e6:.1f} MB")


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
