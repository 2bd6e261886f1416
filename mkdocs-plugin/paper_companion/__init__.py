"""Reproducibility companion pages for papers: code, trained weights and a live demo, with evidence."""

__version__ = "0.1.0"
