"""The reservoir of a local rule."""

from aws_xray_sdk._engine import LocalReservoir as Reservoir

__all__ = ["Reservoir"]
