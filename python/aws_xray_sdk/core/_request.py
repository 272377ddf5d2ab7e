"""The request flow that framework modules adapt to."""

from aws_xray_sdk._engine import begin_client_request, begin_query, begin_quietly, begin_request, end_query

__all__ = ["begin_client_request", "begin_query", "begin_quietly", "begin_request", "end_query"]
