"""Small parts that code written for the AWS X-Ray SDK imports from here."""

from .._submodules import on_demand

TYPE_CHECKING = False
if not TYPE_CHECKING:  # a type checker would take any name for a module
    __getattr__ = on_demand(
        __name__,
        "atomic_counter",
        "compat",
        "conversion",
        "stacktrace",
    )
