"""Segments: the requests and units of work of a service."""

from aws_xray_sdk._engine import Entity, Segment, SegmentContextManager

from ..exceptions.exceptions import SegmentNameMissingException
from .traceid import TraceId

__all__ = [
    "ORIGIN_TRACE_HEADER_ATTR_KEY",
    "Entity",
    "Segment",
    "SegmentContextManager",
    "SegmentNameMissingException",
    "TraceId",
]

ORIGIN_TRACE_HEADER_ATTR_KEY = "_origin_trace_header"
