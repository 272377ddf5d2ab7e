"""The way to the sampling service."""

from aws_xray_sdk._engine import DummySegment, SamplingRule, ServiceConnector

from ..context import Context

__all__ = ["Context", "DummySegment", "SamplingRule", "ServiceConnector"]
