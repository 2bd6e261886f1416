"""What several commands share: their arguments, and how they end when something is wrong."""

import functools
from collections.abc import Callable
from pathlib import Path

import click

PATHS = click.Path(path_type=Path)
PaperArgument = click.argument("paper", type=PATHS, default="docs/paper.yml")


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
