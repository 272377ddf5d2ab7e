"""Segments of streaming responses, which last as long as the response's body.

The code that makes a body runs after the middleware returned, maybe in another thread or task. So the entity that was
current in that code is brought back for each part of the body and put away after it.
"""

from __future__ import annotations

import asyncio
from typing import Any, AsyncIterator, Iterator, Optional

__all__ = ["abort", "end_with_body"]


def abort(flow: Optional[Any], error: BaseException) -> None:
    """
    End the segment of a request that was left by an exception.

    :param flow: the request, ``None`` for one that is not traced.
    :param error: the exception; that a client went away is not held against the service.
    """
    if flow is None:
        return
    if not isinstance(error, (asyncio.CancelledError, GeneratorExit)):
        flow.fail(error)
    flow.end()


def end_with_body(flow: Any, response: Any) -> None:
    """
    End the segment of a request when the body of its response ends, fails or is closed.

    :param flow: the request; its segment is no longer the current one after this call.
    :param response: a streaming response.
    """
    body = _Body(flow)
    # A file is handed to the server as it is, which may send it without reading it in this process.
    if getattr(response, "file_to_stream", None) is None:
        parts = _AsyncParts if getattr(response, "is_async", False) else _Parts
        response.streaming_content = parts(body, response.streaming_content)
    close = response.close

    # A plain function: CPython 3.11 can crash when a generator that runs calls a native one, such as a partial, which
    # then closes that generator. Wrappers of bodies do close themselves in this way.
    def close_in_segment() -> None:
        try:
            with body:
                close()
        finally:
            flow.end()

    response.close = close_in_segment
    flow.detach()


class _Body:
    """The body of a response; as a context manager, the time in which code of it runs."""

    def __init__(self, flow: Any) -> None:
        self.end = flow.end
        self._flow = flow

    def fail(self, error: BaseException) -> None:
        """End the segment because of an exception."""
        if not isinstance(error, (asyncio.CancelledError, GeneratorExit)):
            # The status is sent already, and says that all is well.
            self._flow.fail(error)
        self._flow.end()

    def __enter__(self) -> None:
        self._flow.attach()

    def __exit__(self, *exception: Any) -> None:
        self._flow.detach()


class _Parts:
    def __init__(self, body: _Body, parts: Iterator[bytes]) -> None:
        self._body = body
        self._parts = parts

    def __iter__(self) -> _Parts:
        return self

    def __next__(self) -> bytes:
        with self._body:
            try:
                return next(self._parts)
            except StopIteration:
                self._body.end()
                raise
            except BaseException as error:
                self._body.fail(error)
                raise


class _AsyncParts:
    def __init__(self, body: _Body, parts: AsyncIterator[bytes]) -> None:
        self._body = body
        self._parts = parts

    def __aiter__(self) -> _AsyncParts:
        return self

    async def __anext__(self) -> bytes:
        with self._body:
            try:
                return await self._parts.__anext__()
            except StopAsyncIteration:
                self._body.end()
                raise
            except BaseException as error:
                self._body.fail(error)
                raise
