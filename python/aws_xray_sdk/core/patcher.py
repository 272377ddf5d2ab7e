"""Recording what libraries, and modules of the application, do."""

from __future__ import annotations

import importlib
import os
import sys

from aws_xray_sdk import global_sdk_config

from .utils.compat import is_classmethod, is_instance_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from types import ModuleType
    from typing import Any, Callable, Iterable, List, Optional, Set, Union

SUPPORTED_MODULES = (
    "aiobotocore",
    "botocore",
    "httplib",
    "httpx",
    "mysql",
    "pg8000",
    "psycopg",
    "psycopg2",
    "pymongo",
    "pymysql",
    "pynamodb",
    "requests",
    "sqlalchemy_core",
    "sqlite3",
)

# What the other supported libraries call underneath would be recorded twice.
NO_DOUBLE_PATCH = tuple(name for name in SUPPORTED_MODULES if name != "httplib")

# Names users give, and the libraries that have to be patched for them.
_PATCHED_THROUGH = {
    "boto3": ("botocore",),
    "aioboto3": ("aiobotocore",),
    "pynamodb": ("botocore", "pynamodb"),
}

_PATCHED_MODULES: Set[str] = set()

# A reload starts afresh: no module waits for its import any more.
if globals().get("_waiting") is not None:
    globals()["_waiting"].forget()
_waiting: Any = None


def patch_all(double_patch: bool = False) -> None:
    """
    Patch every supported library that is installed; what fails is skipped.

    :param double_patch: also patch ``httplib``, which several of the other
        libraries call: their calls then show twice. Default ``False``.
    """
    patch(SUPPORTED_MODULES if double_patch else NO_DOUBLE_PATCH, raise_errors=False)


def patch(
    modules_to_patch: Union[str, Iterable[str]],
    raise_errors: bool = True,
    ignore_module_patterns: Optional[Iterable[str]] = None,
) -> None:
    """
    Patch libraries, or modules of the application.

    A module of the application is named by its path from the working
    directory. Every function, method and static method defined in it, and in
    the modules below it, then becomes a subsegment; it is not imported for
    that, but patched when the application imports it.

    Nothing happens while the SDK is disabled, nor to what is patched already.

    :param modules_to_patch: names from ``SUPPORTED_MODULES``, ``boto3``,
        ``aioboto3``, or dotted names of modules of the application.
    :param raise_errors: whether a library that cannot be patched raises.
        Default ``True``. One that there is no patch for yet is only warned of.
    :param ignore_module_patterns: regular expressions; modules of the
        application whose name one of them matches are left alone.
    :raises Exception: a name is neither supported nor a module here.
    """
    names = (modules_to_patch,) if isinstance(modules_to_patch, str) else tuple(modules_to_patch)
    if not global_sdk_config.sdk_enabled():
        _log().debug("the SDK is disabled, not patching %s", ", ".join(names))
        return
    wanted = {library for name in names for library in _PATCHED_THROUGH.get(name, (name,))}
    libraries = wanted.intersection(SUPPORTED_MODULES)
    modules = {name for name in wanted - libraries if _is_valid_import(name)}
    unsupported = wanted - libraries - modules
    if unsupported:
        raise Exception("modules %s are currently not supported for patching" % ", ".join(sorted(unsupported)))
    for name in sorted(libraries):
        _patch_module(name, raise_errors)
    if modules:
        import re

        patterns = [re.compile(pattern) for pattern in ignore_module_patterns or ()]
        for name in sorted(modules):
            _external_module_patch(name, patterns)
    from . import propagation

    propagation.install()


def _log() -> Any:
    # Loaded on demand: logging would be most of the time that importing the
    # core takes.
    import logging

    return logging.getLogger(__name__)


def _is_valid_import(module: str) -> bool:
    path = module.replace(".", "/")
    candidates = (path, os.path.join(path, "__init__"))
    return any(os.path.isfile(candidate + suffix) for candidate in candidates for suffix in (".py", ".pyc"))


