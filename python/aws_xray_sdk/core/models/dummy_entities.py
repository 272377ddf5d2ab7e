"""Entities that are not sampled: they keep the structure and take no data."""

from aws_xray_sdk._engine import DummySegment, DummySubsegment

__all__ = ["DummySegment", "DummySubsegment"]
