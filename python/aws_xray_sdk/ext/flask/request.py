"""A request between its begin and its end."""
from __future__ import annotations

from aws_xray_sdk.core.models.http import XRAY_HEADER

from .._streamed_body import TracedBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from flask import Response


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

    def answer(self, response: Response) -> None:
        """Take over what a response says, and give it the trace header."""
        headers = response.headers
        self.status = status = response.status_code
        length = headers.get("Content-Length")
        if length is not None and length.isdigit():
            self.content_length = int(length)
        headers[XRAY_HEADER] = self.flow.response_header()
        if self.handled is not None and status >= 500:
            self.flow.add_exception(self.handled)
        if type(response.response) is not list:
            self._take_body(response)

    def _take_body(self, response: Response) -> None:
        if response.is_sequence or response.direct_passthrough:
            return
        if self.content_length is not None and self.status >= 400:
            # The framework's own error pages are iterators too, but complete.
            return
        self.is_streamed = True
        body: Any = TracedBody(response.response, self)
        response.response = body

    def end(self) -> None:
        """End the segment."""
        self.has_ended = True
        self.flow.end(self.status, self.content_length)
