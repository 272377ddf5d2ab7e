"""Whole programs, written as the documentation shows them."""

from __future__ import annotations

from typing import Any

import pytest

SERVER = """
import asyncio
import os
import signal

from aiohttp import ClientSession, web

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config
from aws_xray_sdk.ext.aiohttp.middleware import middleware

xray_recorder.configure(service='service_name', sampling=False, context=AsyncContext())


async def stock(request):
    return web.json_response({'stock': 3})


async def shop(request):
    here = request.url.origin()
    async with ClientSession(trace_configs=[aws_xray_trace_config()]) as session:
        answers = await asyncio.gather(*(session.get(here / 'stock') for _ in range(3)))
    return web.json_response({'answers': len(answers)})


async def listening():
    while True:
        try:
            return (await asyncio.open_connection('127.0.0.1', PORT))[1].close()
        except ConnectionRefusedError:
            await asyncio.sleep(0.01)


async def visit(app):
    async def requests():
        try:
            await asyncio.wait_for(listening(), timeout=10)
            async with ClientSession() as session:
                async with session.get(f'http://127.0.0.1:{PORT}/shop') as response:
                    return response.status, await response.json()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    visits.append(asyncio.ensure_future(requests()))


visits = []
app = web.Application(middlewares=[middleware])
app.router.add_get('/shop', shop)
app.router.add_get('/stock', stock)
app.on_startup.append(visit)
"""

RUN = """
web.run_app(app, host='127.0.0.1', port=PORT, print=None)
assert visits[0].result() == (200, {'answers': 3})
"""

UVLOOP = 'import uvloop\nasyncio.set_event_loop_policy(uvloop.EventLoopPolicy())\n'

EXPECTED = 'service_name' + '\n  127.0.0.1 (remote)\n    service_name' * 3

pytestmark = pytest.mark.improvement('sdk issues 203 and 417')


# How a program uses aiohttp is not the subject, but what the middleware does to a request is.
WARNINGS = """
import warnings
warnings.simplefilter('default')
warnings.filterwarnings('error', message='Setting custom Request')
"""


def run(run_program: Any, source: str, port: int, daemon: Any, **environment: str) -> None:
    """Runs ``source`` on ``port``; it must leave one trace, of a request with three calls."""
    program = f'{WARNINGS}\nPORT = {port}\n{source}'
    run_program(program, AWS_XRAY_DAEMON_ADDRESS=daemon.address, **environment)
    assert daemon.trace().render() == EXPECTED


def test_run_app_with_a_context_made_at_import(run_program: Any, daemon: Any, unused_tcp_port: int) -> None:
    run(run_program, SERVER + RUN, unused_tcp_port, daemon)


def test_run_app_on_uvloop(run_program: Any, daemon: Any, unused_tcp_port: int) -> None:
    run(run_program, SERVER + UVLOOP + RUN, unused_tcp_port, daemon)


def test_development_mode_does_not_warn(run_program: Any, daemon: Any, unused_tcp_port: int) -> None:
    run(run_program, SERVER + RUN, unused_tcp_port, daemon, PYTHONASYNCIODEBUG='1')
