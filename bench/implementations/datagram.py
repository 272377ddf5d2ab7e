"""The empty hooks, and a finished document sent for each request: what no tracer that sends one can go below.

A system call costs more amid a request than in a loop of its own: it finds the caches full of the request, and leaves
the request to caches that it has filled.
"""

import json
import socket
from typing import Any, Dict, List

from implementations import empty

#: Its document is as long as that of a request with a few subsegments.
DATAGRAM = b'{"format": "json", "version": 1}\n' + json.dumps({"name": "bench", "padding": "x" * 1_000}).encode()
SENDER = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


class Implementation(empty.Implementation):
    """One system call for each request served, nothing recorded or encoded."""

    sink = "xray"

    def start(self, port: int) -> None:
        SENDER.setblocking(False)
        SENDER.connect(("127.0.0.1", port))

    def django_settings(self) -> Dict[str, Any]:
        return {"MIDDLEWARE": ["implementations.datagram.django_middleware"]}

    def instrument_flask_application(self, application: Any) -> None:
        super().instrument_flask_application(application)
        application.teardown_request(lambda exception: SENDER.send(DATAGRAM))

    def aiohttp_middlewares(self) -> List[Any]:
        from aiohttp import web

        @web.middleware
        async def middleware(request: Any, handler: Any) -> Any:
            response = await handler(request)
            SENDER.send(DATAGRAM)
            return response

        return [middleware]


def django_middleware(get_response: Any) -> Any:
    """Sends after each request."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        SENDER.send(DATAGRAM)
        return response

    return middleware
