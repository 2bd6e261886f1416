"""`python -m paper_companion`: the command line."""

from paper_companion.cli import main

main(prog_name="paper-companion")
