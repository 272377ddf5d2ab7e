"""Subsegments: the parts of a segment's work."""

from __future__ import annotations

from aws_xray_sdk._engine import CapturedFunction, Entity, Subsegment, SubsegmentContextManager

from ..exceptions.exceptions import SegmentNotFoundException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["Entity", "SegmentNotFoundException", "Subsegment", "SubsegmentContextManager", "is_already_recording"]


def is_already_recording(func: Any) -> bool:
    """Return whether a function records its calls already."""
    return type(func) is CapturedFunction or bool(getattr(func, "__aws_xray_captured__", False))
