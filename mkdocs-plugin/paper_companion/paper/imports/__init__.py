"""What other files already say about a paper: one importer for each kind, all of them read as untrusted input."""
