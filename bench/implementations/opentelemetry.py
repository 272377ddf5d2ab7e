"""OpenTelemetry: the SDK, its contributed instrumentation, and the OTLP exporter over HTTP."""

import os
from contextlib import contextmanager
from typing import Any, Iterator, List

from implementations import none

QUEUE_SIZE = 1 << 17


class Implementation(none.Implementation):
    """Always sampled; spans go out in batches of the default size from the SDK's own thread.

    The queue is longer than the default of 2048 so that a loop without pauses overflows nothing.
    """

    interface = "opentelemetry"
    sink = "otlp"

    def __init__(self) -> None:
        os.environ["OTEL_TRACES_SAMPLER"] = "always_on"
        from opentelemetry import trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider

        self._provider = TracerProvider(resource=Resource.create({"service.name": "bench"}))
        trace.set_tracer_provider(self._provider)
        self._tracer = self._provider.get_tracer("bench")

    def start(self, port: int) -> None:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        exporter = OTLPSpanExporter(endpoint=f"http://127.0.0.1:{port}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE_SIZE))

    def tracer(self) -> Any:
        return self._tracer

    @contextmanager
    def root(self) -> Iterator[Any]:
        with self._tracer.start_as_current_span("bench") as span:
            yield span

    def flush(self) -> None:
        if not self._provider.force_flush():
            raise RuntimeError("OpenTelemetry could not flush in time")

    def open_segment(self, closed_subsegments: int) -> Any:
        """Closed spans are kept beside their parent, as the batch queue keeps them."""
        from opentelemetry.trace import set_span_in_context

        spans = [self._tracer.start_span("bench")]
        context = set_span_in_context(spans[0])
        for _ in range(closed_subsegments):
            spans.append(self._tracer.start_span("query", context))
            spans[-1].end()
        return spans if closed_subsegments else spans[0]

    def instrument_django(self) -> None:
        """Django's own templates have no instrumentation there, so they are not traced."""
        from opentelemetry.instrumentation.django import DjangoInstrumentor
        from opentelemetry.instrumentation.sqlite3 import SQLite3Instrumentor

        SQLite3Instrumentor().instrument()
        DjangoInstrumentor().instrument()

    def instrument_flask(self) -> None:
        from opentelemetry.instrumentation.jinja2 import Jinja2Instrumentor

        Jinja2Instrumentor().instrument()

    def instrument_flask_application(self, application: Any) -> None:
        from opentelemetry.instrumentation.flask import FlaskInstrumentor

        FlaskInstrumentor().instrument_app(application)

    def instrument_aiohttp(self) -> None:
        from opentelemetry.instrumentation.aiohttp_server import AioHttpServerInstrumentor

        AioHttpServerInstrumentor().instrument()

    def aiohttp_trace_configs(self) -> List[Any]:
        from opentelemetry.instrumentation.aiohttp_client import create_trace_config

        return [create_trace_config()]
