"""Two traced aiohttp services, the first calls the second, and a client with thousands of requests at once.

Run as a program; the environment says how much. It prints the resident memory after each round, as JSON.
"""

import asyncio
import gc
import json
import os
import resource
from typing import Any, Awaitable, Callable, List

from aiohttp import ClientSession, ClientTimeout, TCPConnector, web

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config
from aws_xray_sdk.ext.aiohttp.middleware import middleware

CONCURRENT = int(os.environ['CONCURRENT'])
ROUNDS = int(os.environ['ROUNDS'])
USE_UVLOOP = os.environ['USE_UVLOOP'] == 'yes'
TIMEOUT = ClientTimeout(total=240)

xray_recorder.configure(service='service', sampling=False, context=AsyncContext())


class AllInside:
    """Lets the handlers of a round go on when all of them have begun."""

    def __init__(self) -> None:
        self._inside = 0
        self._all = asyncio.Event()

    async def wait(self) -> None:
        """Returns when every request of the round is inside."""
        self._inside += 1
        if self._inside == CONCURRENT:
            self._inside = 0
            self._all.set()
            self._all = asyncio.Event()
        else:
            await self._all.wait()


async def leaf(name: str) -> None:
    """A subsegment that overlaps with its siblings."""
    async with xray_recorder.in_subsegment_async(name) as subsegment:
        await asyncio.sleep(0)
        subsegment.put_annotation('leaf', name)


async def branch(name: str) -> None:
    """A subsegment with a gather below it."""
    async with xray_recorder.in_subsegment_async(name):
        await asyncio.gather(*(leaf(f'{name}.{number}') for number in range(2)))


def in_thread(name: str) -> None:
    """A subsegment recorded by a thread of the executor."""
    with xray_recorder.in_subsegment(name):
        pass


async def answer(request: web.Request) -> web.Response:
    """The second service."""
    number = request.match_info['number']
    await asyncio.gather(*(leaf(f'back {number}.{child}') for child in range(2)))
    await asyncio.to_thread(in_thread, f'thread {number}')
    return web.Response(text=number)


def forward(
    session: ClientSession, back: str, all_inside: AllInside
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The first service: nested gathers around a call of the second."""

    async def call(number: str) -> None:
        async with session.get(f'{back}/{number}') as response:
            assert await response.text() == number

    async def handler(request: web.Request) -> web.Response:
        number = request.match_info['number']
        xray_recorder.current_segment().put_annotation('number', number)
        await all_inside.wait()
        await asyncio.gather(branch(f'a {number}'), call(number), branch(f'b {number}'))
        return web.Response(text=number)

    return handler


async def start(handler: Any, runners: List[web.AppRunner]) -> str:
    """A service on a port of its own; its address."""
    app = web.Application(middlewares=[middleware])
    app.router.add_get('/{number}', handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, '127.0.0.1', 0, backlog=4096).start()
    runners.append(runner)
    host, port = runner.addresses[0][:2]
    return f'http://{host}:{port}'


def resident_bytes() -> int:
    """What this process occupies in memory."""
    gc.collect()
    with open('/proc/self/statm', encoding='ascii') as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


async def main() -> List[int]:
    """The resident memory after each round."""
    runners: List[web.AppRunner] = []
    resident = []
    back = await start(answer, runners)
    connector = TCPConnector(limit=0)
    async with ClientSession(
        connector=connector, trace_configs=[aws_xray_trace_config(name='call')], timeout=TIMEOUT
    ) as inner:
        front = await start(forward(inner, back, AllInside()), runners)
        async with ClientSession(connector=TCPConnector(limit=0), timeout=TIMEOUT) as session:

            async def request(number: int) -> None:
                async with session.get(f'{front}/{number}') as response:
                    assert (response.status, await response.text()) == (200, str(number))

            for _ in range(ROUNDS):
                await asyncio.gather(*(request(number) for number in range(CONCURRENT)))
                resident.append(resident_bytes())
    for runner in runners:
        await runner.cleanup()
    return resident


if __name__ == '__main__':
    hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard_limit, hard_limit))
    if USE_UVLOOP:
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    print(json.dumps(asyncio.run(main())))
