"""An attribute that is made when it is first asked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


class made_once:
    """
    Calls a method once for each object and keeps what it returns; can be set and deleted.

    What ``functools.cached_property`` does, without loading ``functools``, which takes as long as this whole package.

    :param make: called with the object.
    """

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        made = instance.__dict__[self._name] = self._make(instance)
        return made
