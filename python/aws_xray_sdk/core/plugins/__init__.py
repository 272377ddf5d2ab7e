"""What kind of machine this is: one module for each kind, asked once at start."""

from .._submodules import on_demand

TYPE_CHECKING = False
if not TYPE_CHECKING:  # a type checker would take any name for a module
    __getattr__ = on_demand(
        __name__,
        "utils",
    )
