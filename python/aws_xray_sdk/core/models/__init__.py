"""What is recorded: segments, subsegments and what describes them."""

from .._submodules import on_demand

TYPE_CHECKING = False
if not TYPE_CHECKING:  # a type checker would take any name for a module
    __getattr__ = on_demand(
        __name__,
        "dummy_entities",
        "entity",
        "facade_segment",
        "http",
        "noop_traceid",
        "throwable",
        "trace_header",
        "traceid",
    )
