"""Segments: the requests and units of work of a service."""

from aws_xray_sdk._engine import Segment, SegmentContextManager

__all__ = ["ORIGIN_TRACE_HEADER_ATTR_KEY", "Segment", "SegmentContextManager"]

ORIGIN_TRACE_HEADER_ATTR_KEY = "_origin_trace_header"
