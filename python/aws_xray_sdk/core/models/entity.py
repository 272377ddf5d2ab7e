"""What segments and subsegments have in common."""

from __future__ import annotations

import os
import sys

from aws_xray_sdk._engine import Entity

from ..exceptions.exceptions import AlreadyEndedException
from ..utils.compat import annotation_value_types
from ..utils.conversion import metadata_to_dict
from .throwable import Throwable, recorded_cause

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "ORIGIN_TRACE_HEADER_ATTR_KEY",
    "AlreadyEndedException",
    "Entity",
    "annotation_value_types",
    "metadata_to_dict",
    "record_exception",
    "stack_of",
]

ORIGIN_TRACE_HEADER_ATTR_KEY = "_origin_trace_header"

_PACKAGE_DIRECTORY = "aws_xray_sdk" + os.sep


def record_exception(entity: Any, exception: Any, stack: Any, remote: bool = False) -> None:
    """
    Add an exception to an entity's cause.

    An exception that another entity of the trace has recorded is referred to by
    its id; one that this entity has recorded is not repeated.
    """
    cause = entity.cause
    known = recorded_cause(exception, entity.trace_id) if exception is not None else None
    if known is not None:
        own = cause.get("exceptions", ()) if isinstance(cause, dict) else ()
        if not any(throwable.id == known for throwable in own):
            entity.cause = known
        return
    if not isinstance(cause, dict):
        cause = entity.cause = {}
    throwable = Throwable(exception, stack, remote, entity.trace_id)
    cause.setdefault("exceptions", []).append(throwable)
    cause["working_directory"] = _working_directory()


def stack_of(traceback: Any, limit: int | None) -> list[tuple[str, int, str]]:
    """
    Return the innermost frames that led to an exception, outermost first, as
    rows of path, line and function.

    Where the traceback begins in a function that was left already, such as a
    captured one, the frames that called it come first.

    :param limit: most rows returned.
    """
    if limit is not None and limit <= 0:
        return []
    raised = []
    while traceback is not None:
        if _PACKAGE_DIRECTORY not in traceback.tb_frame.f_code.co_filename:
            raised.append((traceback.tb_frame, traceback.tb_lineno))
        traceback = traceback.tb_next
    calling = _calling_frames(sys._getframe(1))
    if raised and any(frame is raised[0][0] for frame, _ in calling):
        calling = []
    frames = calling[::-1] + raised
    rows = [(frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in frames]
    return rows if limit is None else rows[-limit:]


def _calling_frames(frame: Any) -> list[tuple[Any, int]]:
    """The running frames of the application, innermost first."""
    frames = []
    while frame is not None:
        if _PACKAGE_DIRECTORY not in frame.f_code.co_filename:
            frames.append((frame, frame.f_lineno))
        frame = frame.f_back
    return frames


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # the directory is gone
        return ""
