"""Sampling: which requests are recorded."""

from .._submodules import on_demand

TYPE_CHECKING = False
if not TYPE_CHECKING:  # a type checker would take any name for a module
    __getattr__ = on_demand(
        __name__,
        "connector",
        "reservoir",
        "rule_cache",
        "rule_poller",
        "sampling_rule",
    )
