"""One centralized rule."""

from aws_xray_sdk._engine import Reservoir, SamplingRule, wildcard_match

__all__ = ["Reservoir", "SamplingRule", "wildcard_match"]
