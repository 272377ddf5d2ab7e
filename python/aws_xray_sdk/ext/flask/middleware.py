"""The middleware that makes a segment of each request to a Flask application."""

from __future__ import annotations

import logging

import flask.globals
from werkzeug.exceptions import HTTPException

from aws_xray_sdk.core._request import begin_wsgi_request
from aws_xray_sdk.core.lambda_launcher import LambdaContext, check_in_lambda

from .request import TracedRequest
from .templates import EXTENSION_NAME, patch_templates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional, Tuple

    from flask import Flask, Response

log = logging.getLogger(__name__)

# Versions that merged the request context into the application context warn
# about the older name, so it is looked up without asking the module for it.
_request_context: Any = vars(flask.globals).get("request_ctx", flask.globals.app_ctx)
# The context variable behind the proxy.
_current_context = _request_context.__wrapped__.get


class XRayMiddleware:
    """
    Traces the requests of one application with one recorder::

        app = Flask(__name__)
        xray_recorder.configure(service="shop")
        XRayMiddleware(app, xray_recorder)

    The segment covers every hook of the application and of its extensions. It
    ends after the last teardown function, or, when the body of the response
    is streamed, when that body is exhausted or closed.

    Several middlewares on one application, each with a recorder of its own,
    trace side by side; a second one with the same recorder does nothing.

    :param app: the application.
    :param recorder: the recorder, configured before or after.
    """

    def __init__(self, app: Flask, recorder: Any) -> None:
        self.app = app
        self._recorder = recorder
        self.in_lambda_ctx = bool(check_in_lambda()) and type(recorder.context) is LambdaContext
        self._slot = "_xray_%d" % id(self)

        recorders: List[Any] = app.extensions.setdefault(EXTENSION_NAME, [])
        if any(known is recorder for known in recorders):
            return
        recorders.append(recorder)
        self._wrap_entry_points()
        patch_templates()
        _carry_into_threads()

    def _wrap_entry_points(self) -> None:
        # Around the application's own methods rather than among its hooks: an
        # extension whose hook fails cannot keep these from running, and three
        # hooks would cost as much as the rest of the tracing.
        app: Any = self.app
        app.wsgi_app = self._answering(app.wsgi_app)
        self._full_dispatch = app.full_dispatch_request
        self._handle_user_exception = app.handle_user_exception
        self._handle_exception = app.handle_exception
        self._do_teardown = app.do_teardown_request
        app.full_dispatch_request = self._traced_dispatch
        app.handle_user_exception = self._noticed_user_exception
        app.handle_exception = self._traced_exception
        app.do_teardown_request = self._traced_teardown

    def _traced_dispatch(self, *arguments: Any) -> Response:
        self._before_request()
        try:
            response = self._full_dispatch(*arguments)
        except BaseException as error:
            traced = self._traced()
            if traced is not None:
                traced.handled = None
                traced.flow.fail(error)
            raise
        return self._after_request(response)

    def _noticed_user_exception(self, *arguments: Any) -> Any:
        # Whether a handler makes a failure of it shows only in the status.
        traced = self._traced()
        if traced is not None and not isinstance(arguments[-1], HTTPException):
            traced.handled = arguments[-1]
        return self._handle_user_exception(*arguments)

    def _traced_exception(self, *arguments: Any) -> Response:
        return self._after_request(self._handle_exception(*arguments))

    def _traced_teardown(self, *arguments: Any) -> None:
        error = arguments[-1] if arguments else None
        try:
            self._do_teardown(*arguments)
        finally:
            self._teardown_request(error if isinstance(error, BaseException) else None)

    def _answering(self, wsgi_app: Callable[..., Any]) -> Callable[..., Any]:
        # The header is added here, to a plain list, because among the headers of
        # the response object it would cost more than all the rest.
        def answering_wsgi_app(environ: Dict[str, Any], start_response: Callable[..., Any]) -> Any:
            def start(status: str, headers: List[Tuple[str, str]], *exc_info: Any) -> Any:
                traced = self._traced()
                if traced is not None:
                    traced.flow.answer(status, headers)
                return start_response(status, headers, *exc_info)

            return wsgi_app(environ, start)

        return answering_wsgi_app

    def _before_request(self) -> None:
        """Begin the segment of the current request."""
        try:
            context = _current_context()
            environ = context.request.environ
            path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
            # What the framework calls base_url, which costs more and differs only then.
            url = None if path.isascii() and "%" not in path else _base_url(context.request)
            flow = begin_wsgi_request(self._recorder, environ, self.in_lambda_ctx, False, None, url)
            if flow is not None:
                # On the context, not on the request: a copy of the context in
                # another thread shares the request, but must not end it.
                setattr(context, self._slot, TracedRequest(flow))
        except Exception:
            log.exception("a request is not traced")

    def _after_request(self, response: Response) -> Response:
        """Note the response of the current request."""
        traced = self._traced()
        if traced is not None:
            traced.respond(response)
        return response

    def _teardown_request(self, exception: Optional[BaseException]) -> None:
        """
        End the segment of the current request, unless a streamed body does that.

        :param exception: what ended the request, for subclasses; it is recorded before.
        """
        context = _current_context(None)
        traced: Optional[TracedRequest] = getattr(context, self._slot, None)
        if traced is not None:
            setattr(context, self._slot, None)
            if not traced.is_streamed:
                traced.end()

    def _traced(self) -> Optional[TracedRequest]:
        return getattr(_current_context(None), self._slot, None)


def _base_url(request: Any) -> Optional[str]:
    try:
        url: str = request.base_url
        return url
    except Exception:
        # The host is not trusted, which the application will say itself.
        return None


def _carry_into_threads() -> None:
    from aws_xray_sdk.core import propagation

    propagation.install()
