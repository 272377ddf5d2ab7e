"""Modules that are loaded when a program first reaches for them through their package."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Callable


def on_demand(package: str, *names: str) -> Callable[[str], ModuleType]:
    """
    Return the ``__getattr__`` of a package, so that importing the package loads
    none of these modules and yet ``package.module`` works.

    :param package: its full name.
    :param names: names of modules in it.
    """

    def load(name: str) -> ModuleType:
        if name not in names:
            raise AttributeError("module %r has no attribute %r" % (package, name))
        import importlib

        return importlib.import_module("%s.%s" % (package, name))

    return load
