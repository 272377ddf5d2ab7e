"""Recording inside AWS Lambda, where the service makes the segment."""

from __future__ import annotations

import os

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk._engine import DummySegment, FacadeSegment, TraceHeader

from .context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LAMBDA_TRACE_HEADER_KEY = "_X_AMZN_TRACE_ID"
LAMBDA_TASK_ROOT_KEY = "LAMBDA_TASK_ROOT"
TOUCH_FILE_DIR = "/tmp/.aws-xray/"
TOUCH_FILE_PATH = "/tmp/.aws-xray/initialized"


def check_in_lambda() -> LambdaContext | None:
    """Return a context for AWS Lambda when running there, and tell Lambda that an SDK is loaded."""
    if not os.getenv(LAMBDA_TASK_ROOT_KEY):
        return None
    try:
        os.makedirs(TOUCH_FILE_DIR, exist_ok=True)
        with open(TOUCH_FILE_PATH, "w+", encoding="ascii"):
            pass
        os.utime(TOUCH_FILE_PATH, None)
    except OSError:
        _logger().warning("cannot write %s, which tells Lambda that the SDK is loaded", TOUCH_FILE_PATH)
    return LambdaContext()


class _Local:
    """The segment and the entities of a Lambda context, as attributes."""

    def __init__(self, context: LambdaContext) -> None:
        self._context = context

    @property
    def segment(self) -> Any:
        return self._context._segment_of(self._context._current())

    @property
    def entities(self) -> list[Any]:
        entity = self._context._current()
        return [] if entity is None or not _is_subsegment(entity) else [entity]


class LambdaContext(Context):
    """
    Keeps the subsegments of a Lambda invocation.

    The segment is made by Lambda and only stands here for its id. Whenever the
    environment names another trace, a new invocation has begun, and nothing of
    the last one stays.
    """

    def __init__(self) -> None:
        import weakref

        self._context_missing = "LOG_ERROR"
        self._local = _Local(self)
        # Subsegments that were made for another segment, such as the one before Lambda named the trace.
        self._adopted: Any = weakref.WeakKeyDictionary()

    def put_segment(self, segment: Any) -> None:
        """Do nothing: Lambda makes the segment."""
        _logger().warning("a segment cannot be created inside a Lambda function, it is left out")

    def end_segment(self, end_time: Any = None) -> None:
        """Do nothing: Lambda ends the segment."""
        _logger().warning("the segment of a Lambda function cannot be ended by the function")

    def put_subsegment(self, subsegment: Any) -> None:
        """Add a subsegment to this invocation and make it current."""
        current = self.get_trace_entity()
        if not _is_subsegment(current) and isinstance(current, DummySegment):
            if global_sdk_config.sdk_enabled() and not os.getenv(LAMBDA_TRACE_HEADER_KEY):
                _logger().warning("subsegment %s left out: the Lambda function is still initializing", subsegment.name)
            return
        current.add_subsegment(subsegment)
        segment = self._segment_of(current)
        if self._segment_of(subsegment) is not segment:
            self._adopted[subsegment] = segment
        super().set_trace_entity(subsegment)

    def get_trace_entity(self) -> Any:
        """Return the current subsegment, or the segment of this invocation."""
        header = TraceHeader.from_header_str(os.getenv(LAMBDA_TRACE_HEADER_KEY))
        current = self._current()
        segment = self._segment_of(current)
        if segment is not None and (not header.root or header.root == segment.trace_id):
            return current
        fresh = self._segment_for(header)
        super().set_trace_entity(fresh)
        return fresh

    def clear_trace_entities(self) -> None:
        """Make nothing current."""
        super().clear_trace_entities()

    def handle_context_missing(self) -> None:
        """Do nothing: there always is a segment."""

    @property  # type: ignore[override]
    def context_missing(self) -> None:
        """There is no strategy: there always is a segment."""
        return None

    @context_missing.setter
    def context_missing(self, value: Any) -> None:
        pass

    def _is_open(self) -> bool:
        return True

    def _current(self) -> Any:
        return self._peek()

    def _segment_of(self, entity: Any) -> Any:
        if not _is_subsegment(entity):
            return entity
        return self._adopted.get(entity) or entity.parent_segment

    @staticmethod
    def _segment_for(header: Any) -> Any:
        sampled = {0: False, 1: True}.get(header.sampled)
        if not global_sdk_config.sdk_enabled():
            sampled = False
        segment: Any
        if not header.root or not header.parent or header.sampled is None:
            segment = DummySegment()
        else:
            segment = FacadeSegment(name="facade", entityid=header.parent, traceid=header.root, sampled=sampled)
        segment.save_origin_trace_header(header)
        return segment


def _is_subsegment(entity: Any) -> bool:
    return getattr(entity, "type", None) == "subsegment"


def _logger() -> Any:
    import logging

    return logging.getLogger(__name__)