def _patch_module(module_to_patch: str, raise_errors: bool = True) -> None:
    try:
        _patch(module_to_patch)
    except Exception as error:
        if getattr(error, "name", None) == "aws_xray_sdk.ext." + module_to_patch:
            # An application that asks for it by name works as well without, but should know.
            tell = _log().warning if raise_errors else _log().debug
            tell("calls of %s are not traced: there is no patch for it yet", module_to_patch)
        elif raise_errors:
            raise
        else:
            _log().debug("failed to patch module %s: %r", module_to_patch, error)


def _patch(module_to_patch: str) -> None:
    if module_to_patch in _PATCHED_MODULES:
        _log().debug("%s is patched already", module_to_patch)
        return
    importlib.import_module("aws_xray_sdk.ext." + module_to_patch).patch()
    _mark_patched(module_to_patch)


def _mark_patched(name: str) -> None:
    _PATCHED_MODULES.add(name)
    _log().info("patched module %s", name)


def _external_module_patch(module: str, ignore_module_patterns: List[re.Pattern[str]]) -> None:
    import pkgutil

    if module.startswith("."):
        raise Exception("relative packages not supported for patching: %s" % module)
    _patch_unless_ignored(module, ignore_module_patterns)
    for found in pkgutil.iter_modules([module.replace(".", "/")]):
        name = "%s.%s" % (module, found.name)
        if found.ispkg:
            _external_module_patch(name, ignore_module_patterns)
        else:
            _patch_unless_ignored(name, ignore_module_patterns)


def _patch_unless_ignored(module: str, ignore_module_patterns: List[re.Pattern[str]]) -> None:
    if module in _PATCHED_MODULES:
        _log().debug("%s is patched already", module)
    elif any(pattern.match(module) for pattern in ignore_module_patterns):
        _log().debug("%s is to be ignored", module)
    else:
        _when_imported(module)
        _mark_patched(module)


def _when_imported(module: str) -> None:
    global _waiting
    if module in sys.modules:
        _on_import(sys.modules[module])
        return
    if _waiting is None:
        from ._import_hook import WaitingModules

        _waiting = WaitingModules(_on_import)
    _waiting.add(module)


def _on_import(module: ModuleType) -> None:
    import inspect

    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            _patch_func(module, name, function)
    seen: Set[type] = set()
    for _, cls in inspect.getmembers(module, inspect.isclass):
        if cls.__module__ == module.__name__:
            _patch_class(module, cls, seen)


def _patch_class(module: ModuleType, cls: type, seen: Set[type]) -> None:
    import inspect

    if cls in seen:
        return
    seen.add(cls)
    for name, member in inspect.getmembers(cls):
        if getattr(member, "__module__", None) != module.__name__:
            continue
        if inspect.isclass(member):
            _patch_class(module, member, seen)
        elif inspect.ismethod(member) and is_classmethod(member):
            _log().warning("class method %s.%s cannot be patched, decorate it by hand", cls.__name__, name)
        elif inspect.isfunction(member):
            is_static = not is_instance_method(cls, name, member)
            _patch_func(cls, name, member, staticmethod if is_static else None)


def _patch_func(
    parent: Any,
    func_name: str,
    func: Callable[..., Any],
    modifier: Optional[Callable[[Any], Any]] = None,
) -> None:
    if func_name not in parent.__dict__:
        # Inherited: it is patched where it is defined.
        return
    import inspect

    from aws_xray_sdk.core import xray_recorder

    is_special = func_name.startswith("__") and func_name.endswith("__")
    name = "%s.%s" % (parent.__name__, func_name) if is_special else func_name
    is_async = inspect.iscoroutinefunction(func) or inspect.isasyncgenfunction(func)
    capture = xray_recorder.capture_async if is_async else xray_recorder.capture
    captured = capture(name=name)(func)
    try:
        setattr(parent, func_name, modifier(captured) if modifier else captured)
    except (AttributeError, TypeError) as error:
        _log().warning("%s.%s cannot be patched: %s", parent.__name__, func_name, error)
