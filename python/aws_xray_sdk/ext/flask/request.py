"""A request between its begin and its end."""

from __future__ import annotations

import logging

from aws_xray_sdk.core.models.http import XRAY_HEADER

from .._streamed_body import TracedBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Optional, Tuple

    from flask import Response

log = logging.getLogger(__name__)

_HEADER = XRAY_HEADER.lower()
_HEADER_LENGTH = len(XRAY_HEADER)


class TracedRequest:
    """
    A request with an open segment, and what is known of its response.

    :param recorder: the recorder of the segment.
    :param flow: the segment with what belongs to it being a request's.
    :param outer: what was current when the request began.
    """

    # Of a request that never gets a response.
    status = 500
    content_length: Optional[int] = None

    #: What an error handler of the application turns into a response.
    handled: Optional[BaseException] = None
    #: Whether the body ends the segment.
    is_streamed = False
    has_ended = False

    def __init__(self, recorder: Any, flow: Any, outer: Any) -> None:
        self.recorder = recorder
        self.flow = flow
        self.outer = outer

    def respond(self, response: Response) -> None:
        """Take over what the response says, and its body if that is yet to be produced."""
        try:
            self.status = response.status_code
            if self.handled is not None and self.status >= 500:
                self.flow.add_exception(self.handled)
            if type(response.response) is not list:
                self._take_body(response)
        except Exception:
            log.exception("the response of a request is not traced")

    def _take_body(self, response: Response) -> None:
        if response.is_sequence or response.direct_passthrough:
            return
        if self.status >= 400 and response.content_length is not None:
            # The framework's own error pages are iterators too, but complete.
            return
        self.is_streamed = True
        body: Any = TracedBody(response.response, self)
        response.response = body

    def answer(self, headers: List[Tuple[str, str]]) -> None:
        """Add the trace header to those of the response."""
        try:
            passed_on = False
            for name, value in headers:
                if name == "Content-Length" and value.isdigit():
                    self.content_length = int(value)
                elif len(name) == _HEADER_LENGTH and name.lower() == _HEADER:
                    passed_on = True
            if passed_on:
                # That of a service whose answer the view hands on.
                headers[:] = [header for header in headers if header[0].lower() != _HEADER]
            headers.append((XRAY_HEADER, self.flow.response_header()))
        except Exception:
            log.exception("a response goes out without its trace header")

    def end(self) -> None:
        """End the segment."""
        self.has_ended = True
        self.flow.end(self.status, self.content_length)
