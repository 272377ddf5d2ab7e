"""Memory of an open segment, and of each closed subsegment that it still holds: growth of the resident set."""

import gc
import os
import sys
from pathlib import Path
from typing import Any, List

import implementations
from implementations.none import Implementation
from scenarios import protocol

SEGMENTS = 5_000
SUBSEGMENTS = 10


def resident_bytes() -> int:
    """The resident set of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def bytes_per_segment(implementation: Implementation, subsegments: int, kept: List[Any]) -> float:
    """Open many segments twice; the first lot fills the holes that imports left in the heap.

    :param kept: holds all of them afterwards
    """
    before = 0
    for _ in range(2):
        segments: List[Any] = [0] * SEGMENTS
        kept.append(segments)
        gc.collect()
        before = resident_bytes()
        for index in range(SEGMENTS):
            segments[index] = implementation.open_segment(subsegments)
        gc.collect()
    return (resident_bytes() - before) / SEGMENTS


def main() -> None:
    """Measure once: more rounds are more processes."""
    options = protocol.parse_options()
    implementation = implementations.load(options.implementation)
    implementation.record_only()
    kept: List[Any] = []
    alone = bytes_per_segment(implementation, 0, kept)
    together = bytes_per_segment(implementation, SUBSEGMENTS, kept)
    protocol.report(options, {"open_segment": [alone], "closed_subsegment": [(together - alone) / SUBSEGMENTS]})
    sys.stdout.flush()
    os._exit(0)  # without the shutdown in which some tracers list what they still hold


if __name__ == "__main__":
    main()
