"""The X-Ray API: Fluoro and the AWS X-Ray SDK alike, told apart by the virtual environment they run in."""

from contextlib import contextmanager
from typing import Any, Dict, Iterator, List

from implementations import none

SERVICE = "bench"
NEVER = 10**9


class Implementation(none.Implementation):
    """Sampling off, which records everything; documents go out by UDP when a segment ends."""

    interface = "xray"
    sink = "xray"

    def __init__(self) -> None:
        from aws_xray_sdk.core import xray_recorder

        self._recorder = xray_recorder
        self._daemon_address = "127.0.0.1:2000"

    def start(self, port: int) -> None:
        self._daemon_address = f"127.0.0.1:{port}"
        self._recorder.configure(service=SERVICE, sampling=False, daemon_address=self._daemon_address)

    def record_only(self) -> None:
        self._recorder.configure(service=SERVICE, sampling=False, streaming_threshold=NEVER)

    def tracer(self) -> Any:
        return self._recorder

    @contextmanager
    def root(self) -> Iterator[Any]:
        yield self._recorder.begin_segment(SERVICE)
        self._recorder.clear_trace_entities()

    def open_segment(self, closed_subsegments: int) -> Any:
        segment = self._recorder.begin_segment(SERVICE)
        for _ in range(closed_subsegments):
            self._recorder.begin_subsegment("query")
            self._recorder.end_subsegment()
        self._recorder.clear_trace_entities()
        return segment

    def django_settings(self) -> Dict[str, Any]:
        return {
            "MIDDLEWARE": ["aws_xray_sdk.ext.django.middleware.XRayMiddleware"],
            "INSTALLED_APPS": ["aws_xray_sdk.ext.django"],
            "XRAY_RECORDER": {
                "AUTO_INSTRUMENT": True,
                "AWS_XRAY_DAEMON_ADDRESS": self._daemon_address,
                "AWS_XRAY_TRACING_NAME": SERVICE,
                "SAMPLING": False,
            },
        }

    def instrument_flask_application(self, application: Any) -> None:
        from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

        XRayMiddleware(application, self._recorder)

    def instrument_aiohttp(self) -> None:
        from aws_xray_sdk.core.async_context import AsyncContext

        self._recorder.configure(context=AsyncContext())

    def aiohttp_middlewares(self) -> List[Any]:
        from aws_xray_sdk.ext.aiohttp.middleware import middleware

        return [middleware]

    def aiohttp_trace_configs(self) -> List[Any]:
        from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config

        return [aws_xray_trace_config()]
