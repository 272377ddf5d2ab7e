"""Turning metadata into plain dicts and lists."""

from __future__ import annotations

from collections.abc import ItemsView, KeysView, Mapping, Sequence, Set, ValuesView

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any
    from typing import Set as SetOf

MAXIMUM_DEPTH = 32
# A document holds 64 KB: more values than this never fit.
MAXIMUM_VALUES = 65536

_SCALARS = (str, int, float, bool, type(None))
# Only what is known to hold its items already: iterating anything else could
# drain a generator, read a file or run a database query.
_COLLECTIONS = (Sequence, Set, KeysView, ValuesView, ItemsView)


def metadata_to_dict(obj: Any) -> Any:
    """
    Convert a metadata value to plain dicts and lists.

    Mappings become dicts, collections lists, other objects a dict of their
    public attributes; an object with ``_ast()`` is replaced by its result.
    Cycles, nesting deeper than 32 levels, values beyond the first 65536,
    iterators and what fails to convert become a text that says so.
    Never raises.

    :param obj: any value.
    """
    return _Conversion().convert(obj, 0)


class _Conversion:
    """One conversion: what it is inside of, and how much more it may produce."""

    def __init__(self) -> None:
        self._open_ids: SetOf[int] = set()
        self._values_left = MAXIMUM_VALUES

    def convert(self, value: Any, depth: int) -> Any:
        self._values_left -= 1
        if isinstance(value, _SCALARS):
            return value
        if id(value) in self._open_ids:
            return _marker("circular", value)
        if depth >= MAXIMUM_DEPTH:
            return _marker("too deep", value)
        if self._values_left < 0:
            return _marker("too large", value)
        self._open_ids.add(id(value))
        try:
            return self._compound(value, depth + 1)
        except Exception:
            return _marker("unserializable", value)
        finally:
            self._open_ids.discard(id(value))

    def _compound(self, value: Any, depth: int) -> Any:
        if isinstance(value, type):
            return str(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return bytes(value).decode("utf-8", "backslashreplace")
        if isinstance(value, Mapping):
            return {key: self.convert(item, depth) for key, item in value.items() if self._has_room()}
        if hasattr(value, "_ast"):
            return self.convert(value._ast(), depth)
        if isinstance(value, _COLLECTIONS):
            return [self.convert(item, depth) for item in value if self._has_room()]
        if hasattr(type(value), "__members__"):
            # The attributes of an enum member are private; its value is what it means.
            return self.convert(value.value, depth)
        if hasattr(value, "__iter__"):
            return _marker("unserializable", value)
        if hasattr(value, "__dict__"):
            return {
                name: self.convert(item, depth)
                for name, item in vars(value).items()
                if not name.startswith("_") and not callable(item)
            }
        return value

    def _has_room(self) -> bool:
        return self._values_left > 0


def _marker(problem: str, value: Any) -> str:
    return "<%s %s>" % (problem, type(value).__name__)
