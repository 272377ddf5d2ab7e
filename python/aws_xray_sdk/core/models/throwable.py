"""An exception as the ``cause`` section of a document describes it."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable, List, Optional, Sequence

_PACKAGE_DIRECTORY = "aws_xray_sdk/"


class Throwable:
    """
    One recorded exception: ``id``, ``type``, ``message``, ``remote`` and
    ``stack``.

    The exception itself is marked with ``_recorded`` and ``_cause_id``, so
    that outer entities refer to this record instead of repeating it.

    :param exception: the exception that was caught.
    :param stack: rows of path, line, function and source text, outermost
        first, as tuples, lists or what :mod:`traceback` extracts. Frames of
        this package are left out.
    :param remote: whether a called service failed, not this one.
    :param trace_id: the trace it is recorded in, see :func:`recorded_cause`.
    """

    def __init__(
        self,
        exception: BaseException,
        stack: Optional[Iterable[Any]],
        remote: bool = False,
        trace_id: Optional[str] = None,
    ) -> None:
        self.id = os.urandom(8).hex()
        message = _message_of(exception)
        if message is not None:
            self.message = message
        self.type = type(exception).__name__
        self.remote = remote
        self.stack = _rows_of(stack)
        _mark_recorded(exception, self.id, trace_id)

    def to_dict(self) -> Dict[str, Any]:
        """Return the fields that say something."""
        return {name: value for name, value in vars(self).items() if value or isinstance(value, bool)}


def recorded_cause(exception: BaseException, trace_id: Optional[str] = None) -> Optional[str]:
    """
    Return the id under which an exception was recorded before.

    :param exception: any exception.
    :param trace_id: the trace that would refer to it; an exception object that
        is raised again in another trace has to be recorded there anew.
    :returns: ``None`` when it was not recorded in that trace.
    """
    attributes = getattr(exception, "__dict__", None) or {}
    cause_id = attributes.get("_cause_id")
    if not isinstance(cause_id, str) or not attributes.get("_recorded"):
        return None
    recorded_in = attributes.get("_cause_trace_id")
    if trace_id is not None and recorded_in is not None and recorded_in != trace_id:
        return None
    return cause_id


def _mark_recorded(exception: BaseException, cause_id: str, trace_id: Optional[str]) -> None:
    marks = {"_recorded": True, "_cause_id": cause_id, "_cause_trace_id": trace_id}
    try:
        for name, value in marks.items():
            setattr(exception, name, value)
    except Exception:
        # A frozen exception: it is recorded again by each outer entity.
        pass


def _message_of(exception: BaseException) -> Optional[str]:
    try:
        return str(exception)
    except Exception:
        return None


def _rows_of(stack: Optional[Iterable[Any]]) -> Optional[List[Dict[str, Any]]]:
    if stack is None:
        return None
    try:
        rows = [_path_line_label(row) for row in stack]
        return [
            {
                "path": os.path.basename(path).replace('"', " ").strip(),
                "line": line,
                "label": label.strip(),
            }
            for path, line, label in rows
            if _PACKAGE_DIRECTORY not in path.replace(os.sep, "/")
        ]
    except Exception:
        import logging

        logging.getLogger(__name__).warning("a stack that is no list of (path, line, function, text) rows was left out")
        return None


def _path_line_label(row: Any) -> Sequence[Any]:
    # Indexing what the traceback module extracts would read the source file.
    if hasattr(row, "filename"):
        return row.filename, row.lineno, row.name
    path, line, label = row[:3]
    return path, line, label
