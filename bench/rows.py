"""The rows of the benchmark, with the budget that each is held against."""

from dataclasses import dataclass
from typing import Tuple

import implementations

MICROSECOND = 1_000.0
MILLISECOND = 1_000_000.0
KILOBYTE = 1_000.0
MEGABYTE = 1_000_000.0


@dataclass(frozen=True)
class Row:
    """One line of the table: a measure of a scenario, in units that people read."""

    key: str
    title: str
    scenario: str
    measure: str
    unit: str
    scale: float
    budget: float
    #: Requests are measured with tracing, and with each of the baselines.
    is_added_to_baseline: bool = False

    @property
    def implementations(self) -> Tuple[str, ...]:
        """Who takes part in it."""
        return (implementations.BASELINES if self.is_added_to_baseline else ()) + implementations.TRACERS


ROWS = (
    Row("begin_end", "begin + end subsegment", "begin_end", "cpu", "µs", MICROSECOND, 0.32),
    Row("with_block", "`with in_subsegment(…)`", "with_block", "cpu", "µs", MICROSECOND, 0.42),
    Row("captured_call", "call of a captured function", "captured_call", "cpu", "µs", MICROSECOND, 0.45),
    Row("put_annotation", "put_annotation", "put_annotation", "cpu", "µs", MICROSECOND, 0.09),
    Row("segment", "segment with 10 subsegments, encoded and sent", "segment", "cpu", "µs", MICROSECOND, 8),
    Row("open_segment", "memory per open segment", "memory", "open_segment", "KB", KILOBYTE, 0.5),
    Row("closed_subsegment", "memory per closed subsegment in it", "memory", "closed_subsegment", "KB", KILOBYTE, 0.15),
    Row(
        "django",
        "added to a Django request (3 queries, 1 template)",
        "django_request",
        "cpu",
        "µs",
        MICROSECOND,
        18,
        is_added_to_baseline=True,
    ),
    Row(
        "flask",
        "added to a Flask request (1 template)",
        "flask_request",
        "cpu",
        "µs",
        MICROSECOND,
        13,
        is_added_to_baseline=True,
    ),
    Row(
        "aiohttp",
        "added to an aiohttp hop (server, client, server)",
        "aiohttp_hop",
        "cpu",
        "µs",
        MICROSECOND,
        36,
        is_added_to_baseline=True,
    ),
    Row("import_time", "import: time", "import_cost", "cpu", "ms", MILLISECOND, 15),
    Row("import_memory", "import: memory", "import_cost", "memory", "MB", MEGABYTE, 4),
)
