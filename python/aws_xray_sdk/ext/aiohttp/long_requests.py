"""Requests that take long announce themselves with an in-progress document before they end.

One timer for each event loop looks at all of them: a request costs one entry in a set, no timer of its
own. A request is announced when it has been running for one to two times the threshold.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from typing import Any

from aws_xray_sdk.core import propagation

__all__ = ["DEFAULT_SECONDS", "SECONDS_KEY", "LongRequests", "watch"]

log = logging.getLogger(__name__)

#: Environment variable: seconds after which a running request is announced. Default 10; 0 turns it off.
SECONDS_KEY = "AWS_XRAY_IN_PROGRESS_SECONDS"
DEFAULT_SECONDS = 10.0


class LongRequests:
    """The running requests of one event loop.

    :param loop: the loop whose requests are watched; the timer runs only while there are any
    :param seconds: the threshold; 0 or less means that no request is announced
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        #: Requests that began since the last look.
        self.recent: set[Any] = set()
        #: Whether the timer runs, or none is wanted.
        self.is_timed = seconds <= 0
        self._seconds = seconds
        self._waiting: set[Any] = set()

    def start_timer(self) -> None:
        """Look after the running requests in a while."""
        self.is_timed = True
        self.loop.call_later(self._seconds, self._look)

    def _look(self) -> None:
        for flow in tuple(self._waiting):
            flow.send_in_progress()
        self._waiting, self.recent = self.recent, set()
        if self._waiting:
            self.start_timer()
        else:
            self.is_timed = False


class _OfThread(threading.local):
    """The running requests of the event loop that runs in this thread."""

    requests: LongRequests | None = None


_of_thread = _OfThread()


def watch(flow: Any) -> set[Any]:
    """Watch a request of the running event loop; discard it from the returned set when it has ended.

    :param flow: what ``begin_request`` returned
    """
    requests = _of_thread.requests
    if requests is None or requests.loop is not asyncio.get_running_loop():
        requests = _first_request()
    recent = requests.recent
    recent.add(flow)
    if not requests.is_timed:
        requests.start_timer()
    return recent


def _first_request() -> LongRequests:
    """Set up what the first traced request of a loop needs."""
    propagation.install()
    requests = _of_thread.requests = LongRequests(asyncio.get_running_loop(), _configured_seconds())
    return requests


def _configured_seconds() -> float:
    value = os.environ.get(SECONDS_KEY)
    if value is None:
        return DEFAULT_SECONDS
    try:
        return float(value)
    except ValueError:
        log.warning("%s=%r is not a number of seconds; %s is used", SECONDS_KEY, value, DEFAULT_SECONDS)
        return DEFAULT_SECONDS
