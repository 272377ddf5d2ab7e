"""OpenTelemetry's own exporters send spans; the aws CLI's library finds segments."""

import json

import grpc
import pytest
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, Status, StatusCode

from conftest import window


def over_http(agent, compression=None):
    """An exporter of protobuf over HTTP."""
    return HttpExporter(endpoint=f"http://127.0.0.1:{agent.ports['otlp_http']}/v1/traces", compression=compression)


def over_grpc(agent, compression=None):
    """An exporter over gRPC."""
    return GrpcExporter(endpoint=f"127.0.0.1:{agent.ports['otlp_grpc']}", insecure=True, compression=compression)


EXPORTERS = {
    "http": over_http,
    "http-gzip": lambda agent: over_http(agent, Compression.Gzip),
    "grpc": over_grpc,
    "grpc-gzip": lambda agent: over_grpc(agent, grpc.Compression.Gzip),
}


class Checked(SpanExporter):
    """Passes spans on, and remembers how that went."""

    def __init__(self, exporter):
        self.exporter = exporter
        self.results = []

    def export(self, spans):
        """Pass them on."""
        result = self.exporter.export(spans)
        self.results.append(result.name)
        return result

    def shutdown(self):
        """End what is behind."""
        self.exporter.shutdown()


def send(exporter):
    """A request to a shop that asks a database and another service and then fails; returns its trace's id."""
    checked = Checked(exporter)
    provider = TracerProvider(resource=Resource({"service.name": "shop", "service.version": "1.2"}))
    provider.add_span_processor(SimpleSpanProcessor(checked))
    tracer = provider.get_tracer("tests")
    request = {"http.request.method": "GET", "url.scheme": "http", "server.address": "shop.example"}
    request |= {"url.path": "/buy", "http.response.status_code": 500, "tier": "gold"}
    with pytest.raises(ValueError), tracer.start_as_current_span("GET /buy", kind=SpanKind.SERVER, attributes=request):
        query = {"db.system": "sqlite", "db.name": "items", "db.statement": "SELECT ?"}
        with tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT, attributes=query):
            pass
        call = {"http.method": "GET", "http.url": "http://prices.example/tea", "http.status_code": 404}
        with tracer.start_as_current_span("GET", kind=SpanKind.CLIENT, attributes=call) as span:
            span.set_status(Status(StatusCode.ERROR))
        with tracer.start_as_current_span("decide") as span:
            trace = f"{span.get_span_context().trace_id:032x}"
            raise ValueError("too dear")
    provider.shutdown()
    assert checked.results == ["SUCCESS"] * 4
    return f"1-{trace[:8]}-{trace[8:]}"


@pytest.mark.parametrize("kind", EXPORTERS)
def test_spans_are_found_as_segments_as_soon_as_they_are_acknowledged(agent, xray, kind):
    trace = send(EXPORTERS[kind](agent))
    (found,) = xray.batch_get_traces(TraceIds=[trace])["Traces"]
    entities = {}
    for segment in found["Segments"]:
        document = json.loads(segment["Document"])
        if not document.get("inferred"):
            collect(document, entities)
    shop, database, prices, decide = (entities[name] for name in ("shop", "items", "prices.example", "decide"))
    assert shop["http"] == {
        "request": {"method": "GET", "url": "http://shop.example/buy"},
        "response": {"status": 500},
    }
    assert (shop["fault"], shop["annotations"]["tier"], shop["service"]) == (True, "gold", {"version": "1.2"})
    assert (database["namespace"], database["sql"]["sanitized_query"]) == ("remote", "SELECT ?")
    assert (prices["error"], prices.get("fault"), prices["http"]["response"]) == (True, None, {"status": 404})
    (exception,) = decide["cause"]["exceptions"]
    assert (exception["type"], exception["message"]) == ("ValueError", "too dear")
    assert [frame["label"] for frame in exception["stack"] if frame["path"] == __file__] == ["send"]


def collect(entity, entities):
    """Note an entity and what is nested in it by name."""
    entities[entity["name"]] = entity
    for subsegment in entity.get("subsegments", ()):
        collect(subsegment, entities)


def test_spans_are_searched_and_drawn_like_segments(agent, xray):
    trace = send(over_http(agent))
    expression = 'service("shop") { fault } AND annotation.tier = "gold"'
    summaries = xray.get_trace_summaries(**window(), TimeRangeType="Event", FilterExpression=expression)
    (summary,) = summaries["TraceSummaries"]
    assert (summary["Id"], summary["HasFault"], summary["Http"]["HttpStatus"]) == (trace, True, 500)
    services = xray.get_trace_graph(TraceIds=[trace])["Services"]
    assert {"shop", "items", "prices.example"} <= {service["Name"] for service in services}
