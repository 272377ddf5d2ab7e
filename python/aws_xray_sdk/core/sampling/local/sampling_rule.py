"""One local rule."""

from aws_xray_sdk._engine import LocalReservoir as Reservoir
from aws_xray_sdk._engine import LocalSamplingRule as SamplingRule
from aws_xray_sdk._engine import wildcard_match

from ...exceptions.exceptions import InvalidSamplingManifestError

__all__ = ["InvalidSamplingManifestError", "Reservoir", "SamplingRule", "wildcard_match"]
