"""Responses that start before the handler is done: streams, websockets, long requests, clients that leave."""

from __future__ import annotations

import asyncio
from typing import Any, List

import pytest
from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer

from support.aiohttp_server import application, eventually, serve

SECONDS_KEY = 'AWS_XRAY_IN_PROGRESS_SECONDS'


def in_progress(daemon: Any) -> List[Any]:
    """The previews among the documents so far."""
    return [document for document in daemon.documents() if document.get('in_progress')]


@pytest.mark.improvement('D19')
async def test_a_stream_carries_the_trace_header(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'first ')
        traced.current_segment().put_annotation('while', 'streaming')
        await response.write(b'second')
        return response

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            assert await response.read() == b'first second'
    segment = daemon.trace()
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={segment.trace_id}'
    assert segment['http']['response'] == {'status': 200}
    assert segment['annotations'] == {'while': 'streaming'}


@pytest.mark.improvement('D19')
async def test_signals_of_the_application_see_the_header(traced: Any, daemon: Any) -> None:
    seen = []

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        seen.append(response.headers['X-Amzn-Trace-Id'])
        response.headers['X-Signal'] = 'ran'

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        return response

    app = application({'/': handler})
    app.on_response_prepare.append(on_prepare)
    async with TestServer(app) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            assert response.headers['X-Signal'] == 'ran'
    assert seen == [f'Root={daemon.trace().trace_id}']


