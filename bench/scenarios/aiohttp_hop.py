"""An aiohttp request that makes another: server, client, server, over real sockets in one loop.

The outermost request comes from a bare socket, which costs every side the same.
"""

import asyncio
from typing import Any

from implementations.none import Implementation
from scenarios import protocol

REQUEST = b"GET /outer HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench/1.0\r\n\r\n"
LAST_BYTES = b"stock: 7"


class Caller(asyncio.Protocol):
    """Sends one request after the other on a kept connection."""

    def __init__(self) -> None:
        self._answered: "asyncio.Future[bytes]"
        self._transport: Any = None
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if self._received.endswith(LAST_BYTES):
            self._answered.set_result(self._received)
            self._received = b""

    async def request(self) -> bytes:
        """One request and its whole answer."""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(REQUEST)
        return await asyncio.wait_for(self._answered, 10)


async def start_application(implementation: Implementation, path: str, handler: Any) -> int:
    """Serve one handler; returns the port."""
    from aiohttp import web

    application = web.Application(middlewares=implementation.aiohttp_middlewares())
    implementation.instrument_aiohttp_application(application)
    application.router.add_get(path, handler)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    return runner.addresses[0][1]


async def start(implementation: Implementation) -> Caller:
    """The two servers and the connection to the outer one."""
    implementation.instrument_aiohttp()
    from aiohttp import ClientSession, web

    async def inner(request: Any) -> Any:
        return web.Response(text="stock: 7")

    inner_port = await start_application(implementation, "/inner", inner)
    session = ClientSession(trace_configs=implementation.aiohttp_trace_configs())

    async def outer(request: Any) -> Any:
        async with session.get(f"http://127.0.0.1:{inner_port}/inner") as response:
            return web.Response(text=await response.text())

    outer_port = await start_application(implementation, "/outer", outer)
    _, caller = await asyncio.get_running_loop().create_connection(Caller, "127.0.0.1", outer_port)
    return caller


def prepare(implementation: Implementation) -> protocol.Operation:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    caller = loop.run_until_complete(start(implementation))

    async def requests(count: int) -> None:
        for _ in range(count):
            answer = await caller.request()
            assert answer.startswith(b"HTTP/1.1 200 OK"), answer

    return lambda count: loop.run_until_complete(requests(count))


if __name__ == "__main__":
    protocol.send(prepare)
