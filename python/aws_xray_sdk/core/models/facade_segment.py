"""The segment that AWS Lambda makes for an invocation."""

from aws_xray_sdk._engine import FacadeSegment, Segment
from aws_xray_sdk.core.exceptions.exceptions import FacadeSegmentMutationException

__all__ = ["FacadeSegment", "FacadeSegmentMutationException", "Segment"]
