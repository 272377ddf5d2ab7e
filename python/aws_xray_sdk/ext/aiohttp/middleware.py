"""Server side of aiohttp: every request handled is a segment.

Add it as the outermost middleware; nothing else has to be set up::

    app = web.Application(middlewares=[middleware])

The names ``xray_recorder`` and ``begin_raw_request`` are looked up at each call, so tests may replace them.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import Any, Awaitable, Callable

from aiohttp import hdrs, web
from multidict import istr

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_raw_request
from aws_xray_sdk.ext.aiohttp.long_requests import watch

__all__ = ["middleware"]

log = logging.getLogger(__name__)

TRACE_HEADER = istr("X-Amzn-Trace-Id")

# Past the check of the request, which warns about foreign attributes in development mode. Its __dict__ is
# no way around either: CPython makes one only when asked for, and the request is slower to use from then on.
_set_attribute = object.__setattr__

# What a handler is left with that nobody waits for any more.
_ABANDONED = (asyncio.CancelledError, GeneratorExit)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def middleware(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Record the request as a segment and tell the caller its trace id in the response.

    An HTTP exception counts with its status, any other exception is a fault. A client that goes away
    and a cancelled handler are no fault. Mounted twice (an application and its sub-application), the
    outer one records.

    :param request: the request to handle
    :param handler: the next middleware, or the request handler
    """
    is_traced = request._prepare_hook.__class__ is functools.partial
    flow = None if is_traced else _begin(request)
    if flow is None:
        return await handler(request)
    running = watch(flow)
    _set_attribute(request, "_prepare_hook", functools.partial(_prepare, request, flow, running))
    try:
        response = await handler(request)
    except web.HTTPException as response_raised:
        _end(flow, response_raised)
        raise
    except BaseException as error:
        _end_with_exception(flow, request, error)
        raise
    finally:
        running.discard(flow)
        del request._prepare_hook  # It refers to the request: no cycle may stay behind.
    _end(flow, response)
    return response


def _begin(request: web.Request) -> Any:
    """Begin the segment of a request; ``None`` when it is not to be traced."""
    try:
        # ``request.host`` may ask the name service when the request names none.
        authority = request.host if hdrs.HOST in request.headers else _local_host(request)
        return begin_raw_request(
            xray_recorder,
            request.raw_headers,
            request.method,
            request.scheme,
            authority,
            request.rel_url.raw_path,
            request.remote,
        )
    except Exception as error:
        _report(type(error).__name__)
        return None


@functools.lru_cache(maxsize=64)
def _report(kind: str) -> None:
    """Log the exception at hand, once for each kind: what fails for one request may fail for all."""
    log.warning("a request is not traced; further ones that fail with %s go unreported", kind, exc_info=True)


def _local_host(request: web.Request) -> str:
    """The address a request without Host came in on (``request.host`` may ask the name service)."""
    address = request.get_extra_info("sockname")
    if not isinstance(address, tuple):
        return "localhost"
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _end(flow: Any, response: web.StreamResponse) -> None:
    """End the segment with what the handler answered."""
    try:
        if not response.prepared:
            _add_header(flow, response)
        status = response.status
        length = response.headers.get(hdrs.CONTENT_LENGTH)
    except AttributeError:
        # Not a response: aiohttp makes an error of it. (An instance check costs more: responses are ABCs.)
        flow.end(status=500)
        return
    flow.end(status, int(length) if length and length.isdecimal() else None)


def _add_header(flow: Any, response: web.StreamResponse) -> None:
    header = flow.response_header()
    if header is not None:
        response.headers[TRACE_HEADER] = header


def _end_with_exception(flow: Any, request: web.Request, error: BaseException) -> None:
    """End the segment of a handler that failed."""
    if isinstance(error, _ABANDONED) or _client_is_gone(request, error):
        flow.end(status=None)
        return
    flow.fail(error)
    flow.end(status=504 if isinstance(error, asyncio.TimeoutError) else 500)


def _client_is_gone(request: web.Request, error: BaseException) -> bool:
    """Whether the handler failed because its client had closed the connection.

    A handler's own lost connection, say to a database, is a fault: the client still waits.
    """
    if not isinstance(error, ConnectionError):
        return False
    transport = request.transport
    return transport is None or transport.is_closing()


async def _prepare(request: web.Request, flow: Any, running: set[Any], response: web.StreamResponse) -> None:
    """Send the trace id with a response that the handler itself starts: a stream or a websocket.

    This stands in for the request's own hook, which then runs the application's signals. There is no
    public way to see a response before its headers leave, short of a signal added before start-up.
    """
    _add_header(flow, response)
    if isinstance(response, web.WebSocketResponse):
        # It may stay open for hours, and should be visible from now on; nothing is left to announce later.
        running.discard(flow)
        flow.send_in_progress()
    await type(request)._prepare_hook(request, response)
