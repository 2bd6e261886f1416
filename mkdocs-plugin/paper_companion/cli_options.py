"""What several commands share: their arguments, and how they end when something is wrong."""

import functools
import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click

INTERRUPTED = 128 + signal.SIGINT
PATHS = click.Path(path_type=Path)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
# Not taken from the exports themselves, so that other commands start without them.
EXPORT_FORMATS = ("bibtex", "bioimageio", "cff", "codemeta", "huggingface", "neurips", "ro-crate")
PaperArgument = click.argument("paper", type=PATHS, default="docs/paper.yml")


class Interruptible(click.Group):
    """Commands that end with one line and status 130 at Ctrl-C: status 1 would say that something is broken.

    When they are told to end, they end what they have started, too.
    """

    def invoke(self, ctx: click.Context) -> object:
        if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
            # As standard error does: a title in another script must not cost the whole output.
            sys.stdout.reconfigure(errors="backslashreplace")
        before = signal.signal(signal.SIGTERM, _end)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("Interrupted", err=True)
            raise SystemExit(INTERRUPTED) from None
        finally:
            signal.signal(signal.SIGTERM, before)
            _give_up_unprinted()


def _end(number: int, _: object) -> None:
    raise SystemExit(128 + number)


def _give_up_unprinted() -> None:
    """Python would try to print once more what could not be printed, and end with a status of its own."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reporting_problems(command: Callable[..., None]) -> Callable[..., None]:
    """What is wrong goes to standard error, a line each, and ends the command with status 1: no traceback."""

    @functools.wraps(command)
    def wrapped(*arguments: object, **options: object) -> None:
        from paper_companion.paper.reader import PaperError

        try:
            command(*arguments, **options)
        except PaperError as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from None
        except OSError as error:
            click.echo(unwritable(error), err=True)
            raise SystemExit(1) from None

    return wrapped


def unwritable(error: OSError) -> str:
    """A file that cannot be read or written, on one line."""
    return f"{error.filename2 or error.filename}: {error.strerror}" if error.filename else str(error)


def judging_nothing_when_set_up_wrongly(command: Callable[..., None]) -> Callable[..., None]:
    """A checker that is set up wrongly ends with status 2, so that it never looks like a broken link.

    So does one that could not write down what it saw, since the evidence that is there cannot be read, and one that has
    not what it needs to look.
    """

    @functools.wraps(command)
    def wrapped(*arguments: object, **options: object) -> None:
        from paper_companion.evidence.configuration import ConfigurationError
        from paper_companion.evidence.model import EvidenceError
        from paper_companion.paper.problems import UnavailableError

        try:
            command(*arguments, **options)
        except (ConfigurationError, EvidenceError, UnavailableError) as error:
            click.echo(str(error), err=True)
            raise SystemExit(2) from None
        except OSError as error:
            click.echo(unwritable(error), err=True)
            raise SystemExit(2) from None

    return wrapped
