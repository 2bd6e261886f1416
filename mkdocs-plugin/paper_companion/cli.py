"""The command line: a thin shell over the functions of the other modules."""

import click

from paper_companion import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="paper-companion")
def main() -> None:
    """Reproducibility companion pages for papers."""
