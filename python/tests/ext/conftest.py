"""What the tests of several libraries share."""

from __future__ import annotations

from typing import Iterator

import pytest

from support.http_server import EchoServer


@pytest.fixture
def server() -> Iterator[EchoServer]:
    """A real HTTP server that echoes what it was asked."""
    with EchoServer() as echo_server:
        yield echo_server
