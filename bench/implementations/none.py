"""No tracing at all: the baseline, and the default of every method."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Dict, List, Optional


class Implementation:
    """What a scenario asks of a tracer."""

    #: The loop a scenario runs: ``xray``, ``opentelemetry`` or ``datadog``; None for the baselines.
    interface: Optional[str] = None
    #: The receiver that it sends to; None sends nothing.
    sink: Optional[str] = None

    def start(self, port: int) -> None:
        """Trace everything and send it to a receiver on this machine.

        :param port: the receiver's port
        """

    def record_only(self) -> None:
        """Trace everything, encode and send nothing."""

    def tracer(self) -> Any:
        """The object that users hold: a recorder or a tracer."""

    def root(self) -> "AbstractContextManager[Any]":
        """An open segment that is thrown away at the end."""
        return nullcontext()

    def flush(self) -> None:
        """Hand everything to the receiver before this returns."""

    def open_segment(self, closed_subsegments: int) -> Any:
        """An open segment, no longer current, that keeps its closed subsegments.

        :param closed_subsegments: how many of them it has
        """

    def django_settings(self) -> Dict[str, Any]:
        """The Django settings that tracing adds."""
        return {}

    def instrument_django(self) -> None:
        """Called with the settings in place, before ``django.setup()``."""

    def instrument_flask(self) -> None:
        """Called before a Flask application is made."""

    def instrument_flask_application(self, application: Any) -> None:
        """Called with the application before its first request."""

    def instrument_aiohttp(self) -> None:
        """Called before an aiohttp application is made."""

    def instrument_aiohttp_application(self, application: Any) -> None:
        """Called with each aiohttp application before it runs."""

    def aiohttp_middlewares(self) -> List[Any]:
        """The middlewares that tracing adds."""
        return []

    def aiohttp_trace_configs(self) -> List[Any]:
        """The client trace configurations that tracing adds."""
        return []
