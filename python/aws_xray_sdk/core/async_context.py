"""The context for asynchronous applications."""

from __future__ import annotations

import weakref

from . import propagation
from ._made_once import made_once
from .context import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _event_loop(context: Any) -> Any:
    import asyncio

    return asyncio.get_event_loop()


class AsyncContext(Context):
    """
    A context for asyncio. It needs no event loop and can be made at import.

    :class:`~aws_xray_sdk.core.context.Context` follows tasks as well; what this
    adds is that work handed to executor threads carries the current entity
    along, see :mod:`aws_xray_sdk.core.propagation`.

    :param loop: accepted and not needed.
    :param use_task_factory: accepted and not needed; no task factory is
        installed.
    """

    def __init__(self, *args: Any, loop: Any = None, use_task_factory: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if loop is not None:
            self._loop = loop
        propagation.install()

    #: For subclasses that install a task factory of their own.
    _loop: Any = made_once(_event_loop)


class TaskLocalStorage:
    """
    Attributes of the running task: each task sees what it has set itself.

    Outside of tasks, setting does nothing and reading gives None.

    :param loop: accepted and not needed.
    """

    def __init__(self, loop: Any = None) -> None:
        object.__setattr__(self, "_loop", loop)
        object.__setattr__(self, "_attributes", weakref.WeakKeyDictionary())

    def __setattr__(self, name: str, value: Any) -> None:
        task = _current_task()
        if task is not None:
            self._attributes.setdefault(task, {})[name] = value

    def __getattr__(self, name: str) -> Any:
        task = _current_task()
        if task is None:
            return None
        try:
            return self._attributes[task][name]
        except KeyError:
            raise AttributeError("the task has no attribute %r" % name) from None

    def clear(self) -> None:
        """Forget the running task's attributes."""
        task = _current_task()
        if task is not None:
            self._attributes.pop(task, None)


def task_factory(loop: Any, coro: Any, **kwargs: Any) -> Any:
    """Make an ordinary task; kept for programs that install it themselves."""
    import asyncio

    return asyncio.Task(coro, loop=loop, **kwargs)


def _current_task() -> Any:
    import asyncio

    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
