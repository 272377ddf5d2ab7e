"""Requests made with a traced aiohttp session and the subsegments they become."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, Dict, List

import pytest
from aiohttp import (
    ClientConnectorError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    InvalidURL,
    ServerDisconnectedError,
    TraceConfig,
    web,
)
from yarl import URL

from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.ext.aiohttp.client import LOCAL_NAMESPACE, REMOTE_NAMESPACE, aws_xray_trace_config
from support.aiohttp_server import eventually, serve
from support.daemon import names


async def echo_headers(request: web.Request) -> web.Response:
    """Answers with the trace header it was sent."""
    return web.json_response({'trace': request.headers.get('X-Amzn-Trace-Id'), 'mine': request.headers.get('X-Mine')})


def plain(handlers: Dict[str, Any]) -> Any:
    """A server that is not traced itself."""
    return serve(handlers, middlewares=())


def traced_session(**options: Any) -> ClientSession:
    """A session as an application makes it."""
    return ClientSession(trace_configs=[aws_xray_trace_config(**options)])


async def test_a_request_is_a_remote_subsegment(traced: Any, daemon: Any) -> None:
    async with plain({'/items': echo_headers}) as server, traced_session() as session:
        url = str(server.make_url('/items'))
        with traced.in_segment('shop'):
            async with session.get(url) as response:
                sent = (await response.json())['trace']
    root = daemon.trace()
    subsegment = root.find('127.0.0.1')
    assert subsegment['namespace'] == REMOTE_NAMESPACE
    assert subsegment['http'] == {'request': {'method': 'GET', 'url': url}, 'response': {'status': 200}}
    assert sent == f'Root={root.trace_id};Parent={subsegment.id};Sampled=1'


async def test_a_name_may_be_given(traced: Any, daemon: Any) -> None:
    async with plain({'/': echo_headers}) as server, traced_session(name='inventory') as session:
        with traced.in_segment('shop'):
            await session.get(server.make_url('/'))
    assert daemon.trace().render() == 'shop\n  inventory (remote)'


@pytest.mark.parametrize(('status', 'flags'), [(404, ['error']), (429, ['error', 'throttle']), (500, ['fault'])])
async def test_the_status_sets_the_flags(traced: Any, daemon: Any, status: int, flags: List[str]) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            async with session.get(server.make_url('/')) as response:
                assert response.status == status
    subsegment = daemon.trace().find('127.0.0.1')
    assert subsegment['http']['response']['status'] == status
    assert [flag for flag in ('error', 'fault', 'throttle') if subsegment.get(flag)] == flags


async def test_redirects_are_one_subsegment_with_the_last_status(traced: Any, daemon: Any) -> None:
    async def redirect(request: web.Request) -> web.Response:
        raise web.HTTPFound('/gone')

    async def gone(request: web.Request) -> web.Response:
        return web.Response(status=410)

    async with plain({'/': redirect, '/gone': gone}) as server, traced_session() as session:
        url = str(server.make_url('/'))
        with traced.in_segment('shop'):
            async with session.get(url) as response:
                assert response.status == 410
    (subsegment,) = daemon.trace().children
    assert subsegment['http'] == {'request': {'method': 'GET', 'url': url}, 'response': {'status': 410}}


async def test_headers_of_the_caller_are_sent_and_left_alone(traced: Any, daemon: Any) -> None:
    mine = {'X-Mine': 'yes'}
    defaults = {'X-Default': 'yes'}
    async with plain({'/': echo_headers}) as server:
        async with ClientSession(trace_configs=[aws_xray_trace_config()], headers=defaults) as session:
            with traced.in_segment('shop'):
                async with session.get(server.make_url('/'), headers=mine) as response:
                    assert (await response.json())['mine'] == 'yes'
            async with session.get(server.make_url('/'), headers=mine) as response:
                assert (await response.json())['trace'] is None, 'a trace id outlived its segment'
    assert (mine, defaults) == ({'X-Mine': 'yes'}, {'X-Default': 'yes'})


async def test_a_refused_connection_is_a_local_fault(traced: Any, daemon: Any, unused_tcp_port: int) -> None:
    async with traced_session() as session:
        with traced.in_segment('shop'):
            with pytest.raises(ClientConnectorError):
                await session.get(f'http://127.0.0.1:{unused_tcp_port}/')
    subsegment = daemon.trace().find('127.0.0.1')
    assert subsegment.get('namespace', LOCAL_NAMESPACE) == LOCAL_NAMESPACE
    assert subsegment['fault'] is True
    assert subsegment['cause']['exceptions'][0]['type'] == 'ClientConnectorError'
    assert 'response' not in subsegment['http']


async def test_a_server_that_hangs_up_is_a_fault(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            with pytest.raises((ServerDisconnectedError, ConnectionResetError)):
                await session.get(server.make_url('/'))
    subsegment = daemon.trace().find('127.0.0.1')
    assert subsegment['fault'] is True
    assert subsegment['cause']['exceptions'][0]['type'] in ('ServerDisconnectedError', 'ConnectionResetError')


async def test_a_timeout_is_a_fault(traced: Any, daemon: Any) -> None:
    release = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            with pytest.raises(asyncio.TimeoutError):
                await session.get(server.make_url('/'), timeout=ClientTimeout(total=0.05))
        release.set()
    subsegment = daemon.trace().find('127.0.0.1')
    assert subsegment['fault'] is True
    assert 'Timeout' in subsegment['cause']['exceptions'][0]['type']


@pytest.mark.improvement('giving up is no fault of the service that was asked')
async def test_a_cancelled_request_ends_without_a_fault(traced: Any, daemon: Any) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        entered.set()
        await release.wait()
        return web.Response()

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            request = asyncio.ensure_future(session.get(server.make_url('/')))
            await asyncio.wait_for(entered.wait(), timeout=10)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
        release.set()
    subsegment = daemon.trace().find('127.0.0.1')
    assert subsegment['namespace'] == REMOTE_NAMESPACE
    assert not any(subsegment.get(field) for field in ('fault', 'error', 'cause'))


async def test_concurrent_requests_of_one_session_keep_their_own_subsegment(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        number = int(request.match_info['number'])
        await asyncio.sleep((50 - number) / 1000)  # The last one asked is the first one answered.
        return web.json_response({'trace': request.headers['X-Amzn-Trace-Id']}, status=400 + number)

    async def call(number: int) -> str:
        async with session.get(server.make_url(f'/{number}')) as response:
            return (await response.json())['trace']

    async with plain({'/{number}': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            sent = await asyncio.gather(*(call(number) for number in range(50)))
    root = daemon.trace()
    assert len(root.children) == 50
    for subsegment in root.children:
        number = int(subsegment['http']['request']['url'].rpartition('/')[2])
        assert subsegment['http']['response']['status'] == 400 + number
        assert sent[number] == f'Root={root.trace_id};Parent={subsegment.id};Sampled=1'
        assert subsegment.children == []


@pytest.mark.improvement('B2')
async def test_concurrent_requests_keep_apart_under_the_default_context(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(0.01 if request.path == '/slow' else 0)
        return web.Response(status=201 if request.path == '/slow' else 202)

    traced.configure(context=Context())
    async with plain({'/slow': handler, '/fast': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            await asyncio.gather(*(session.get(server.make_url(path)) for path in ('/slow', '/fast')))
    root = daemon.trace()
    statuses = {
        child['http']['request']['url'].rpartition('/')[2]: child['http']['response'] for child in root.children
    }
    assert statuses == {'slow': {'status': 201}, 'fast': {'status': 202}}


@pytest.mark.improvement('a subsegment ends with its own request')
async def test_a_response_is_recorded_on_the_subsegment_of_its_request(traced: Any, daemon: Any) -> None:
    begun = []

    async def begin_another(session: Any, context: SimpleNamespace, params: Any) -> None:
        begun.append(traced.begin_subsegment('receiver of the user'))

    config = aws_xray_trace_config()
    config.on_request_end.insert(0, begin_another)
    async with plain({'/': echo_headers}) as server, ClientSession(trace_configs=[config]) as session:
        with traced.in_segment('shop'):
            await session.get(server.make_url('/'))
            begun[0].close()
    assert daemon.trace().find('127.0.0.1')['http']['response'] == {'status': 200}


async def test_a_context_of_the_caller_is_kept(traced: Any, daemon: Any) -> None:
    seen: List[Any] = []

    async def on_end(session: Any, context: SimpleNamespace, params: Any) -> None:
        seen.append((context.name, context.trace_request_ctx))

    config = aws_xray_trace_config(name='inventory')
    config.on_request_end.append(on_end)
    async with plain({'/': echo_headers}) as server, ClientSession(trace_configs=[config]) as session:
        with traced.in_segment('shop'):
            await session.get(server.make_url('/'), trace_request_ctx={'tenant': 7})
    assert isinstance(config, TraceConfig)
    assert seen == [('inventory', {'tenant': 7})]


async def test_receivers_of_the_program_are_called_in_order_on_every_signal(traced: Any, daemon: Any) -> None:
    seen: List[str] = []
    config = aws_xray_trace_config()
    # Nobody, this package, and the program itself listen to these already.
    for signal in ('on_request_headers_sent', 'on_request_start', 'on_request_end', 'on_connection_create_end'):
        for receiver in ('first', 'second'):

            async def on_signal(session: Any, context: Any, params: Any, seen_as: str = f'{receiver} {signal}') -> None:
                await asyncio.sleep(0)
                seen.append(seen_as)

            getattr(config, signal).append(on_signal)
    async with plain({'/': echo_headers}) as server, ClientSession(trace_configs=[config]) as session:
        with traced.in_segment('shop'):
            await session.get(server.make_url('/'))
    order = ('on_request_start', 'on_connection_create_end', 'on_request_headers_sent', 'on_request_end')
    assert seen == [f'{receiver} {signal}' for signal in order for receiver in ('first', 'second')]
    assert names(daemon.trace().children) == ['127.0.0.1']


async def test_a_sole_receiver_of_the_program_is_waited_for(traced: Any, daemon: Any) -> None:
    seen: List[int] = []

    async def on_chunk(session: Any, context: Any, params: Any) -> None:
        await asyncio.sleep(0)
        seen.append(len(params.chunk))

    config = aws_xray_trace_config()
    config.on_response_chunk_received.append(on_chunk)
    async with plain({'/': echo_headers}) as server, ClientSession(trace_configs=[config]) as session:
        response = await session.get(server.make_url('/'))
        body = await response.read()
    assert seen == [len(body)]


async def test_it_works_beside_another_trace_configuration(traced: Any, daemon: Any) -> None:
    seen: List[str] = []

    async def on_start(session: Any, context: SimpleNamespace, params: Any) -> None:
        seen.append(params.method)

    other = TraceConfig()
    other.on_request_start.append(on_start)
    async with plain({'/': echo_headers}) as server:
        async with ClientSession(trace_configs=[other, aws_xray_trace_config()]) as session:
            with traced.in_segment('shop'):
                await session.get(server.make_url('/'))
    assert seen == ['GET']
    assert names(daemon.trace().children) == ['127.0.0.1']


@pytest.mark.parametrize('strategy', ['LOG_ERROR', 'IGNORE_ERROR'])
async def test_without_a_segment_requests_pass_through(traced: Any, daemon: Any, strategy: str) -> None:
    traced.configure(context_missing=strategy)
    async with plain({'/': echo_headers}) as server, traced_session() as session:
        async with session.get(server.make_url('/')) as response:
            assert (await response.json())['trace'] is None
    assert daemon.documents() == []


@pytest.mark.improvement('a request outside a segment is the business of nobody')
async def test_without_a_segment_nothing_is_raised(traced: Any, daemon: Any, caplog: pytest.LogCaptureFixture) -> None:
    traced.configure(context_missing='RUNTIME_ERROR')
    async with plain({'/': echo_headers}) as server, traced_session() as session:
        async with session.get(server.make_url('/')) as response:
            assert response.status == 200
    assert [record for record in caplog.records if record.name.startswith('aws_xray_sdk')] == []


@pytest.mark.improvement('new: upstream has no such switch')
async def test_strict_instrumentation_follows_the_strategy(traced: Any, daemon: Any) -> None:
    traced.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    async with plain({'/': echo_headers}) as server, traced_session() as session:
        with pytest.raises(SegmentNotFoundException):
            await session.get(server.make_url('/'))


@pytest.mark.improvement('S7')
async def test_secrets_in_a_url_are_not_recorded(traced: Any, daemon: Any) -> None:
    async with plain({'/items': echo_headers}) as server, traced_session() as session:
        url = server.make_url('/items')
        with traced.in_segment('shop'):
            with_secrets = url.with_user('user').with_password('s3cret').with_query(token='t0ken').with_fragment('fr4g')
            await session.get(with_secrets, params={'more': 's3cret'})
    sent = b''.join(daemon.datagrams())
    assert not any(secret in sent for secret in (b's3cret', b't0ken', b'fr4g', b'user:'))
    assert daemon.trace().find('127.0.0.1')['http']['request']['url'] == str(url)


@pytest.mark.improvement('S7')
async def test_a_failed_request_quotes_no_secrets(traced: Any, daemon: Any) -> None:
    async with plain({}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            with pytest.raises(ClientResponseError, match='s3cret'):
                await session.get(server.make_url('/items').with_query(token='s3cret'), raise_for_status=True)
    assert '/items' in daemon.trace().find('127.0.0.1')['cause']['exceptions'][0]['message']
    assert b's3cret' not in b''.join(daemon.datagrams())


async def test_a_url_is_recorded_as_people_write_it(traced: Any, daemon: Any) -> None:
    async with plain({'/caf\u00e9 a': echo_headers}) as server, traced_session() as session:
        url = server.make_url('/caf\u00e9 a')
        with traced.in_segment('shop'):
            await session.get(url)
    assert daemon.trace().find('127.0.0.1')['http']['request']['url'] == url.human_repr()


async def test_unsampled_requests_say_so(traced: Any, daemon: Any) -> None:
    async with plain({'/': echo_headers}) as server, traced_session() as session:
        with traced.in_segment('shop', sampling=False):
            async with session.get(server.make_url('/')) as response:
                sent = (await response.json())['trace']
    assert sent.endswith(';Sampled=0')
    assert daemon.documents() == []


async def test_a_websocket_connection_is_a_subsegment(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close()
        return socket

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            async with session.ws_connect(server.make_url('/')):
                pass
    assert daemon.trace().find('127.0.0.1')['http']['response'] == {'status': 101}


async def test_a_request_that_outlives_its_segment_is_answered(traced: Any, daemon: Any) -> None:
    release = asyncio.Event()

    async def handler(request: web.Request) -> web.Response:
        await asyncio.wait_for(release.wait(), timeout=10)
        return web.Response(text='late')

    async with plain({'/': handler}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            request = asyncio.ensure_future(session.get(server.make_url('/')))
            await asyncio.sleep(0)
        release.set()
        response = await asyncio.wait_for(request, timeout=10)
        assert await response.text() == 'late'
    await eventually(daemon.documents)


@pytest.mark.improvement('B1')
async def test_a_request_begun_after_its_segment_ended_is_answered(traced: Any, daemon: Any) -> None:
    ended = asyncio.Event()

    async def late() -> str:
        await ended.wait()
        async with session.get(server.make_url('/')) as response:
            return await response.text()

    async with plain({'/': echo_headers}) as server, traced_session() as session:
        with traced.in_segment('shop'):
            task = asyncio.ensure_future(late())
            await asyncio.sleep(0)
        ended.set()
        assert await asyncio.wait_for(task, timeout=10)
    assert daemon.trace().render() == 'shop\n  127.0.0.1 (remote)'


async def test_a_path_that_is_no_text_is_recorded(traced: Any, daemon: Any) -> None:
    async with plain({'/{path}': echo_headers}) as server, traced_session() as session:
        url = URL(f'{server.make_url("/")}%FF%3F', encoded=True)
        with traced.in_segment('shop'):
            await session.get(url)
    assert daemon.trace().find('127.0.0.1')['http']['request']['url'] == url.human_repr()


@pytest.mark.parametrize('url', ['http:///nowhere', 'nowhere', 'http://:80/'])
async def test_an_invalid_url_fails_as_without_tracing(traced: Any, daemon: Any, url: str) -> None:
    with pytest.raises((InvalidURL, ValueError)) as expected:
        async with ClientSession() as session:
            await session.get(url)
    async with traced_session() as session:
        with traced.in_segment('shop'), pytest.raises(expected.type):
            await session.get(url)
    assert daemon.trace().name == 'shop'


@pytest.mark.improvement('S7')
async def test_an_address_names_itself(traced: Any, daemon: Any, unused_tcp_port: int) -> None:
    async with traced_session() as session:
        with traced.in_segment('shop'), pytest.raises(ClientConnectorError):
            await session.get(f'http://user:s3cret@[::1]:{unused_tcp_port}/')
    subsegment = daemon.trace().find('::1')
    assert subsegment['http']['request']['url'] == f'http://[::1]:{unused_tcp_port}/'
