"""Segments of streaming responses, which last as long as the response's body.

The code that makes the body runs after the middleware returned, often in another thread or task, so its segment is
brought back for each part of the body and put away after it.
"""
from __future__ import annotations

import asyncio
import functools
from typing import Any, AsyncIterator, Callable, Iterator, Optional

__all__ = ["abort", "end_with_body"]


def abort(flow: Optional[Any], error: BaseException) -> None:
    """
    End the segment of a request that was left by an exception.

    :param flow: the request, ``None`` for one that is not traced.
    :param error: the exception; a client that went away is not held against the service.
    """
    if flow is None:
        return
    if not isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        flow.add_exception(error)
    flow.end()


def end_with_body(flow: Any, response: Any, end: Callable[[], None]) -> None:
    """
    End the segment of a request when the body of its response ends, fails or is closed.

    :param flow: the request; its segment is no longer the current one after this call.
    :param response: a streaming response.
    :param end: ends the segment; it may be called more than once.
    """
    flow.detach()
    # A file is handed to the server as it is, which may send it without reading it in this process.
    if getattr(response, "file_to_stream", None) is None:
        steps = _AsyncSteps if getattr(response, "is_async", False) else _Steps
        response.streaming_content = steps(flow, response.streaming_content, end)
    response.close = functools.partial(_close, flow, response.close, end)


def _close(flow: Any, close: Callable[[], None], end: Callable[[], None]) -> None:
    flow.attach()
    try:
        close()
    finally:
        flow.detach()
        end()


def _fail(flow: Any, error: BaseException, end: Callable[[], None]) -> None:
    if not isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        flow.add_exception(error)
        # The status is sent already and may say that all is well.
        flow.segment.add_fault_flag()
    end()


class _Steps:
    """The parts of a body, each made with the segment as the current one."""

    def __init__(self, flow: Any, parts: Iterator[bytes], end: Callable[[], None]) -> None:
        self._flow = flow
        self._parts = parts
        self._end = end

    def __iter__(self) -> _Steps:
        return self

    def __next__(self) -> bytes:
        self._flow.attach()
        try:
            return next(self._parts)
        except StopIteration:
            self._end()
            raise
        except BaseException as error:
            _fail(self._flow, error, self._end)
            raise
        finally:
            self._flow.detach()


class _AsyncSteps:
    """The same for a body that is made asynchronously."""

    def __init__(self, flow: Any, parts: AsyncIterator[bytes], end: Callable[[], None]) -> None:
        self._flow = flow
        self._parts = parts
        self._end = end

    def __aiter__(self) -> _AsyncSteps:
        return self

    async def __anext__(self) -> bytes:
        self._flow.attach()
        try:
            return await self._parts.__anext__()
        except StopAsyncIteration:
            self._end()
            raise
        except BaseException as error:
            _fail(self._flow, error, self._end)
            raise
        finally:
            self._flow.detach()
