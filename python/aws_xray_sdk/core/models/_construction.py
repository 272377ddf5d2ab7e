"""
Entities that are not made by the recorder or by calling their class: instances
of a program's subclass with an ``__init__`` of its own, and copies.
"""

from __future__ import annotations

from aws_xray_sdk._engine import DummySegment, DummySubsegment, Entity, FacadeSegment, Segment, Subsegment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CLASSES = (FacadeSegment, DummySegment, DummySubsegment, Segment, Subsegment)
_IDENTITY = ("name", "id", "trace_id", "parent_id", "sampled", "namespace", "initializing")
#: Those of an instance of a subclass as well, whose ``__dict__`` is another.
_ATTRIBUTES: Any = vars(Entity)["__dict__"]
#: What an entity is called until its own ``__init__`` says so.
_BLANK_NAME = "unnamed"


def prepare(cls: Any) -> None:
    """
    Let a subclass take arguments of its own: they go to its ``__init__``, and
    what that passes on is what counts.
    """
    if "__init__" in cls.__dict__ and "__new__" not in cls.__dict__:
        cls.__new__ = _make


def initialize(entity: Any, arguments: Any, keywords: Any) -> None:
    """Make of an entity what its class would be with these arguments."""
    base = _built_in_class(type(entity))
    if type(entity).__init__ is base.__init__:
        return
    model = base(*arguments, **keywords)
    for name in _IDENTITY:
        if hasattr(model, name):
            setattr(entity, name, getattr(model, name))


def copy(entity: Any) -> Any:
    """Return an entity of the same class, outside of any tree, that shares the containers."""
    cls = type(entity)
    segment = None if isinstance(entity, Segment) else entity.parent_segment
    made = _blank(_built_in_class(cls), cls, segment)
    values = _ATTRIBUTES.__get__(entity, cls)
    # Otherwise an end time would be kept beside the state.
    made.in_progress = values.pop("in_progress")
    for name, value in values.items():
        setattr(made, name, value)
    return made


def _make(cls: Any, *arguments: Any, **keywords: Any) -> Any:
    found = (value for value in (*arguments, *keywords.values()) if isinstance(value, Entity))
    return _blank(_built_in_class(cls), cls, next(found, None))


def _blank(base: Any, cls: Any, segment: Any) -> Any:
    if issubclass(base, DummySubsegment):
        return base.__new__(cls, segment, _BLANK_NAME)
    if issubclass(base, Subsegment):
        return base.__new__(cls, _BLANK_NAME, "local", segment)
    if issubclass(base, FacadeSegment):
        return base.__new__(cls, _BLANK_NAME, None, None, None)
    return base.__new__(cls, _BLANK_NAME)


def _built_in_class(cls: Any) -> Any:
    return next(base for base in cls.__mro__ if base in _CLASSES)
