"""Replacing a method by one that records it, and taking that back."""

from __future__ import annotations

import functools

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable


def wrap_method(owner: type, name: str, record: Callable[[Callable[..., Any]], Any]) -> None:
    """
    Replace a method, unless that was done before.

    :param owner: the class that defines it.
    :param name: its name.
    :param record: given the method, returns the function that takes its place.
    """
    original = owner.__dict__[name]
    if hasattr(original, "_xray_original"):
        return
    wrapper: Any = functools.update_wrapper(record(original), original)
    wrapper._xray_original = original
    setattr(owner, name, wrapper)


def unwrap_method(owner: type, name: str) -> None:
    """Put the method back that :func:`wrap_method` replaced; others are left alone."""
    original = getattr(owner.__dict__.get(name), "_xray_original", None)
    if original is not None:
        setattr(owner, name, original)
