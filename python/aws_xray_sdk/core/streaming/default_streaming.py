"""When subsegments leave before their segment."""

from aws_xray_sdk._engine import DefaultStreaming

__all__ = ["DefaultStreaming"]
