"""A real WSGI server for Flask applications, and an application that is traced."""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, Optional, Tuple

import flask.templating
import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from aws_xray_sdk.ext.flask.middleware import XRayMiddleware


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


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves WSGI applications on 127.0.0.1, one thread a connection, until the test ends."""
    started = []

    def start(application: Any) -> Client:
        server = make_server('127.0.0.1', 0, application, threaded=True, request_handler=_QuietHandler)
        thread = threading.Thread(target=server.serve_forever, kwargs={'poll_interval': 0.02}, daemon=True)
        thread.start()
        started.append((server, thread))
        return Client(server.server_port)

    yield start
    for server, thread in started:
        server.shutdown()
        thread.join(timeout=20)
        server.server_close()


@pytest.fixture(autouse=True)
def original_templating(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rendering is patched for the whole process; each test starts and ends without that."""
    for name in ('_render', '_stream'):
        monkeypatch.setattr(flask.templating, name, getattr(flask.templating, name))


@pytest.fixture
def app(recorder: Any) -> Flask:
    """An application without routes, traced by ``recorder``."""
    recorder.configure(service='shop')
    application = Flask('shop')
    XRayMiddleware(application, recorder)
    return application


@pytest.fixture
def client(app: Flask, serve: Serve) -> Client:
    """A client of ``app``."""
    return serve(app)


def header_fields(answer: Answer) -> Dict[str, str]:
    """The fields of the trace header of a response."""
    pairs: Iterator[Tuple[str, ...]] = (tuple(field.split('=')) for field in answer.headers['X-Amzn-Trace-Id'].split(';'))
    return dict(pairs)  # type: ignore[arg-type]
