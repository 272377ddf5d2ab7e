"""Doing something with a module right after it was imported for the first time."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable, Optional, Sequence, Set


class WaitingModules:
    """
    A finder, first on ``sys.meta_path``, for modules that are waited for.

    It finds nothing itself: it asks the finders behind it and has the module
    shown to ``on_import`` once the module's own code has run.

    :param on_import: called with the module; what it raises is logged, never
        turned into a failed import.
    """

    def __init__(self, on_import: Callable[[ModuleType], None]) -> None:
        self._on_import = on_import
        self._names: Set[str] = set()

    def add(self, name: str) -> None:
        """Wait for the first import of a module."""
        self._names.add(name)
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)

    def forget(self) -> None:
        """Wait no more."""
        self._names.clear()
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Find a module that is waited for with the other finders."""
        if name not in self._names:
            return None
        spec = self._find_elsewhere(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _ShowingLoader(spec.loader, self._imported)  # type: ignore[assignment]
        return spec

    def _imported(self, module: ModuleType) -> None:
        # Only now, not when it was found: looking for a module imports nothing.
        self._names.discard(module.__name__)
        try:
            self._on_import(module)
        except Exception:
            import logging

            logging.getLogger(__name__).exception("module %s was not patched", module.__name__)

    def _find_elsewhere(
        self, name: str, path: Optional[Sequence[str]], target: Optional[ModuleType]
    ) -> Optional[ModuleSpec]:
        for finder in sys.meta_path:
            find = getattr(finder, "find_spec", None)
            if finder is not self and find is not None:
                spec: Optional[ModuleSpec] = find(name, path, target)
                if spec is not None:
                    return spec
        return None


class _ShowingLoader:
    """Stands in for a module's loader while the module is executed."""

    def __init__(self, loader: Any, imported: Callable[[ModuleType], None]) -> None:
        self._loader = loader
        self._imported = imported

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        module: Optional[ModuleType] = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        # Back to the real loader first: the module's code may look at it.
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._imported(module)
