"""The Django middleware: every request is a segment, under WSGI and ASGI."""

from __future__ import annotations

import logging
import sys
from typing import Any, Awaitable, Callable, Optional, Union

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from aws_xray_sdk.core import propagation, xray_recorder
from aws_xray_sdk.core._request import begin_wsgi_request
from aws_xray_sdk.core.lambda_launcher import LambdaContext, check_in_lambda

from .conf import settings
from .streaming import abort, end_with_body

log = logging.getLogger(__name__)


class XRayMiddleware:
    """
    Makes a segment of every request, up to the end of the response's body. It belongs first in ``MIDDLEWARE``.

    It runs synchronously or asynchronously, as the handler below it does, so it never makes Django change threads.
    Listed twice, the outer one records.

    :param get_response: the handler below, a function or a coroutine function.
    """

    sync_capable = True
    async_capable = True

    def __init__(
        self, get_response: Callable[[HttpRequest], Union[HttpResponseBase, Awaitable[HttpResponseBase]]]
    ) -> None:
        self.get_response: Callable[[HttpRequest], Any] = get_response
        self.in_lambda_ctx = bool(check_in_lambda()) and type(xray_recorder.context) is LambdaContext
        self._is_async = iscoroutinefunction(get_response)
        # Behind a proxy, and under ASGI, the environment alone does not tell what was asked for.
        self._asks_request = (
            self._is_async or django_settings.USE_X_FORWARDED_HOST or django_settings.SECURE_PROXY_SSL_HEADER
        )
        self._annotating = ("ALL", "LAMBDA") if self.in_lambda_ctx else ("ALL",)
        if self._is_async:
            markcoroutinefunction(self)
        propagation.install()
        # What other middleware raises is passed to no process_exception().
        got_request_exception.connect(_add_exception_being_handled, dispatch_uid=__name__)

    def __call__(self, request: HttpRequest) -> Any:
        if self._is_async:
            return self._call_async(request)
        flow = self._begin(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            abort(flow, error)
            raise
        _end(flow, response)
        return response

    async def _call_async(self, request: HttpRequest) -> Any:
        flow = self._begin(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            abort(flow, error)
            raise
        _end(flow, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """
        Add what a view raised to the segment.

        Whether it is an error or a fault is for the status of the response to say: ``Http404`` is an error, and other
        middleware may make a page of any exception.
        """
        _add_exception(request, exception)

    def _begin(self, request: HttpRequest) -> Optional[Any]:
        outer = getattr(request, "_xray_flow", None)
        if outer is not None and not outer.has_ended:
            return None
        try:
            flow = begin_wsgi_request(
                xray_recorder,
                request.META,
                self.in_lambda_ctx,
                settings.URLS_AS_ANNOTATION in self._annotating,
                request.path,
                _url(request) if self._asks_request else None,
            )
            request._xray_flow = flow
            return flow
        except Exception:
            log.warning("a request is not traced: its segment could not be begun", exc_info=True)
            return None


def _url(request: HttpRequest) -> str:
    # Not build_absolute_uri(), which refuses a host that is not in ALLOWED_HOSTS: load balancers ask for the health of
    # a service by its address, and it is for the views to refuse a host or not.
    try:
        host = request._get_raw_host()
    except Exception:
        host = ""
    return f"{request.scheme}://{host}{escape_uri_path(request.path)}"


def _end(flow: Optional[Any], response: HttpResponseBase) -> None:
    if flow is None:
        return
    try:
        # Past the checks of the headers' own methods, which cost as much as the rest: what is added needs none.
        flow.answer(response.status_code, response.headers._store)
        if response.streaming:
            end_with_body(flow, response)
        else:
            flow.end()
    except Exception:
        log.warning("the response of a traced request is not described", exc_info=True)
        flow.end()


def _add_exception_being_handled(*, request: Any = None, **kwargs: Any) -> None:
    _add_exception(request, sys.exc_info()[1])


def _add_exception(request: Any, exception: Optional[BaseException]) -> None:
    flow = getattr(request, "_xray_flow", None)
    if flow is not None and exception is not None:
        flow.add_exception(exception)
