"""Write OTLP requests to files: ``make_spans.py DIRECTORY REQUESTS SPANS_PER_REQUEST``."""

import os
import sys
import time
from pathlib import Path

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SPANS_PER_TRACE = 5


def request(spans: int) -> ExportTraceServiceRequest:
    """Traces of a server span with a query, an internal span and two calls below it."""
    message = ExportTraceServiceRequest()
    resource_spans = message.resource_spans.add()
    add_text(resource_spans.resource, "service.name", "shop")
    add_text(resource_spans.resource, "telemetry.sdk.language", "python")
    scope = resource_spans.scope_spans.add()
    now = time.time_ns()
    for _ in range(spans // SPANS_PER_TRACE):
        trace_id = int(now / 1e9).to_bytes(4, "big") + os.urandom(12)
        root = add_span(scope, trace_id, b"", "GET /products", Span.SPAN_KIND_SERVER, now)
        add_text(root, "http.request.method", "GET")
        add_text(root, "url.full", "http://shop.example/products/teapot")
        root.attributes.add(key="http.response.status_code").value.int_value = 200
        query = add_span(scope, trace_id, root.span_id, "SELECT shop", Span.SPAN_KIND_CLIENT, now)
        add_text(query, "db.system", "postgresql")
        add_text(query, "db.statement", "SELECT id, name FROM shop WHERE sku = ?")
        add_span(scope, trace_id, root.span_id, "render", Span.SPAN_KIND_INTERNAL, now)
        for name in ("inventory", "pricing"):
            call = add_span(scope, trace_id, root.span_id, f"GET {name}", Span.SPAN_KIND_CLIENT, now)
            add_text(call, "http.request.method", "GET")
            add_text(call, "url.full", f"http://{name}.internal/teapot")
            add_text(call, "server.address", f"{name}.internal")
    return message


def add_span(scope, trace_id, parent, name, kind, now):
    """A span of 5 ms."""
    return scope.spans.add(
        trace_id=trace_id,
        span_id=os.urandom(8),
        parent_span_id=parent,
        name=name,
        kind=kind,
        start_time_unix_nano=now - 5_000_000,
        end_time_unix_nano=now,
    )


def add_text(owner, key, text):
    """An attribute with a text."""
    owner.attributes.add(key=key).value.string_value = text


def main():
    """Write the files."""
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True)
    for number in range(int(sys.argv[2])):
        (directory / f"{number:05}").write_bytes(request(int(sys.argv[3])).SerializeToString())


if __name__ == "__main__":
    main()
