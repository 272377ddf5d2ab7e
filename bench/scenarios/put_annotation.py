"""Annotate a subsegment that one holds."""

from typing import Any

from scenarios import protocol

KEYS = ("customer", "basket", "region", "currency")


def xray(recorder: Any) -> protocol.Operation:
    def run(count: int) -> None:
        put = recorder.begin_subsegment("query").put_annotation
        for _ in range(count // len(KEYS)):
            for key in KEYS:
                put(key, "value")
        recorder.end_subsegment()

    return run


def opentelemetry(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        with tracer.start_as_current_span("query") as span:
            put = span.set_attribute
            for _ in range(count // len(KEYS)):
                for key in KEYS:
                    put(key, "value")

    return run


def datadog(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        with tracer.trace("query") as span:
            put = span.set_tag
            for _ in range(count // len(KEYS)):
                for key in KEYS:
                    put(key, "value")

    return run


if __name__ == "__main__":
    protocol.record({"xray": xray, "opentelemetry": opentelemetry, "datadog": datadog})
