"""
Patches the clients where each single request leaves them, so that redirects,
proxies and transports of the application's own are covered. The classes stay
what they are.
"""

from __future__ import annotations

from httpx import AsyncClient, Client, Headers, Request

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_client_request
from aws_xray_sdk.core.models.http import XRAY_HEADER
from aws_xray_sdk.ext.util import get_hostname

from .._failed_calls import add_exception
from .._wrapping import wrap_method

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from httpx import Response

_METHOD = "_send_single_request"


def patch() -> None:
    """Record the requests of every client; a further call changes nothing."""
    wrap_method(Client, _METHOD, _send)
    wrap_method(AsyncClient, _METHOD, _send_async)


def _send(original: Callable[..., Response]) -> Callable[..., Response]:
    def send(self: Client, request: Request, *args: Any, **kwargs: Any) -> Response:
        call = _begin(request)
        if call is None:
            return original(self, request, *args, **kwargs)
        try:
            response = original(self, _with_header(request, call), *args, **kwargs)
        except BaseException as error:
            add_exception(call, error)
            call.end()
            raise
        call.end(response.status_code)
        return response

    return send


def _send_async(original: Callable[..., Any]) -> Callable[..., Any]:
    async def send(self: AsyncClient, request: Request, *args: Any, **kwargs: Any) -> Response:
        call = _begin(request)
        if call is None:
            untraced: Response = await original(self, request, *args, **kwargs)
            return untraced
        try:
            response: Response = await original(self, _with_header(request, call), *args, **kwargs)
        except Exception as error:
            add_exception(call, error)
            call.end()
            raise
        except BaseException:
            # Cancelled: nobody waits for the answer any more, which is no failure.
            call.end()
            raise
        call.end(response.status_code)
        return response

    return send


def _begin(request: Request) -> Any:
    url = str(request.url)
    return begin_client_request(xray_recorder, get_hostname(url), request.method, url)


def _with_header(request: Request, call: Any) -> Request:
    """Return the request with the trace header; the caller may send its own again elsewhere."""
    header = call.header()
    if header is None:
        return request
    traced: Request = object.__new__(type(request))
    traced.__dict__.update(request.__dict__)
    traced.headers = Headers(request.headers)
    traced.headers[XRAY_HEADER] = header
    return traced
