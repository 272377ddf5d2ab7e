"""Wildcard patterns of sampling rules and dynamic naming."""

from aws_xray_sdk._engine import wildcard_match

__all__ = ["wildcard_match"]
