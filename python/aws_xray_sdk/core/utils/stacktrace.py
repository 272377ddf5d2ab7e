"""The call stack, with the frames of the exception being handled."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from traceback import FrameSummary
    from types import FrameType, TracebackType
    from typing import Iterator, List, Optional, Tuple


def get_stacktrace(limit: Optional[int] = None) -> List[FrameSummary]:
    """
    Extract the stack, outermost frame first, as :func:`traceback.extract_stack`
    would. The function that asks is left out, unless it handles an exception:
    then the frames down to where it was raised follow.

    Only the frames that are returned are looked at, and source lines are read
    when someone asks for them.

    :param limit: ``None`` for all frames, a positive number for so many of the
        innermost, a negative one for so many of the outermost, ``0`` for none.
    """
    if limit == 0:
        return []
    from collections import deque
    from itertools import islice
    from traceback import FrameSummary, StackSummary

    innermost = limit if limit is not None and limit > 0 else None
    raised = deque(_frames_raised_through(sys.exc_info()[2]), maxlen=innermost)
    still_wanted = None if innermost is None else innermost - len(raised)
    calling = list(islice(_frames_calling(sys._getframe(1).f_back), still_wanted))
    frames = [*reversed(calling), *raised]
    if limit is not None and limit < 0:
        frames = frames[:-limit]
    return StackSummary(
        FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name, lookup_line=False) for frame, line in frames
    )


def _frames_raised_through(trace: Optional[TracebackType]) -> Iterator[Tuple[FrameType, int]]:
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _frames_calling(frame: Optional[FrameType]) -> Iterator[Tuple[FrameType, int]]:
    while frame is not None:
        yield frame, frame.f_lineno
        frame = frame.f_back
