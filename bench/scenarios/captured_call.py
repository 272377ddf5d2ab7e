"""A call of a decorated function."""

from typing import Any, Callable

from scenarios import protocol


def call(function: Callable[[], None]) -> protocol.Operation:
    def run(count: int) -> None:
        for _ in range(count):
            function()

    return run


def xray(recorder: Any) -> protocol.Operation:
    @recorder.capture("query")
    def function() -> None:
        """Nothing but the tracing costs."""

    return call(function)


def opentelemetry(tracer: Any) -> protocol.Operation:
    @tracer.start_as_current_span("query")
    def function() -> None:
        """Nothing but the tracing costs."""

    return call(function)


def datadog(tracer: Any) -> protocol.Operation:
    @tracer.wrap("query")
    def function() -> None:
        """Nothing but the tracing costs."""

    return call(function)


if __name__ == "__main__":
    protocol.record({"xray": xray, "opentelemetry": opentelemetry, "datadog": datadog})
