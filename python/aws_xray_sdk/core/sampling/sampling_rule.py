"""One centralized rule."""

from aws_xray_sdk._engine import SamplingRule

__all__ = ["SamplingRule"]
