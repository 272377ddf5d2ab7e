"""Real aiohttp servers on 127.0.0.1, traced by the middleware under test."""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, Optional, Sequence, Tuple

from aiohttp import web
from aiohttp.test_utils import TestServer

from aws_xray_sdk.ext.aiohttp.middleware import middleware

Handler = Callable[[web.Request], Awaitable[Any]]


def application(handlers: Dict[str, Handler], middlewares: Sequence[Any] = (middleware,)) -> web.Application:
    """An application that answers requests of any method to the paths of ``handlers``."""
    app = web.Application(middlewares=list(middlewares))
    for path, handler in handlers.items():
        app.router.add_route('*', path, handler)
    return app


def serve(handlers: Dict[str, Handler], middlewares: Sequence[Any] = (middleware,)) -> TestServer:
    """A server for ``handlers``; use it in ``async with``."""
    return TestServer(application(handlers, middlewares))


async def send_raw(server: TestServer, request: bytes) -> Tuple[int, Dict[str, str]]:
    """Sends ``request`` as it stands, which clients would not, and returns status and headers (lower case)."""
    reader, writer = await asyncio.open_connection(server.host, server.port)
    try:
        writer.write(request)
        head = await asyncio.wait_for(reader.readuntil(b'\r\n\r\n'), timeout=10)
    finally:
        writer.close()
    status_line, *lines = head.decode('latin-1').strip().split('\r\n')
    pairs = (line.split(':', 1) for line in lines)
    return int(status_line.split()[1]), {name.lower(): value.strip() for name, value in pairs}


async def eventually(condition: Callable[[], Any], timeout: float = 10.0) -> Any:
    """Gives the loop time until ``condition`` is true, and returns its value.

    :param timeout: seconds after which the test fails.
    """
    deadline = asyncio.get_running_loop().time() + timeout
    value: Optional[Any] = condition()
    while not value:
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f'not true after {timeout} s')
        await asyncio.sleep(0.005)
        value = condition()
    return value
