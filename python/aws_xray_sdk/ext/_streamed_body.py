"""Bodies of responses that are produced while they are sent, for WSGI frameworks."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator


class TracedBody:
    """
    The body of a streamed response: what was current when the view returned is
    current again while each piece is produced, and the request ends when the
    body is exhausted, closed or thrown away.

    In between the body leaves no trace in the context it is consumed in, so
    that may be another thread's, or one that consumes several bodies in turn.

    :param body: what the application wants to send.
    :param traced: the request, whose segment is current: an object with the
        attributes ``recorder``, ``flow``, ``outer`` (what was current before the
        request) and ``has_ended``, and a method ``end``.
    """

    def __init__(self, body: Iterable[Any], traced: Any) -> None:
        self._body = body
        self._iterator: Any = None
        self._traced = traced
        self._recorder = traced.recorder
        self._outside = traced.outer
        self._leave()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._enter()
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            return next(self._iterator)
        except StopIteration:
            self._traced.end()
            raise
        except BaseException as error:
            self._traced.flow.add_exception(error)
            self._traced.end()
            raise
        finally:
            self._leave()

    def close(self) -> None:
        """Close the body, which its producer may notice, then end the segment."""
        close = getattr(self._body, "close", None)
        self._enter()
        try:
            if close is not None:
                close()
        finally:
            self._traced.end()
            self._leave()

    def __del__(self) -> None:
        # A body that nobody asked for, such as one an error replaced.
        if not self._traced.has_ended:
            self._enter()
            self._traced.end()
            self._leave()

    def _enter(self) -> None:
        self._outside = self._recorder._peek()
        if not self._traced.has_ended:
            self._recorder.set_trace_entity(self._inside)

    def _leave(self) -> None:
        self._inside = self._recorder._peek()
        if self._outside is None:
            self._recorder.clear_trace_entities()
        else:
            self._recorder.set_trace_entity(self._outside)
