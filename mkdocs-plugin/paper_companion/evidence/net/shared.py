"""Values that many threads want and one of them works out."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """A value that the first who asks for it works out, while all others wait."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: list[T] = []

    def get(self, work_out: Callable[[], T]) -> T:
        """The value. What `work_out` raises is raised here, and the next who asks tries again."""
        with self._lock:
            if not self._values:
                self._values.append(work_out())
            return self._values[0]
