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
        attribute ``flow`` and a method ``end``.
    """

    def __init__(self, body: Iterable[Any], traced: Any) -> None:
        self._body = body
        self._iterator: Any = None
        self._traced = traced
        self._flow = traced.flow
        self._flow.detach()

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        self._flow.attach()
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            return next(self._iterator)
        except StopIteration:
            self._traced.end()
            raise
        except BaseException as error:
            self._flow.fail(error)
            self._traced.end()
            raise
        finally:
            self._flow.detach()

    def close(self) -> None:
        """Close the body, which its producer may notice, then end the segment."""
        close = getattr(self._body, "close", None)
        self._flow.attach()
        try:
            if close is not None:
                close()
        finally:
            self._traced.end()
            self._flow.detach()

    def __del__(self) -> None:
        # A body that nobody asked for, such as one an error replaced.
        if not self._flow.has_ended:
            self._flow.attach()
            self._traced.end()
            self._flow.detach()
