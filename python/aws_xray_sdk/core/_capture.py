"""Functions of every kind with a subsegment around each run."""

from __future__ import annotations

import functools
import time
from types import MethodType

from .utils import stacktrace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

_GENERATOR = 0x20
_COROUTINE = 0x80


class Recording:
    """
    A subsegment around one call of a patched function.

    Whatever goes wrong inside the recorder stays here: the call itself is never
    affected.
    """

    def __init__(
        self,
        recorder: Any,
        wrapped: Callable[..., Any],
        instance: Any,
        args: Any,
        kwargs: Any,
        name: Any,
        namespace: Any,
        meta_processor: Any,
    ) -> None:
        self._recorder = recorder
        self._call = {"wrapped": wrapped, "instance": instance, "args": args, "kwargs": kwargs}
        self._meta_processor = meta_processor
        self._name = name
        self._namespace = namespace
        self.return_value: Any = None

    def __enter__(self) -> Recording:
        self._subsegment = self._recorder.begin_subsegment(self._name, self._namespace)
        return self

    def __exit__(self, kind: Any, exception: Any, traceback: Any) -> None:
        if self._subsegment is None:
            return
        end_time = time.time()
        if not isinstance(exception, Exception):
            exception = None
        try:
            self._describe(exception)
        except Exception:
            _log_failure("describing the subsegment %s" % self._name)
        end = getattr(self._recorder, "_end_own_subsegment", None)
        if end is not None:
            end(self._subsegment, end_time)
        else:
            self._recorder.end_subsegment(end_time)

    def _describe(self, exception: Exception | None) -> None:
        stack = None
        if exception is not None:
            stack = stacktrace.get_stacktrace(limit=self._recorder.max_trace_back)
        if callable(self._meta_processor):
            self._meta_processor(
                return_value=self.return_value,
                exception=exception,
                subsegment=self._subsegment,
                stack=stack,
                **self._call,
            )
        elif exception is not None:
            self._subsegment.add_exception(exception, stack)


def wrap(recorder: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return a function of the same kind and signature that records each run.

    :param function: a generator, coroutine or asynchronous generator function.
    """
    flags = function.__code__.co_flags
    if flags & _COROUTINE:
        wrapper = _coroutine(recorder, name, function)
    elif flags & _GENERATOR:
        wrapper = _generator(recorder, name, function)
    else:
        wrapper = _async_generator(recorder, name, function)
    functools.update_wrapper(wrapper, function)
    wrapper.__aws_xray_captured__ = True  # type: ignore[attr-defined]
    return wrapper


def wrap_awaitable(recorder: Any, name: str | None, function: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return a coroutine function that records awaiting what ``function`` returns;
    plain functions are called as they are.
    """
    own_name = name or function.__name__

    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        own = _own_recording(recorder)
        if own is not None:
            return await own(*_bound(wrapper, args), kwargs, name=own_name, namespace="local", meta_processor=None)
        with _Run(recorder, own_name):
            result = function(*args, **kwargs)
            return await result if hasattr(result, "__await__") else result

    functools.update_wrapper(wrapper, function)
    wrapper.__aws_xray_captured__ = True  # type: ignore[attr-defined]
    return wrapper


def _coroutine(recorder: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        own = _own_recording(recorder)
        if own is not None:
            return await own(*_bound(wrapper, args), kwargs, name=name, namespace="local", meta_processor=None)
        with _Run(recorder, name):
            return await function(*args, **kwargs)

    return wrapper


def _own_recording(recorder: Any) -> Callable[..., Any] | None:
    """How a subclass, or a mock, encloses what is awaited; ``None`` where that is done our way."""
    method = getattr(recorder, "record_subsegment_async", None)
    if method is None or getattr(method, "__module__", "") == "aws_xray_sdk.core.async_recorder":
        return None
    own: Callable[..., Any] = method
    return own


def _bound(wrapper: Any, args: tuple[Any, ...]) -> tuple[Callable[..., Any], Any, tuple[Any, ...]]:
    """Return what ``wrapper`` wraps, the object that it is a method of or ``None``, and the arguments left."""
    function = wrapper.__wrapped__
    # A list, which no other thread changes meanwhile; and no comparison, which attributes of a class may refuse.
    if args and any(value is wrapper for base in type(args[0]).__mro__ for value in list(vars(base).values())):
        return MethodType(function, args[0]), args[0], args[1:]
    return function, None, args


class _Run:
    """A subsegment around one run of a function; a run that is cancelled or closed did not fail."""

    __slots__ = ("_manager",)

    def __init__(self, recorder: Any, name: str) -> None:
        self._manager = recorder.in_subsegment(name)

    def __enter__(self) -> None:
        self._manager.__enter__()

    def __exit__(self, kind: Any, exception: Any, traceback: Any) -> None:
        if isinstance(exception, Exception):
            self._manager.__exit__(kind, exception, traceback)
        else:
            self._manager.__exit__(None, None, None)


class _Place:
    """
    A subsegment around a generator, and where the generator stands in it.
    Between its steps and after the last the consumer's own entity is current,
    so that what the consumer records is not nested inside.
    """

    def __init__(self, recorder: Any, name: str) -> None:
        self._recorder = recorder
        self._run = _Run(recorder, name)
        self._inside: Any = None
        self._outside: Any = None

    def __enter__(self) -> _Place:
        self._outside = self._recorder._peek()
        self._run.__enter__()
        return self

    def __exit__(self, kind: Any, exception: Any, traceback: Any) -> None:
        self._run.__exit__(kind, exception, traceback)
        self._make_current(self._outside)

    def leave(self) -> None:
        self._inside = self._recorder._peek()
        self._make_current(self._outside)

    def enter(self) -> None:
        self._outside = self._recorder._peek()
        self._make_current(self._inside)

    def _make_current(self, entity: Any) -> None:
        if entity is None:
            self._recorder.clear_trace_entities()
        else:
            self._recorder.set_trace_entity(entity)


def _generator(recorder: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        with _Place(recorder, name) as place:
            step, argument = generator.send, None
            while True:
                try:
                    item = step(argument)
                except StopIteration as stop:
                    return stop.value
                place.leave()
                try:
                    step, argument = generator.send, (yield item)
                except GeneratorExit:
                    place.enter()
                    generator.close()
                    return None
                except BaseException as error:
                    step, argument = generator.throw, error
                place.enter()

    return wrapper


def _async_generator(recorder: Any, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        generator = function(*args, **kwargs)
        with _Place(recorder, name) as place:
            step, argument = generator.asend, None
            while True:
                try:
                    item = await step(argument)
                except StopAsyncIteration:
                    return
                place.leave()
                try:
                    step, argument = generator.asend, (yield item)
                except GeneratorExit:
                    place.enter()
                    await generator.aclose()
                    return
                except BaseException as error:
                    step, argument = generator.athrow, error
                place.enter()

    return wrapper


def _log_failure(doing: str) -> None:
    import logging

    logging.getLogger(__name__).exception("%s failed; the application is not affected", doing)
