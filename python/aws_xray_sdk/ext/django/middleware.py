"""The Django middleware: every request is a segment, under WSGI and ASGI."""

from __future__ import annotations

import functools
import logging
import re
import sys
from typing import Any, Awaitable, Callable, Optional, Union

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings as django_settings
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

from aws_xray_sdk.core import propagation, xray_recorder
from aws_xray_sdk.core._request import begin_request
from aws_xray_sdk.core.lambda_launcher import LambdaContext, check_in_lambda
from aws_xray_sdk.core.models import http

from .conf import settings
from .streaming import abort, end_with_body

log = logging.getLogger(__name__)

# Request headers as WSGI spells them.
USER_AGENT_KEY = "HTTP_USER_AGENT"
X_FORWARDED_KEY = "HTTP_X_FORWARDED_FOR"
REMOTE_ADDR_KEY = "REMOTE_ADDR"
HOST_KEY = "HTTP_HOST"
CONTENT_LENGTH_KEY = "content-length"

_needs_no_escapes = re.compile("[A-Za-z0-9/._~-]*").fullmatch

_FLOW = "_xray_flow"
_EXCEPTIONS = "_xray_exceptions"


class XRayMiddleware:
    """
    Makes a segment of every request, up to the end of the response's body. It belongs first in ``MIDDLEWARE``.

    It runs synchronously or asynchronously, as the handler below it does, so it never makes Django change threads.

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
        _end(flow, request, response)
        return response

    async def _call_async(self, request: HttpRequest) -> Any:
        flow = self._begin(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            abort(flow, error)
            raise
        _end(flow, request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """
        Add what a view raised to the segment.

        Whether it is an error or a fault is for the status of the response to say: ``Http404`` is an error, and other
        middleware may make a page of any exception.
        """
        _add_exception(request, exception)

    def _begin(self, request: HttpRequest) -> Optional[Any]:
        try:
            meta = request.META
            path = request.path
            flow = begin_request(
                xray_recorder,
                header=meta.get(http.ALT_XRAY_HEADER),
                method=request.method,
                url=_url(request, path),
                path=path,
                host=meta.get(HOST_KEY),
                client_ip=meta.get(REMOTE_ADDR_KEY),
                forwarded_for=meta.get(X_FORWARDED_KEY),
                user_agent=meta.get(USER_AGENT_KEY),
                in_lambda=self.in_lambda_ctx,
                urls_as_annotation=self._urls_as_annotation(),
            )
            setattr(request, _FLOW, flow)
            return flow
        except Exception:
            log.warning("a request is not traced: its segment could not be begun", exc_info=True)
            return None

    def _urls_as_annotation(self) -> bool:
        when = settings.URLS_AS_ANNOTATION
        return when == "ALL" or (self.in_lambda_ctx and when == "LAMBDA")


def _url(request: HttpRequest, path: str) -> str:
    # Not build_absolute_uri(), which refuses a host that is not in ALLOWED_HOSTS: load balancers ask for the health of
    # a service by its address, and it is for the views to refuse a host or not.
    host = request.META.get(HOST_KEY)
    if not host or django_settings.USE_X_FORWARDED_HOST:
        try:
            host = request._get_raw_host()
        except Exception:
            host = host or ""
    if not _needs_no_escapes(path):
        path = escape_uri_path(path)
    return f"{request.scheme}://{host}{path}"


def _end(flow: Optional[Any], request: HttpRequest, response: HttpResponseBase) -> None:
    if flow is None:
        return
    try:
        _record_exceptions(flow, request, response.status_code)
        header = flow.response_header()
        if header:
            response.headers[http.XRAY_HEADER] = header
        status, length = response.status_code, _content_length(response)
        if response.streaming:
            end_with_body(flow, response, functools.partial(flow.end, status=status, content_length=length))
        else:
            flow.end(status=status, content_length=length)
    except Exception:
        log.warning("the response of a traced request is not described", exc_info=True)
        flow.end()


def _content_length(response: HttpResponseBase) -> Optional[int]:
    length = response.headers.get(CONTENT_LENGTH_KEY)
    return int(length) if length and length.isdecimal() else None


def _add_exception(request: Any, exception: Optional[BaseException]) -> None:
    # Kept until the status of the response is known.
    if exception is not None and getattr(request, _FLOW, None) is not None:
        exceptions = request.__dict__.setdefault(_EXCEPTIONS, [])
        if not any(exception is known for known in exceptions):
            exceptions.append(exception)


def _add_exception_being_handled(*, request: Any = None, **kwargs: Any) -> None:
    _add_exception(request, sys.exc_info()[1])


def _record_exceptions(flow: Any, request: HttpRequest, status: int) -> None:
    for exception in request.__dict__.pop(_EXCEPTIONS, ()):
        was_fault = getattr(flow.segment, "fault", False)
        flow.add_exception(exception)
        if status < 500 and not was_fault:
            flow.segment.fault = None
