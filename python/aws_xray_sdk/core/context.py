"""Where the current segment or subsegment is kept."""

from __future__ import annotations

import os

from aws_xray_sdk import _engine
from aws_xray_sdk import global_sdk_config as global_sdk_config
from aws_xray_sdk._engine import DummySegment as DummySegment

from ._made_once import made_once
from ._noticing import NoticesMethods
from .exceptions.exceptions import SegmentNotFoundException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MISSING_SEGMENT_MSG = "cannot find the current segment/subsegment, please make sure you have a segment open"
SUPPORTED_CONTEXT_MISSING = ("RUNTIME_ERROR", "LOG_ERROR", "LOG_WARNING", "IGNORE_ERROR")
CXT_MISSING_STRATEGY_KEY = "AWS_XRAY_CONTEXT_MISSING"

_DEFAULT_STRATEGY = "LOG_ERROR"


class _Local:
    """What a context keeps, under the names of a thread's own storage."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def entities(self) -> list[Any]:
        """The segment and the open subsegments, the current one last; can be set."""
        return self._context._open_entities()

    @entities.setter
    def entities(self, entities: list[Any]) -> None:
        if entities:
            self._context.set_trace_entity(entities[-1])
        else:
            self._context.clear_trace_entities()


class Context(NoticesMethods, _engine.Context):
    """
    Keeps what is current, for each thread and each asynchronous task.

    The current entity is the value of a context variable. Tasks see what was
    current when they were made, and what they open themselves disturbs nobody.

    Subclasses may override any method; the recorder then calls them.

    :param context_missing: what happens when there is no current entity:
        ``RUNTIME_ERROR`` raises :class:`SegmentNotFoundException`,
        ``LOG_ERROR`` and ``LOG_WARNING`` log once per place and minute,
        ``IGNORE_ERROR`` does nothing. ``AWS_XRAY_CONTEXT_MISSING`` wins.
    """

    # For subclasses that do not call __init__.
    _context_missing = _DEFAULT_STRATEGY

    def __init__(self, context_missing: str = _DEFAULT_STRATEGY) -> None:
        from_environment = os.getenv(CXT_MISSING_STRATEGY_KEY)
        if from_environment is not None:
            self._choose(from_environment, "the environment variable " + CXT_MISSING_STRATEGY_KEY)
        else:
            self._choose(context_missing, "the argument context_missing")

    #: For tools that look behind the methods.
    _local: Any = made_once(_Local)

    def handle_context_missing(self) -> Any:
        """Do what the strategy says; called whenever there is no current entity."""
        strategy = self.context_missing
        if strategy == "RUNTIME_ERROR":
            raise SegmentNotFoundException(MISSING_SEGMENT_MSG)
        if strategy == "LOG_ERROR":
            _report("error")
        elif strategy == "LOG_WARNING":
            _report("warning")
        return None

    @property
    def context_missing(self) -> str:
        """The strategy in force; setting an unknown one warns and changes nothing."""
        return self._context_missing

    @context_missing.setter
    def context_missing(self, value: str) -> None:
        self._choose(value, "configuration")

    def _choose(self, strategy: str, source: str) -> None:
        if strategy in SUPPORTED_CONTEXT_MISSING:
            self._context_missing = strategy
            return
        _logger().warning(
            "context_missing %r, from %s, is not supported; %s stays in force. Allowed: %s",
            strategy,
            source,
            self._context_missing,
            ", ".join(SUPPORTED_CONTEXT_MISSING),
        )


def _logger() -> Any:
    # Loaded on demand: logging would be most of the time that importing the
    # core takes.
    import logging

    return logging.getLogger(__name__)


#: Seconds between two reports from one place in the application.
REPORT_INTERVAL = 60.0

_MOST_PLACES = 1000
_last_report: dict[tuple[str, int], float] = {}
_suppressed = 0


def suppressed_reports() -> int:
    """Return how many times a missing segment was counted instead of logged."""
    return _suppressed


def _report(level: str) -> None:
    global _suppressed
    import time

    now = time.monotonic()
    place = _calling_place()
    last = _last_report.get(place)
    if last is not None and now - last < REPORT_INTERVAL:
        _suppressed += 1
        return
    if len(_last_report) >= _MOST_PLACES:
        _last_report.clear()
    _last_report[place] = now
    getattr(_logger(), level)(MISSING_SEGMENT_MSG)


def _calling_place() -> tuple[str, int]:
    import sys

    frame: Any = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").startswith("aws_xray_sdk."):
        frame = frame.f_back
    if frame is None:
        return "", 0
    return frame.f_code.co_filename, frame.f_lineno
