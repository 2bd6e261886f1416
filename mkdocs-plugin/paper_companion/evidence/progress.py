"""How far a run is, for whoever shows it to people."""

from __future__ import annotations


class Progress:
    """Told how far a run is, from many threads; keeps it to itself. Those who show it override what they show."""

    def looked(self, done: int, total: int) -> None:
        """So many looks of so many are done."""

    def expect(self, size_bytes: int) -> None:
        """So many more bytes of files are going to be read."""

    def read(self, size_bytes: int) -> None:
        """So many more bytes of files were read."""
