"""Work handed to another thread continues the trace of the thread that handed it over.

Covers ``ThreadPoolExecutor.submit``, with it ``loop.run_in_executor`` and ``asyncio.to_thread``, and
``Thread.start``. Only the current segment or subsegment is carried, none of the application's own context
variables, and it is taken off again when the work is done. Where no segment is open, nothing is carried.
Processes are not covered: another process has nothing of this one's segment.

Middlewares, ``AsyncContext`` and ``patch`` call :func:`install`; importing this module changes nothing.
``AWS_XRAY_THREAD_PROPAGATION=false`` in the environment keeps it off.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from typing import Any, Callable

from aws_xray_sdk._engine import capture_context

__all__ = ["PROPAGATION_KEY", "install", "is_installed", "uninstall"]

#: Environment variable that keeps :func:`install` from doing anything: ``false``, ``0``, ``no`` or ``off``.
#: Default: propagation is installed. It beats any call from code.
PROPAGATION_KEY = "AWS_XRAY_THREAD_PROPAGATION"

_OFF_WORDS = frozenset({"false", "0", "no", "off"})

_lock = threading.Lock()
# Read on every submit and start: a wrapper that another library has wrapped in turn cannot be taken
# off, so it must be able to stand by.
_active = False


def install() -> None:
    """Carry the current segment into executor work and threads from now on.

    Calling it again changes nothing.
    """
    global _active
    if _active or os.environ.get(PROPAGATION_KEY, "").strip().lower() in _OFF_WORDS:
        return
    with _lock:
        for method in _methods():
            method.wrap()
        _active = True


def uninstall() -> None:
    """Stop carrying; work that was handed over already keeps its segment."""
    global _active
    with _lock:
        _active = False
        for method in _methods():
            method.unwrap()


def is_installed() -> bool:
    """Whether work handed to threads carries the current segment."""
    return _active


class _Method:
    """A method of the standard library that can be wrapped and unwrapped.

    :param owner: the class that has the method
    :param name: the method's name
    :param make: takes the method and returns its wrapper, which names the method as ``__wrapped__``
    """

    def __init__(self, owner: type, name: str, make: Callable[[Any], Any]) -> None:
        self._owner = owner
        self._name = name
        self._make = make
        self._wrapper: Any = None

    def wrap(self) -> None:
        """Put the wrapper on, unless it is on already, be it under that of another library."""
        outermost = layer = getattr(self._owner, self._name)
        while layer is not None:
            if layer is self._wrapper:
                return
            layer = getattr(layer, "__wrapped__", None)
        self._wrapper = self._make(outermost)
        setattr(self._owner, self._name, self._wrapper)

    def unwrap(self) -> None:
        """Take the wrapper off, unless another library has put its own over it."""
        if self._wrapper is not None and getattr(self._owner, self._name) is self._wrapper:
            setattr(self._owner, self._name, self._wrapper.__wrapped__)
            self._wrapper = None


@functools.lru_cache(maxsize=None)
def _methods() -> tuple[_Method, ...]:
    # Loaded when propagation is first installed, so that importing the SDK stays cheap.
    from concurrent.futures import ThreadPoolExecutor

    return (
        _Method(ThreadPoolExecutor, "submit", _carrying_submit),
        _Method(threading.Thread, "start", _carrying_start),
    )


def _carrying_submit(submit: Callable[..., Any]) -> Callable[..., Any]:
    import concurrent.futures

    # An executor of interpreters is one of threads by inheritance, but cannot take over an entity.
    separate = getattr(concurrent.futures, "InterpreterPoolExecutor", ())

    @functools.wraps(submit)
    def carrying(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        context = capture_context() if _active and not isinstance(self, separate) else None
        if context is None:
            return submit(self, fn, *args, **kwargs)
        return submit(self, context.run, fn, *args, **kwargs)

    return carrying


def _carrying_start(start: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    @functools.wraps(start)
    def carrying(self: threading.Thread) -> None:
        context = capture_context() if _active and not _serves_a_pool(self) else None
        if context is None:
            return start(self)
        restore = _run_within(self, context)
        try:
            return start(self)
        except BaseException:
            restore()  # A thread that could not start keeps its own run method.
            raise

    return carrying


def _run_within(thread: threading.Thread, context: Any) -> Callable[[], None]:
    """Have ``thread.run`` run within ``context``, once; the returned function takes that back."""
    own = thread.__dict__.get("run")

    def restore() -> None:
        if own is None:
            thread.__dict__.pop("run", None)
        else:
            thread.__dict__["run"] = own

    def run() -> None:
        restore()
        context.run(thread.run)

    thread.__dict__["run"] = run
    return restore


# Where the work of pools runs: such a thread may be started by one request and work for all others.
_POOL_WORKERS = (("concurrent.futures.thread", "_worker"), ("multiprocessing.pool", "worker"))


def _serves_a_pool(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return target is not None and any(
        target is getattr(sys.modules.get(module), name, None) for module, name in _POOL_WORKERS
    )
