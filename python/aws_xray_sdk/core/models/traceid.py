"""The identity of a trace."""

import os
import time


class TraceId:
    """
    A new trace id: the second it was made in, and 96 random bits.

    All segments of one request, on every service it passes, share it.
    """

    VERSION = "1"
    DELIMITER = "-"

    def __init__(self) -> None:
        self.start_time = int(time.time())
        self._number = os.urandom(12).hex()

    def to_id(self) -> str:
        """Return the id as it stands in headers and documents."""
        return self.DELIMITER.join((self.VERSION, "%08x" % self.start_time, self._number))
