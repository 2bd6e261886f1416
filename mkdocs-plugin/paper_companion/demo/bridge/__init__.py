"""The bridge between a form and the author's function: what a form sends becomes arguments, a return value an answer.

This package runs in three places: in CPython, to record answers; in the reader's browser and under Deno, inside
Pyodide. There its name is paper_companion_bridge, and nothing else of ours is there: it needs the standard library
alone, and imports nothing from outside itself. What crosses is plain: None, bool, int, float, str, bytes, lists and
dicts. Of the optional libraries, NumPy, Pillow and Matplotlib, it uses what the author's function uses.
"""

from .function import answer_or_error, open_or_error

__all__ = ["answer_or_error", "open_or_error"]
