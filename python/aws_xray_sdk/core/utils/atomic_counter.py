"""A counter that several threads change."""

from __future__ import annotations

import threading


class AtomicCounter:
    """
    A number with a lock.

    :param initial: the value at the start and after :meth:`reset`.
    """

    def __init__(self, initial: int = 0) -> None:
        self.value = initial
        self._initial = initial
        self._lock = threading.Lock()

    def increment(self, num: int = 1) -> int:
        """Add ``num`` and return the new value."""
        with self._lock:
            self.value += num
            return self.value

    def decrement(self, num: int = 1) -> int:
        """Take ``num`` away and return the new value."""
        return self.increment(-num)

    def get_current(self) -> int:
        """Return the value."""
        with self._lock:
            return self.value

    def reset(self) -> int:
        """Go back to the initial value and return it."""
        with self._lock:
            self.value = self._initial
            return self.value
