"""The trace id of entities that are never sent."""


class NoOpTraceId:
    """A trace id of zeros: it costs no randomness and joins no trace."""

    VERSION = "1"
    DELIMITER = "-"

    def __init__(self) -> None:
        self.start_time = "0" * 8
        self._number = "0" * 24

    def to_id(self) -> str:
        """Return the id as it stands in headers and documents."""
        return self.DELIMITER.join((self.VERSION, self.start_time, self._number))
