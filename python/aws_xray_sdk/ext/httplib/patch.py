"""
Patches ``http.client``, and with it what is built on it, such as
``urllib.request`` and ``urllib3``.

One subsegment lasts from the request line to the response's headers. The trace
header is added with the others when they are complete, so no dictionary of the
caller's is touched.
"""

from __future__ import annotations

import http.client
from http.client import HTTPConnection

from aws_xray_sdk.core import patcher, xray_recorder
from aws_xray_sdk.core._request import begin_client_request
from aws_xray_sdk.core.models.http import XRAY_HEADER

from .._failed_calls import add_exception
from .._wrapping import unwrap_method, wrap_method
from .ignored import add_ignored, is_ignored, reset_ignored

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

__all__ = ["add_ignored", "patch", "reset_ignored", "unpatch"]

# The call a connection is in the middle of.
_CALL = "_xray_call"
_HEADER_PREFIX = XRAY_HEADER.lower().encode() + b":"


def patch() -> None:
    """Record the requests of every connection; a further call changes nothing."""
    for name, record in _METHODS.items():
        wrap_method(HTTPConnection, name, record)


def unpatch() -> None:
    """Record no more."""
    patcher._PATCHED_MODULES.discard("httplib")
    for name in _METHODS:
        unwrap_method(HTTPConnection, name)


def _putrequest(original: Callable[..., Any]) -> Callable[..., Any]:
    def putrequest(self: HTTPConnection, method: str, url: str, *args: Any, **kwargs: Any) -> None:
        _begin(self, method, url)
        _failing_ends(self, original, method, url, *args, **kwargs)

    return putrequest


def _endheaders(original: Callable[..., Any]) -> Callable[..., Any]:
    def endheaders(self: HTTPConnection, *args: Any, **kwargs: Any) -> None:
        call = self.__dict__.get(_CALL)
        if call is not None and not _has_trace_header(self):
            header = call.header()
            if header is not None:
                self.putheader(XRAY_HEADER, header)
        _failing_ends(self, original, *args, **kwargs)

    return endheaders


def _getresponse(original: Callable[..., Any]) -> Callable[..., Any]:
    def getresponse(self: HTTPConnection, *args: Any, **kwargs: Any) -> Any:
        # Taken away first: a server that closes the connection has it closed
        # in here, which must not look like a request that was given up.
        call = self.__dict__.pop(_CALL, None)
        if call is None:
            return original(self, *args, **kwargs)
        try:
            response = original(self, *args, **kwargs)
        except BaseException as error:
            add_exception(call, error)
            call.end()
            raise
        call.end(response.status)
        return response

    return getresponse


def _close(original: Callable[..., Any]) -> Callable[..., Any]:
    def close(self: HTTPConnection) -> None:
        call = self.__dict__.pop(_CALL, None)
        if call is not None:
            call.end()
        original(self)

    return close


_METHODS = {
    "putrequest": _putrequest,
    "endheaders": _endheaders,
    "getresponse": _getresponse,
    "close": _close,
}


def _begin(connection: HTTPConnection, method: str, url: str) -> None:
    abandoned = connection.__dict__.pop(_CALL, None)
    if abandoned is not None:
        abandoned.end()
    if not is_ignored(connection, url):
        host = getattr(connection, "_tunnel_host", None) or connection.host
        call = begin_client_request(xray_recorder, host, method, _absolute(connection, host, url))
        if call is not None:
            connection.__dict__[_CALL] = _OpenCall(call)


class _OpenCall:
    """A call that ends with its connection, if nothing ends it before."""

    def __init__(self, call: Any) -> None:
        self.header = call.header
        self.add_exception = call.add_exception
        self.subsegment = call.subsegment
        self.end = call.end

    def __del__(self) -> None:
        # A connection that was thrown away must not keep the segment open.
        self.end()


def _failing_ends(connection: HTTPConnection, original: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    try:
        original(connection, *args, **kwargs)
    except BaseException as error:
        call = connection.__dict__.pop(_CALL, None)
        if call is not None:
            add_exception(call, error)
            call.end()
        raise


def _absolute(connection: HTTPConnection, host: str, url: str) -> str:
    if not url.startswith("/"):
        # What a proxy is asked for is absolute already.
        return url
    is_secure = isinstance(connection, http.client.HTTPSConnection)
    port = getattr(connection, "_tunnel_port", None) or connection.port
    authority = "[%s]" % host if ":" in host else host
    if port and port != (443 if is_secure else 80):
        authority = "%s:%s" % (authority, port)
    return "%s://%s%s" % ("https" if is_secure else "http", authority, url)


def _has_trace_header(connection: HTTPConnection) -> bool:
    lines = getattr(connection, "_buffer", ())
    return any(line.lower().startswith(_HEADER_PREFIX) for line in lines)
