"""ddtrace: its tracer, its integrations, and its agent writer over HTTP."""

import os
from contextlib import contextmanager
from typing import Any, Iterator

from implementations import none

SETTINGS = {
    "DD_SERVICE": "bench",
    "DD_DJANGO_INSTRUMENT_DATABASES": "true",
    "DD_DJANGO_INSTRUMENT_TEMPLATES": "true",
    "DD_INSTRUMENTATION_TELEMETRY_ENABLED": "false",
    "DD_REMOTE_CONFIGURATION_ENABLED": "false",
}


class Implementation(none.Implementation):
    """Everything is kept; traces go out from the writer's own thread.

    Database and template spans are switched on, self-monitoring and remote configuration off.
    """

    interface = "datadog"
    sink = "datadog"

    def __init__(self) -> None:
        os.environ.update(SETTINGS)
        self._tracer: Any = None

    def start(self, port: int) -> None:
        os.environ["DD_TRACE_AGENT_URL"] = f"http://127.0.0.1:{port}"
        from ddtrace.trace import tracer

        self._tracer = tracer

    def record_only(self) -> None:
        os.environ["DD_TRACE_PARTIAL_FLUSH_ENABLED"] = "false"
        from ddtrace.trace import TraceFilter, tracer

        class Drop(TraceFilter):
            def process_trace(self, trace: Any) -> None:
                """Keep nothing."""

        tracer.configure(trace_processors=[Drop()])
        self._tracer = tracer

    def tracer(self) -> Any:
        return self._tracer

    @contextmanager
    def root(self) -> Iterator[Any]:
        with self._tracer.trace("bench") as span:
            yield span

    def flush(self) -> None:
        self._tracer.flush()

    def open_segment(self, closed_subsegments: int) -> Any:
        root = self._tracer.start_span("bench")
        for _ in range(closed_subsegments):
            self._tracer.start_span("query", child_of=root).finish()
        return root

    def instrument_django(self) -> None:
        from ddtrace import patch

        patch(django=True, sqlite3=True)

    def instrument_flask(self) -> None:
        from ddtrace import patch

        patch(flask=True, jinja2=True)

    def instrument_aiohttp(self) -> None:
        from ddtrace import patch

        patch(aiohttp=True)

    def instrument_aiohttp_application(self, application: Any) -> None:
        from ddtrace.contrib.aiohttp import trace_app

        trace_app(application, self._tracer)
