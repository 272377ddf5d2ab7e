"""Entities that are not sampled: they keep the structure and take no data."""

from aws_xray_sdk._engine import DummySegment, DummySubsegment, Segment, Subsegment

from .noop_traceid import NoOpTraceId
from .traceid import TraceId

__all__ = ["DummySegment", "DummySubsegment", "NoOpTraceId", "Segment", "Subsegment", "TraceId"]
