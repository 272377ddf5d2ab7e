"""A real WSGI server for tests, and a client for it."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Optional

from werkzeug.serving import WSGIRequestHandler, make_server


@dataclass
class Answer:
    """What came back from the server."""

    status: int
    headers: Any
    body: bytes


@dataclass
class Client:
    """Sends requests to one server."""

    port: int

    def request(self, method: str, path: str, headers: Optional[Dict[str, str]] = None) -> Answer:
        """Sends one request on a connection of its own."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        try:
            connection.request(method, path, headers=headers or {})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, headers: Optional[Dict[str, str]] = None) -> Answer:
        """Sends a GET request."""
        return self.request('GET', path, headers)


class _QuietHandler(WSGIRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log(self, type: str, message: str, *args: Any) -> None:
        """The tests look at answers, not at access logs."""


Serve = Callable[[Any], Client]


@contextmanager
def wsgi_servers() -> Iterator[Serve]:
    """Serves WSGI applications on 127.0.0.1, one thread a connection, until the block ends."""
    started = []

    def start(application: Any) -> Client:
        server = make_server('127.0.0.1', 0, application, threaded=True, request_handler=_QuietHandler)
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True)
        thread.start()
        started.append((server, thread))
        return Client(server.server_port)

    try:
        yield start
    finally:
        for server, thread in started:
            server.shutdown()
            thread.join(timeout=20)
            server.server_close()
