"""The trace header of requests and responses."""

from aws_xray_sdk._engine import TraceHeader

__all__ = ["HEADER_DELIMITER", "PARENT", "ROOT", "SAMPLE", "SELF", "TraceHeader"]

ROOT = "Root"
PARENT = "Parent"
SAMPLE = "Sampled"
SELF = "Self"
HEADER_DELIMITER = ";"
