"""A request between its begin and its end."""

from __future__ import annotations

import logging

from .._streamed_body import TracedBody

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional

    from flask import Response

log = logging.getLogger(__name__)


class TracedRequest:
    """
    A request with an open segment, and what is known of its response.

    :param flow: the segment with what belongs to it being a request's.
    """

    # Of a request that never gets a response.
    status = 500

    #: What an error handler of the application turns into a response.
    handled: Optional[BaseException] = None
    #: Whether the body ends the segment.
    is_streamed = False

    def __init__(self, flow: Any) -> None:
        self.flow = flow

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

    def end(self) -> None:
        """End the segment."""
        self.flow.end(self.status)
