"""What the tests of several libraries share."""

from __future__ import annotations

from typing import Iterator

import pytest

from support.http_server import EchoServer
from support.wsgi_server import Serve, wsgi_servers


@pytest.fixture
def server() -> Iterator[EchoServer]:
    """A real HTTP server that echoes what it was asked."""
    with EchoServer() as echo_server:
        yield echo_server


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves WSGI applications until the test ends; returns a client for each."""
    with wsgi_servers() as start:
        yield start
