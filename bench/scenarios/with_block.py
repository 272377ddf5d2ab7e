"""A ``with`` block that is a subsegment."""

from typing import Any

from scenarios import protocol


def xray(recorder: Any) -> protocol.Operation:
    def run(count: int) -> None:
        in_subsegment = recorder.in_subsegment
        for _ in range(count):
            with in_subsegment("query"):
                pass

    return run


def opentelemetry(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        start = tracer.start_as_current_span
        for _ in range(count):
            with start("query"):
                pass

    return run


def datadog(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        trace = tracer.trace
        for _ in range(count):
            with trace("query"):
                pass

    return run


if __name__ == "__main__":
    protocol.record({"xray": xray, "opentelemetry": opentelemetry, "datadog": datadog})
