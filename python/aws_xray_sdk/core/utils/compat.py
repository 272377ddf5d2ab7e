"""Which values annotations take, and what kind of method a function in a class is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

annotation_value_types = (int, float, bool, str)


def is_classmethod(func: Any) -> bool:
    """Tell whether ``func`` is bound already, as a class method is."""
    return getattr(func, "__self__", None) is not None


def is_instance_method(parent_class: type, func_name: str, func: Any) -> bool:
    """
    Tell whether a function found on a class expects an instance.

    :param parent_class: the class it was looked up on.
    :param func_name: its name there.
    :param func: what the lookup gave.
    """
    for owner in parent_class.__mro__:
        if func_name in owner.__dict__:
            is_static = isinstance(owner.__dict__[func_name], staticmethod)
            return not is_static and not is_classmethod(func)
    return True
