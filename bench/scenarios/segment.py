"""A segment with ten subsegments: recorded, encoded and sent."""

from typing import Any

from implementations.none import Implementation
from scenarios import protocol

SUBSEGMENTS = 10


def xray(recorder: Any) -> protocol.Operation:
    def run(count: int) -> None:
        begin, end = recorder.begin_subsegment, recorder.end_subsegment
        for _ in range(count):
            recorder.begin_segment("bench")
            for _ in range(SUBSEGMENTS):
                begin("query")
                end()
            recorder.end_segment()

    return run


def opentelemetry(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        start = tracer.start_as_current_span
        for _ in range(count):
            with start("bench"):
                for _ in range(SUBSEGMENTS):
                    with start("query"):
                        pass

    return run


def datadog(tracer: Any) -> protocol.Operation:
    def run(count: int) -> None:
        trace = tracer.trace
        for _ in range(count):
            with trace("bench"):
                for _ in range(SUBSEGMENTS):
                    trace("query").finish()

    return run


LOOPS = {"xray": xray, "opentelemetry": opentelemetry, "datadog": datadog}


def prepare(implementation: Implementation) -> protocol.Operation:
    assert implementation.interface is not None, "a segment has no baseline"
    return LOOPS[implementation.interface](implementation.tracer())


if __name__ == "__main__":
    protocol.send(prepare)
