"""One local rule."""

from aws_xray_sdk._engine import LocalSamplingRule as SamplingRule

__all__ = ["SamplingRule"]
