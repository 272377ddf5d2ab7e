"""The request flow that framework modules adapt to."""

from aws_xray_sdk._engine import (
    COMPLETED,
    Database,
    begin_client_request,
    begin_query,
    begin_quietly,
    begin_raw_request,
    begin_request,
    begin_wsgi_request,
    end_query,
)

__all__ = [
    "COMPLETED",
    "Database",
    "begin_client_request",
    "begin_query",
    "begin_quietly",
    "begin_raw_request",
    "begin_request",
    "begin_wsgi_request",
    "end_query",
]
