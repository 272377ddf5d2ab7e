"""The recorder for asynchronous code."""

from __future__ import annotations

from .models.segment import Segment, SegmentContextManager
from .models.subsegment import Subsegment, SubsegmentContextManager
from .recorder import AWSXRayRecorder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from typing import Any, Callable, TypeVar

    _Function = TypeVar("_Function", bound=Callable[..., Any])


class AsyncSegmentContextManager(SegmentContextManager):
    """Opens a segment around a block of asynchronous code."""

    async def __aenter__(self) -> Segment:
        return self.__enter__()

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self.__exit__(exc_type, exc_val, exc_tb)


class AsyncSubsegmentContextManager(SubsegmentContextManager):
    """Opens a subsegment around a block of asynchronous code, or around each run of a function."""

    def __call__(self, function: _Function) -> _Function:
        code = getattr(function, "__code__", None)
        if getattr(function, "__aws_xray_captured__", False) or (code is not None and code.co_flags & 0x2A0):
            return super().__call__(function)
        from ._capture import wrap_awaitable

        return wrap_awaitable(self.recorder, self.name, function)  # type: ignore[return-value]

    async def __aenter__(self) -> Subsegment | None:
        return self.__enter__()

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        self.__exit__(exc_type, exc_val, exc_tb)


class AsyncAWSXRayRecorder(AWSXRayRecorder):
    """The recorder applications get: the synchronous one, and the same for ``async with`` and ``await``."""

    def capture_async(self, name: str | None = None) -> AsyncSubsegmentContextManager:
        """
        Open a subsegment around each run of a coroutine function or an
        asynchronous generator.

        :param name: the subsegment's name; the function's, if left out.
        """
        return self.in_subsegment_async(name=name)

    def in_segment_async(self, name: str | None = None, **segment_kwargs: Any) -> AsyncSegmentContextManager:
        """
        Open a segment around a block, with ``async with``.

        :param segment_kwargs: further arguments of :meth:`begin_segment`.
        """
        return AsyncSegmentContextManager(self, name=name, **segment_kwargs)

    def in_subsegment_async(self, name: str | None = None, **subsegment_kwargs: Any) -> AsyncSubsegmentContextManager:
        """
        Open a subsegment around a block, with ``async with``.

        :param subsegment_kwargs: further arguments of :meth:`begin_subsegment`.
        """
        return AsyncSubsegmentContextManager(self, name=name, **subsegment_kwargs)

    async def record_subsegment_async(
        self,
        wrapped: Callable[..., Awaitable[Any]],
        instance: Any,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        name: str,
        namespace: str,
        meta_processor: Callable[..., None] | None,
    ) -> Any:
        """Await a function inside a subsegment; see :meth:`record_subsegment`."""
        from ._capture import Recording

        recording = Recording(self, wrapped, instance, args, kwargs, name, namespace, meta_processor)
        with recording:
            recording.return_value = await wrapped(*args, **kwargs)
        return recording.return_value
