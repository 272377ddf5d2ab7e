"""What segments and subsegments have in common."""

from __future__ import annotations

import os
from typing import Any

from aws_xray_sdk._engine import Entity

from .throwable import Throwable, recorded_cause

__all__ = ["ORIGIN_TRACE_HEADER_ATTR_KEY", "Entity", "record_exception", "stack_of"]

ORIGIN_TRACE_HEADER_ATTR_KEY = "_origin_trace_header"


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
    Return the innermost frames of a traceback as rows of path, line and function.

    :param limit: most rows returned.
    """
    rows = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        rows.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if limit is None:
        return rows
    return rows[-limit:] if limit > 0 else []


def _working_directory() -> str:
    try:
        return os.getcwd()
    except OSError:  # the directory is gone
        return ""
