"""Client side of aiohttp: every request made is a subsegment.

Give a session the trace configuration::

    ClientSession(trace_configs=[aws_xray_trace_config()])

A subsegment lasts from the call to the last response of a chain of redirects, and belongs to the request
that began it, however many of them run on the session at once. Outside a segment nothing happens.

The names ``xray_recorder`` and ``begin_client_request`` are looked up at each call, so tests may replace them.
"""

from __future__ import annotations

import asyncio
import functools
import logging
from types import SimpleNamespace
from typing import Any, Awaitable

import aiohttp
from aiosignal import Signal
from multidict import istr
from yarl import URL

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import COMPLETED, begin_client_request
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.ext._failed_calls import add_exception

__all__ = ["LOCAL_EXCEPTIONS", "LOCAL_NAMESPACE", "REMOTE_NAMESPACE", "aws_xray_trace_config"]

log = logging.getLogger(__name__)

#: Namespace of a request that reached another service.
REMOTE_NAMESPACE = "remote"
#: Namespace of a request that failed before it reached one.
LOCAL_NAMESPACE = "local"
#: Failures that happen on this side: refused and lost connections, name resolution.
LOCAL_EXCEPTIONS = (aiohttp.ClientConnectionError, OSError)

TRACE_HEADER = istr("X-Amzn-Trace-Id")
UNKNOWN_HOST = "UNKNOWN HOST"


def aws_xray_trace_config(name: str | None = None) -> aiohttp.TraceConfig:
    """Make the trace configuration to give to a ``ClientSession``.

    Further receivers may be added to its signals. What the caller of a request passed as
    ``trace_request_ctx`` is found in their context under that name.

    :param name: name of the subsegments; the host name of each request by default
    """
    return _TraceConfig(name)


class _TraceConfig(aiohttp.TraceConfig):
    """A trace configuration whose signals cost nothing as long as nobody listens to them.

    aiohttp sends five or more for each request. Where it keeps them elsewhere than expected they are left as they are.
    """

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self._name = name
        for attribute, signal in tuple(vars(self).items()):
            if type(signal) is Signal:
                setattr(self, attribute, _TracingSignal(self))
        self.on_request_start.append(_begin)
        self.on_request_end.append(_end)
        self.on_request_exception.append(_end_with_exception)

    def trace_config_ctx(self, trace_request_ctx: object = None) -> SimpleNamespace:
        return SimpleNamespace(name=self._name, trace_request_ctx=trace_request_ctx, call=None)


class _TracingSignal(Signal):
    """A signal that makes no coroutine of its own when it has one receiver or none."""

    __slots__ = ()

    def send(self, *args: Any, **kwargs: Any) -> Any:
        receivers = len(self)
        if receivers == 1:
            return self[0](*args, **kwargs)
        return super().send(*args, **kwargs) if receivers else COMPLETED


def _begin(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestStartParams
) -> Awaitable[None]:
    try:
        url = params.url
        authority = url.raw_authority.rpartition("@")[2]
        name = context.name or _host(authority)
        call = begin_client_request(xray_recorder, name, params.method, _text(url, authority))
        if call is not None:
            context.call = call
            # The headers are aiohttp's own, made for this request out of the caller's.
            header = call.header()
            if header is not None:
                params.headers[TRACE_HEADER] = header
    except SegmentNotFoundException:
        raise
    except Exception as error:
        _report(type(error).__name__)
    return COMPLETED


@functools.lru_cache(maxsize=64)
def _report(kind: str) -> None:
    """Log the exception at hand, once for each kind: what fails for one request may fail for all."""
    log.warning("a call is not traced; further ones that fail with %s go unreported", kind, exc_info=True)


def _end(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestEndParams
) -> Awaitable[None]:
    call = context.call
    if call is not None:
        call.end(params.response.status)
    return COMPLETED


def _end_with_exception(
    session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams
) -> Awaitable[None]:
    call = context.call
    if call is not None:
        # Giving up a request says nothing about the service that was asked.
        if not isinstance(params.exception, asyncio.CancelledError):
            _record(call, params.exception)
        call.end()
    return COMPLETED


def _record(call: Any, error: BaseException) -> None:
    add_exception(call, error)
    if isinstance(error, LOCAL_EXCEPTIONS):
        call.subsegment.namespace = LOCAL_NAMESPACE


@functools.lru_cache(maxsize=256)
def _host(authority: str) -> str:
    """The host in ``host:port``."""
    return URL.build(scheme="http", authority=authority, encoded=True).raw_host or UNKNOWN_HOST


def _text(url: URL, authority: str) -> str:
    """A URL as people write it, without what may hold a secret: query, fragment, user and password."""
    text = f"{url.scheme}://{authority}{url.raw_path}"
    if "%" in text or "xn--" in text:
        return URL(text, encoded=True).human_repr()
    return text
