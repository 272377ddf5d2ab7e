"""Bodies that are produced while they are sent."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, Iterator, Union


class TracedBody:
    """
    The body of a streamed response: the segment is current while each piece is
    produced, and ends when the body is exhausted, closed or thrown away.

    :param body: what the application wants to send.
    :param traced: the request with its open segment, which is taken from the
        current context until a piece is asked for.
    """

    def __init__(self, body: Iterable[Union[bytes, str]], traced: Any) -> None:
        self._body = body
        self._iterator: Any = None
        self._traced = traced
        traced.flow.detach()

    def __iter__(self) -> Iterator[Union[bytes, str]]:
        return self

    def __next__(self) -> Union[bytes, str]:
        flow = self._traced.flow
        flow.attach()
        try:
            if self._iterator is None:
                self._iterator = iter(self._body)
            piece: Union[bytes, str] = next(self._iterator)
            return piece
        except StopIteration:
            self._traced.end()
            raise
        except BaseException as error:
            flow.add_exception(error)
            self._traced.end()
            raise
        finally:
            flow.detach()

    def close(self) -> None:
        """Close the body, which its producer may notice, then end the segment."""
        close = getattr(self._body, "close", None)
        flow = self._traced.flow
        flow.attach()
        try:
            if close is not None:
                close()
        finally:
            self._traced.end()
            flow.detach()

    def __del__(self) -> None:
        # A body that nobody asked for, such as one an error replaced.
        self._traced.end()
