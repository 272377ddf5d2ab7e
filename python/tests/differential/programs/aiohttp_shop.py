"""An aiohttp server that calls another one through a traced client session."""

import asyncio

from aiohttp import ClientSession, web

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.ext.aiohttp.client import aws_xray_trace_config
from aws_xray_sdk.ext.aiohttp.middleware import middleware

HEADER = 'X-Amzn-Trace-Id'


async def ok(request):
    xray_recorder.put_annotation('seen', True)
    return web.Response(text='fine')


async def forbidden(request):
    raise web.HTTPForbidden


async def fail(request):
    raise ValueError('bad')


async def start(routes):
    application = web.Application(middlewares=[middleware])
    application.add_routes(routes)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, '127.0.0.1', 0)
    await site.start()
    return runner, f'http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}'


async def main():
    xray_recorder.configure(service='shop', sampling=False, context=AsyncContext())
    back, back_address = await start([web.get('/ok', ok), web.get('/forbidden', forbidden)])

    async def through(request):
        async with ClientSession(trace_configs=[aws_xray_trace_config()]) as session:
            async with session.get(f'{back_address}/{request.query["to"]}') as response:
                return web.Response(status=response.status)

    async def nowhere(request):
        async with ClientSession(trace_configs=[aws_xray_trace_config(name='nowhere')]) as session:
            try:
                await session.get('http://127.0.0.1:9/')
            except OSError as error:
                return web.Response(text=type(error).__name__)

    front, front_address = await start(
        [web.get('/through', through), web.get('/nowhere', nowhere), web.get('/fail', fail), web.get('/ok', ok)]
    )
    requests = [
        ('/ok', {}),
        ('/through?to=ok', {}),
        ('/through?to=forbidden', {}),
        ('/nowhere', {}),
        ('/fail', {}),
        ('/missing', {}),
        ('/ok', {HEADER: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'}),
        ('/ok', {HEADER: 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=?'}),
        ('/ok', {HEADER: 'Sampled=0'}),
        ('/ok', {'X-Forwarded-For': '10.1.2.3', 'User-Agent': 'agent'}),
    ]
    async with ClientSession() as session:
        for path, headers in requests:
            async with session.get(front_address + path, headers=headers) as response:
                print(path, response.status, response.headers.get(HEADER))
    await front.cleanup()
    await back.cleanup()


import logging  # noqa: E402

logging.disable(logging.CRITICAL)
asyncio.run(main())
