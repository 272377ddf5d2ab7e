"""Objects that the engine works past as long as their methods are ours."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class NoticesMethods:
    """Tells the engine when an object is given a method of its own, such as a mock, or loses it."""

    _look_at_methods: Callable[[], None]

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        # Looking has a price: the dict of attributes has to be made, and methods are found more slowly from then on.
        if callable(getattr(type(self), name, None)):
            self._look_at_methods()

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        self._look_at_methods()
