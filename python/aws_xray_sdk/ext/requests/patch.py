"""
Patches ``requests.Session``: one subsegment for each call, redirects included,
and the trace header on each request that goes out.
"""

from __future__ import annotations

import threading

from requests import Session

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_client_request
from aws_xray_sdk.core.models.http import XRAY_HEADER
from aws_xray_sdk.ext.util import get_hostname

from .._failed_calls import add_exception
from .._wrapping import wrap_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, List, Tuple


def patch() -> None:
    """Record the calls of every session; a further call changes nothing."""
    wrap_method(Session, "request", _request)
    wrap_method(Session, "send", _send)


class _CallsOfThisThread(threading.local):
    """The calls that are being made, innermost last, each with its session."""

    def __init__(self) -> None:
        self.stack: List[Tuple[Session, Any]] = []

    def header_for(self, session: Session) -> Any:
        """Return the trace header of the call a session is in the middle of."""
        for calling, call in reversed(self.stack):
            if calling is session:
                return call.header()
        return None


_calls = _CallsOfThisThread()


def _request(original: Callable[..., Any]) -> Callable[..., Any]:
    def request(self: Session, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
        return _recorded(self, method, url, lambda: original(self, method, url, *args, **kwargs))

    return request


def _send(original: Callable[..., Any]) -> Callable[..., Any]:
    def send(self: Session, request: Any, **kwargs: Any) -> Any:
        header = _calls.header_for(self)
        if header is None:
            # A request that was prepared by hand.
            return _recorded(self, request.method, request.url, lambda: send_with_header(self, request, **kwargs))
        return send_with_header(self, request, **kwargs)

    def send_with_header(self: Session, request: Any, **kwargs: Any) -> Any:
        header = _calls.header_for(self)
        if header is not None:
            request = _with_header(request, header)
        return original(self, request, **kwargs)

    return send


def _with_header(request: Any, header: str) -> Any:
    """Return the request with the trace header; the caller may send its own again elsewhere."""
    # Its own copy() knows nothing of subclasses, nor of what authentication and adapters have left on it.
    traced = object.__new__(type(request))
    traced.__dict__.update(request.__dict__)
    traced.headers = request.headers.copy()
    traced.headers[XRAY_HEADER] = header
    return traced


def _recorded(session: Session, method: Any, url: Any, run: Callable[[], Any]) -> Any:
    url = url if isinstance(url, (str, bytes)) else str(url)
    text = url.decode("utf-8", "replace") if isinstance(url, bytes) else url
    call = begin_client_request(xray_recorder, get_hostname(text), method, text)
    if call is None:
        return run()
    _calls.stack.append((session, call))
    try:
        response = run()
    except BaseException as error:
        add_exception(call, error)
        call.end()
        raise
    finally:
        _calls.stack.pop()
    call.end(response.status_code)
    return response
