"""The way to the sampling service."""

from aws_xray_sdk._engine import ServiceConnector

__all__ = ["ServiceConnector"]
