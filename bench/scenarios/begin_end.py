"""Begin a subsegment, end it: the pair that every integration is made of."""

from typing import Any

from scenarios import protocol


def xray(recorder: Any) -> protocol.Operation:
    def run(count: int) -> None:
        begin, end = recorder.begin_subsegment, recorder.end_subsegment
        for _ in range(count):
            begin("query")
            end()

    return run


def opentelemetry(tracer: Any) -> protocol.Operation:
    """Made current and left again, as a subsegment is."""
    from opentelemetry.context import attach, detach
    from opentelemetry.trace import set_span_in_context

    def run(count: int) -> None:
        start = tracer.start_span
        for _ in range(count):
            span = start("query")
            token = attach(set_span_in_context(span))
            detach(token)
            span.end()

    return run


def datadog(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        trace = tracer.trace
        for _ in range(count):
            trace("query").finish()

    return run


if __name__ == "__main__":
    protocol.record({"xray": xray, "opentelemetry": opentelemetry, "datadog": datadog})
