"""The plugin that makes a segment of each request to a Bottle application."""

from __future__ import annotations

import functools
import logging

from bottle import HTTPResponse, request, response

from aws_xray_sdk.core._request import begin_request
from aws_xray_sdk.core.lambda_launcher import LambdaContext, check_in_lambda
from aws_xray_sdk.core.models.http import XRAY_HEADER

from .._streamed_body import TracedBody
from .templates import patch_templates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Optional

log = logging.getLogger(__name__)

# What Bottle sends as a whole; anything else a callback returns is iterated.
_WHOLE_BODIES = (str, bytes, bytearray, list, tuple, dict, type(None), bool, HTTPResponse)


class XRayMiddleware:
    """
    Traces the routes of the applications it is installed in::

        app = Bottle()
        xray_recorder.configure(service="shop")
        app.install(XRayMiddleware(xray_recorder))

    :param recorder: the recorder, configured before or after.
    """

    name = "xray"
    api = 2

    def __init__(self, recorder: Any) -> None:
        from aws_xray_sdk.core import propagation

        self._recorder = recorder
        self._in_lambda_ctx = bool(check_in_lambda()) and type(recorder.context) is LambdaContext
        patch_templates(recorder)
        propagation.install()

    def apply(self, callback: Callable[..., Any], route: Any) -> Callable[..., Any]:
        """Return what Bottle calls for a route in place of its callback."""

        @functools.wraps(callback)
        def traced_callback(*args: Any, **kwargs: Any) -> Any:
            traced = self._begin()
            if traced is None:
                return callback(*args, **kwargs)
            try:
                answer = callback(*args, **kwargs)
            except HTTPResponse as raised:
                traced.answer(raised)
                traced.end()
                raise
            except BaseException as error:
                traced.fail(error)
                raise
            return traced.finish(answer)

        return traced_callback

    def _begin(self) -> Optional[_TracedRequest]:
        try:
            environ = request.environ
            address = request.urlparts
            flow = begin_request(
                self._recorder,
                header=environ.get("HTTP_X_AMZN_TRACE_ID"),
                method=request.method,
                url="%s://%s%s" % address[:3],
                path=request.path,
                host=address.netloc,
                client_ip=environ.get("REMOTE_ADDR"),
                forwarded_for=environ.get("HTTP_X_FORWARDED_FOR"),
                user_agent=environ.get("HTTP_USER_AGENT"),
                in_lambda=self._in_lambda_ctx,
            )
        except Exception:
            log.exception("a request is not traced")
            return None
        return None if flow is None else _TracedRequest(flow)


class _TracedRequest:
    """A request with an open segment, and what is known of its response."""

    status = 500
    content_length: Optional[int] = None

    def __init__(self, flow: Any) -> None:
        self.flow = flow

    def answer(self, answering: Any) -> None:
        """Take over what a response says, and give it the trace header."""
        self.status = answering.status_code
        length = answering.get_header("Content-Length")
        if length is not None and str(length).isdigit():
            self.content_length = int(length)
        answering.set_header(XRAY_HEADER, self.flow.response_header())

    def fail(self, error: BaseException) -> None:
        """Record what ended the request, for which Bottle answers with status 500."""
        self.flow.fail(error)
        response.set_header(XRAY_HEADER, self.flow.response_header())
        self.end()

    def finish(self, answer: Any) -> Any:
        """End the segment, or hand out a body that does."""
        self.answer(answer if isinstance(answer, HTTPResponse) else response)
        if isinstance(answer, _WHOLE_BODIES) or hasattr(answer, "read"):
            self.end()
            return answer
        return TracedBody(answer, self)

    def end(self) -> None:
        """End the segment."""
        self.flow.end(self.status, self.content_length)