@pytest.mark.improvement('D19')
async def test_a_websocket_carries_the_header_and_is_visible_while_open(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            with traced.in_subsegment('answer'):
                await socket.send_str(message.data.upper())
        return socket

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.ws_connect(server.make_url('/')) as socket:
            (preview,) = in_progress(daemon)
            await socket.send_str('hello')
            assert (await socket.receive(timeout=10)).data == 'HELLO'
            header = socket._response.headers['X-Amzn-Trace-Id']
        await eventually(lambda: len(daemon.documents()) == 2)
    segment = daemon.trace()
    assert header == f'Root={segment.trace_id}'
    assert (preview['id'], preview['trace_id']) == (segment.id, segment.trace_id)
    assert 'end_time' not in preview
    assert segment['http']['response']['status'] == 101
    assert segment.render() == 'shop\n  answer'


@pytest.mark.improvement('D19')
async def test_a_websocket_sends_one_preview_however_long_it_is_open(
    traced: Any, daemon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECONDS_KEY, '0.01')

    async def handler(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        assert (await socket.receive(timeout=10)).type is WSMsgType.TEXT
        return socket

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.ws_connect(server.make_url('/')) as socket:
            await asyncio.sleep(0.1)  # Ten thresholds long: nothing more may come.
            assert len(in_progress(daemon)) == 1
            await socket.send_str('enough')
    await eventually(lambda: len(daemon.documents()) == 2)


@pytest.mark.improvement('D19')
async def test_a_long_request_announces_itself(traced: Any, daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS_KEY, '0.02')
    announced = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        if request.path == '/long':
            await asyncio.wait_for(announced.wait(), timeout=10)
        return web.Response(text='ok')

    async with serve({'/long': handler, '/short': handler}) as server, ClientSession() as session:
        long = asyncio.ensure_future(session.get(server.make_url('/long')))
        async with session.get(server.make_url('/short')) as response:
            await response.read()
        await eventually(lambda: in_progress(daemon))
        announced.set()
        (await asyncio.wait_for(long, timeout=10)).release()
    (preview,) = in_progress(daemon)
    assert preview['http']['request']['url'].endswith('/long')
    urls = [segment['http']['request']['url'] for segment in daemon.traces()]
    assert sorted(url.rpartition('/')[2] for url in urls) == ['long', 'short']
    assert not any(segment.in_progress for segment in daemon.traces())


async def test_long_requests_can_be_left_unannounced(traced: Any, daemon: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS_KEY, '0')

    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.05)
        return web.Response(text='ok')

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            await response.read()
    assert len(daemon.documents()) == 1


@pytest.mark.improvement('D19')
async def test_a_client_that_leaves_is_no_fault(traced: Any, daemon: Any) -> None:
    entered = asyncio.Event()
    handler_errors: List[BaseException] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        entered.set()
        try:
            while True:
                await response.write(b'x' * 1024)
                await asyncio.sleep(0.001)
        except BaseException as error:
            handler_errors.append(error)
            raise

    async with serve({'/': handler}) as server:
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(b'GET / HTTP/1.1\r\nHost: shop\r\n\r\n')
        await asyncio.wait_for(entered.wait(), timeout=10)
        writer.transport.abort()
        await eventually(daemon.documents)
    segment = daemon.trace()
    assert isinstance(handler_errors[0], (ConnectionError, asyncio.CancelledError))
    assert not any(segment.get(flag) for flag in ('fault', 'error', 'cause'))


@pytest.mark.improvement('D19')
async def test_a_write_to_a_client_that_left_is_no_fault(traced: Any, daemon: Any) -> None:
    entered = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        entered.set()
        await eventually(lambda: request.transport is None)
        raise ConnectionResetError('Cannot write to closing transport')

    # As web.run_app serves: the handler runs on when its client has gone. The test server would cancel it.
    runner = web.AppRunner(application({'/': handler}))
    await runner.setup()
    try:
        await web.TCPSite(runner, '127.0.0.1', 0).start()
        _, writer = await asyncio.open_connection(*runner.addresses[0][:2])
        writer.write(b'GET / HTTP/1.1\r\nHost: shop\r\n\r\n')
        await asyncio.wait_for(entered.wait(), timeout=10)
        writer.transport.abort()
        await eventually(daemon.documents)
    finally:
        await runner.cleanup()
    assert not any(daemon.trace().get(flag) for flag in ('fault', 'error', 'cause'))


@pytest.mark.improvement('D19')
async def test_a_cancelled_handler_is_no_fault(traced: Any, daemon: Any) -> None:
    entered = asyncio.Event()
    tasks: List[Any] = []

    async def handler(request: web.Request) -> web.Response:
        tasks.append(asyncio.current_task())
        entered.set()
        await asyncio.sleep(60)
        return web.Response()

    async with serve({'/': handler}) as server, ClientSession() as session:
        request = asyncio.ensure_future(session.post(server.make_url('/')))  # Not repeated by the client.
        await asyncio.wait_for(entered.wait(), timeout=10)
        tasks[0].cancel()
        await eventually(daemon.documents)
        request.cancel()
    segment = daemon.trace()
    assert tasks[0].cancelled(), 'the middleware swallowed the cancellation'
    assert not any(segment.get(flag) for flag in ('fault', 'error', 'cause'))


async def test_a_connection_the_handler_lost_itself_is_a_fault(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise ConnectionResetError('the database went away')

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            assert response.status == 500
    segment = daemon.trace()
    assert segment['fault'] is True
    assert segment['cause']['exceptions'][0]['type'] == 'ConnectionResetError'


async def test_an_exception_after_the_response_started_is_a_fault(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b'begun')
        raise ValueError('half way')

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            with pytest.raises(Exception, match='payload|Payload|closed|disconnected|completed'):
                await response.read()
    segment = daemon.trace()
    assert segment['fault'] is True
    assert segment['cause']['exceptions'][0]['message'] == 'half way'


@pytest.mark.improvement('nothing stays on the request')
async def test_requests_leave_nothing_behind(traced: Any, daemon: Any) -> None:
    from aws_xray_sdk.ext.aiohttp import long_requests

    requests: List[Any] = []

    async def handler(request: web.Request) -> web.Response:
        requests.append(request)
        return web.Response(text='ok')

    async with serve({'/': handler}) as server, ClientSession() as session:
        async with session.get(server.make_url('/')) as response:
            await response.read()
    assert '_prepare_hook' not in vars(requests[0])
    assert dict(requests[0]) == {}
    running = long_requests._of_thread.requests
    assert running is not None
    assert not running.recent | running._waiting
