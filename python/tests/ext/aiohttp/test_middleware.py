"""Requests to a real aiohttp server and the segments they become."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from typing import Any

import pytest
from aiohttp import ClientSession, ServerDisconnectedError, web
from aiohttp.test_utils import TestServer

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core.models.default_dynamic_naming import DefaultDynamicNaming
from aws_xray_sdk.ext.aiohttp.middleware import middleware
from support.aiohttp_server import application, send_raw, serve
from support.doubles import StubSampler

ROOT = '1-5759e988-bd862e3fe1be46a994272793'
PARENT = '53995c3f42cd8ad8'


async def ok(request: web.Request) -> web.Response:
    """The least a handler can do."""
    return web.Response(text='ok')


async def get(server: Any, path: str, **options: Any) -> Any:
    """One GET request; the response with its body read."""
    async with ClientSession() as session:
        async with session.get(server.make_url(path), **options) as response:
            await response.read()
            return response


async def test_a_request_is_a_segment(traced: Any, daemon: Any) -> None:
    async with serve({'/items/{id}': ok}) as server:
        url = str(server.make_url('/items/3'))
        response = await get(server, '/items/3', headers={'User-Agent': 'test-agent'})
    segment = daemon.trace()
    assert segment.name == 'shop'
    assert segment['http'] == {
        'request': {
            'method': 'GET',
            'url': url,
            'client_ip': '127.0.0.1',
            'user_agent': 'test-agent',
        },
        'response': {'status': 200},
    }
    assert not any(segment.get(flag) for flag in ('fault', 'error', 'throttle'))
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={segment.trace_id}'


async def test_the_header_of_the_caller_is_continued(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        header = f'Root={ROOT};Parent={PARENT};Sampled=1'
        response = await get(server, '/', headers={'X-Amzn-Trace-Id': header})
    segment = daemon.trace()
    assert (segment.trace_id, segment['parent_id']) == (ROOT, PARENT)
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={ROOT}'


async def test_a_caller_that_does_not_sample_is_respected(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        response = await get(server, '/', headers={'X-Amzn-Trace-Id': f'Root={ROOT};Parent={PARENT};Sampled=0'})
    assert response.status == 200
    assert daemon.documents() == []


async def test_a_caller_that_asks_is_told_the_decision(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        response = await get(server, '/', headers={'X-Amzn-Trace-Id': f'Root={ROOT};Sampled=?'})
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={ROOT};Sampled=1'
    assert daemon.trace().trace_id == ROOT


async def test_the_sampler_sees_the_request(traced: Any, daemon: Any) -> None:
    sampler = StubSampler(decision=False)
    traced.configure(sampling=True)
    traced.sampler = sampler
    async with serve({'/items/{id}': ok}) as server:
        await get(server, '/items/3?secret=1', headers={'Host': 'shop.example'})
    assert [dict(request) for request in sampler.requests] == [
        {'host': 'shop.example', 'method': 'GET', 'path': '/items/3', 'service': 'shop'}
    ]
    assert daemon.documents() == []


async def test_a_matching_host_names_the_segment(traced: Any, daemon: Any) -> None:
    traced.configure(dynamic_naming=DefaultDynamicNaming('*.example', 'fallback'))
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'Host': 'shop.example:8080'})
        await get(server, '/', headers={'Host': 'elsewhere'})
    assert [segment.name for segment in daemon.traces()] == ['shop.example', 'fallback']


async def test_the_port_that_the_scheme_means_is_left_out(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'Host': 'shop.example:80'})
    assert daemon.trace()['http']['request']['url'] == 'http://shop.example/'


async def test_a_proxy_names_the_client(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'X-Forwarded-For': '203.0.113.7'})
    request = daemon.trace()['http']['request']
    assert request['client_ip'] == '203.0.113.7'
    assert request['x_forwarded_for'] is True


@pytest.mark.parametrize('named', ['foo', 'unknown', '_hidden:1'])
async def test_a_proxy_may_name_the_client_otherwise(traced: Any, daemon: Any, named: str) -> None:
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'X-Forwarded-For': named})
    request = daemon.trace()['http']['request']
    assert (request['client_ip'], request['x_forwarded_for']) == (named, True)


async def test_the_length_the_handler_set_is_recorded(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={'Content-Length': '2'})
        await response.prepare(request)
        await response.write(b'ok')
        return response

    async with serve({'/': handler}) as server:
        await get(server, '/')
    assert daemon.trace()['http']['response'] == {'status': 200, 'content_length': 2}


@pytest.mark.parametrize(
    ('exception', 'status', 'flags'),
    [
        (web.HTTPNotFound, 404, {'error'}),
        (web.HTTPTooManyRequests, 429, {'error', 'throttle'}),
        (web.HTTPServiceUnavailable, 503, {'fault'}),
        (web.HTTPNoContent, 204, set()),
    ],
)
async def test_a_raised_http_exception_counts_with_its_status(
    traced: Any, daemon: Any, exception: Any, status: int, flags: set
) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise exception()

    async with serve({'/': handler}) as server:
        response = await get(server, '/')
    segment = daemon.trace()
    assert response.status == segment['http']['response']['status'] == status
    assert {flag for flag in ('fault', 'error', 'throttle') if segment.get(flag)} == flags
    assert 'cause' not in segment.document
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={segment.trace_id}'


@pytest.mark.filterwarnings('ignore:returning HTTPException:DeprecationWarning')
async def test_a_returned_http_exception_counts_with_its_status(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> Any:
        return web.HTTPNotFound()

    async with serve({'/': handler}) as server:
        response = await get(server, '/')
    segment = daemon.trace()
    assert response.status == segment['http']['response']['status'] == 404
    assert segment['error'] is True
    assert not segment.get('fault')


async def test_an_unknown_path_is_an_error_of_the_client(traced: Any, daemon: Any) -> None:
    async with serve({}) as server:
        await get(server, '/nowhere')
    segment = daemon.trace()
    assert (segment['http']['response']['status'], segment['error']) == (404, True)
    assert not segment.get('fault')


async def test_an_unhandled_exception_is_a_fault(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(text=str({}['missing']))

    async with serve({'/': handler}) as server:
        response = await get(server, '/')
    segment = daemon.trace()
    assert response.status == segment['http']['response']['status'] == 500
    assert segment['fault'] is True
    (exception,) = segment['cause']['exceptions']
    assert (exception['type'], exception['message']) == ('KeyError', "'missing'")
    assert any(frame['label'] == 'handler' for frame in exception['stack'])


async def test_handlers_record_below_the_segment(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        traced.current_segment().put_annotation('user', 7)
        async with traced.in_subsegment_async('outer'):
            async with traced.in_subsegment_async('inner'):
                return web.Response(text='ok')

    async with serve({'/': handler}) as server:
        await get(server, '/')
    segment = daemon.trace()
    assert segment['annotations'] == {'user': 7}
    assert segment.render() == 'shop\n  outer\n    inner'


async def test_other_middlewares_run_inside_the_segment(traced: Any, daemon: Any) -> None:
    @web.middleware
    async def inner(request: web.Request, handler: Any) -> web.StreamResponse:
        with traced.in_subsegment('middleware'):
            return await handler(request)

    async with serve({'/': ok}, middlewares=[middleware, inner]) as server:
        await get(server, '/')
    assert daemon.trace().render() == 'shop\n  middleware'


@pytest.mark.filterwarnings('ignore:old-style middleware:DeprecationWarning')
async def test_old_style_middlewares_work_beside_it(traced: Any, daemon: Any) -> None:
    async def old_style(app: web.Application, handler: Any) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            with traced.in_subsegment('old'):
                return await handler(request)

        return handle

    async with serve({'/': ok}, middlewares=[middleware, old_style]) as server:
        await get(server, '/')
    assert daemon.trace().render() == 'shop\n  old'


async def test_concurrent_requests_keep_apart(traced: Any, daemon: Any) -> None:
    together = asyncio.Event()
    waiting = []

    async def handler(request: web.Request) -> web.Response:
        traced.current_segment().put_annotation('before', request.match_info['id'])
        waiting.append(request)
        if len(waiting) == 50:
            together.set()
        await asyncio.wait_for(together.wait(), timeout=10)
        traced.current_segment().put_annotation('after', request.match_info['id'])
        return web.Response(text='ok')

    async with serve({'/{id}': handler}) as server:
        await asyncio.gather(*(get(server, f'/{number}') for number in range(50)))
    segments = daemon.traces()
    assert len({segment.trace_id for segment in segments}) == 50
    for segment in segments:
        number = segment['http']['request']['url'].rpartition('/')[2]
        assert segment['annotations'] == {'before': number, 'after': number}


async def test_a_connection_that_stays_open_starts_each_request_anew(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server, ClientSession() as session:
        for _ in range(3):
            async with session.get(server.make_url('/')) as response:
                await response.read()
    segments = daemon.traces()
    assert len({segment.trace_id for segment in segments}) == 3
    assert all('parent_id' not in segment.document for segment in segments)


async def test_a_sub_application_is_traced_by_the_outer_middleware(traced: Any, daemon: Any) -> None:
    app = application({})
    app.add_subapp('/api', application({'/items': ok}, middlewares=[]))
    async with TestServer(app) as server:
        response = await get(server, '/api/items')
    segment = daemon.trace()
    assert segment['http']['request']['url'].endswith('/api/items')
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={segment.trace_id}'


@pytest.mark.improvement('one segment a request, however often the middleware is mounted')
async def test_a_request_that_passes_the_middleware_twice_is_one_segment(traced: Any, daemon: Any) -> None:
    app = application({})
    app.add_subapp('/api', application({'/items': ok}))
    async with TestServer(app) as server:
        response = await get(server, '/api/items')
    assert response.headers['X-Amzn-Trace-Id'] == f'Root={daemon.trace().trace_id}'


@pytest.mark.improvement('sdk#446')
async def test_executor_work_of_a_handler_continues_its_trace(global_recorder: Any, daemon: Any) -> None:
    propagation = importlib.import_module('aws_xray_sdk.core.propagation')
    propagation.uninstall()

    def work() -> None:
        with global_recorder.in_subsegment('work'):
            pass

    async def handler(request: web.Request) -> web.Response:
        await asyncio.get_running_loop().run_in_executor(None, work)
        return web.Response(text='ok')

    async with serve({'/': handler}) as server:
        await get(server, '/')
    assert daemon.trace().render() == 'test\n  work'


@pytest.mark.improvement('never breaks the application')
async def test_a_request_that_cannot_be_traced_is_answered(
    traced: Any, daemon: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Failure(Exception):
        pass

    def fail(*args: Any, **options: Any) -> None:
        raise Failure

    monkeypatch.setattr('aws_xray_sdk.ext.aiohttp.middleware.begin_raw_request', fail)
    async with serve({'/': ok}) as server:
        assert [(await get(server, '/')).status for _ in range(3)] == [200, 200, 200]
    assert [record.levelname for record in caplog.records if record.name.startswith('aws_xray_sdk')] == ['WARNING']
    assert daemon.documents() == []


async def test_a_disabled_sdk_leaves_requests_alone(traced: Any, daemon: Any) -> None:
    global_sdk_config.set_sdk_enabled(False)
    async with serve({'/': ok}) as server:
        response = await get(server, '/')
    assert response.status == 200
    assert daemon.documents() == []


async def test_without_a_daemon_requests_are_answered(traced: Any) -> None:
    traced.emitter.set_daemon_address('127.0.0.1:1')
    async with serve({'/': ok}) as server:
        assert [(await get(server, '/')).status for _ in range(3)] == [200, 200, 200]


async def test_a_test_may_replace_the_recorder(
    traced: Any, memory_recorder: Any, daemon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory_recorder.configure(service='replaced', context=traced.context)
    monkeypatch.setattr('aws_xray_sdk.ext.aiohttp.middleware.xray_recorder', memory_recorder)
    async with serve({'/': ok}) as server:
        await get(server, '/')
    (segment,) = memory_recorder.emitter.entities
    assert segment.name == 'replaced'
    assert segment.http['response']['status'] == 200
    assert daemon.documents() == []


@pytest.mark.improvement('B7')
async def test_a_request_without_host_is_served(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        url = str(server.make_url('/'))
        status, headers = await send_raw(server, b'GET / HTTP/1.0\r\n\r\n')
    segment = daemon.trace()
    assert status == segment['http']['response']['status'] == 200
    assert segment['http']['request']['url'] == url
    assert headers['x-amzn-trace-id'] == f'Root={segment.trace_id}'


@pytest.mark.improvement('S7')
async def test_query_strings_are_not_recorded(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        url = str(server.make_url('/'))
        await get(server, '/?token=s3cret')
    assert b's3cret' not in b''.join(daemon.datagrams())
    assert daemon.trace()['http']['request']['url'] == url


@pytest.mark.improvement('S8')
async def test_a_client_cannot_choose_its_address(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'remote_addr': '198.51.100.66'})
    assert daemon.trace()['http']['request']['client_ip'] == '127.0.0.1'


@pytest.mark.improvement('S8')
async def test_only_the_first_forwarded_address_is_the_client(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        await get(server, '/', headers={'X-Forwarded-For': '203.0.113.7, 10.0.0.1, 10.0.0.2'})
    assert daemon.trace()['http']['request']['client_ip'] == '203.0.113.7'


MALFORMED = {
    'separators': ';;;',
    'nothing': '=',
    'letters': 'caf\u00e9',
    'words': pytest.param('Root=evil;Parent=worse;Sampled=maybe', marks=pytest.mark.improvement('S9')),
    'long': pytest.param('Root=' + 'a' * 4000, marks=pytest.mark.improvement('S9')),
    'twice': pytest.param('Root=1-0-0;Root=2', marks=pytest.mark.improvement('S9')),
}


@pytest.mark.parametrize('header', MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_header_starts_a_new_trace(traced: Any, daemon: Any, header: str) -> None:
    async with serve({'/': ok}) as server:
        line = f'X-Amzn-Trace-Id: {header}\r\n'.encode()
        status, _ = await send_raw(server, b'GET / HTTP/1.1\r\nHost: shop\r\n' + line + b'\r\n')
    segment = daemon.trace()
    assert status == 200
    assert 'parent_id' not in segment.document


async def test_the_first_of_two_headers_counts(traced: Any, daemon: Any) -> None:
    async with serve({'/': ok}) as server:
        lines = f'X-Amzn-Trace-Id: Root={ROOT}\r\nX-Amzn-Trace-Id: Root=1-5759e988-{"0" * 24}\r\n'.encode()
        status, _ = await send_raw(server, b'GET / HTTP/1.1\r\nHost: shop\r\n' + lines + b'\r\n')
    assert (status, daemon.trace().trace_id) == (200, ROOT)


@pytest.mark.improvement('the status the client got')
async def test_a_timeout_counts_with_the_status_aiohttp_answers(traced: Any, daemon: Any) -> None:
    async def handler(request: web.Request) -> web.Response:
        raise asyncio.TimeoutError

    async with serve({'/': handler}) as server:
        response = await get(server, '/')
    segment = daemon.trace()
    assert response.status == segment['http']['response']['status'] == 504
    assert segment['fault'] is True


@pytest.mark.improvement('a handler that forgets to answer')
@pytest.mark.parametrize('answer', [None, 'text'])
async def test_a_handler_without_a_response_is_a_fault(traced: Any, daemon: Any, answer: Any) -> None:
    async def handler(request: web.Request) -> Any:
        return answer

    async with serve({'/': handler}) as server:
        with contextlib.suppress(ServerDisconnectedError):  # Older releases of aiohttp hang up.
            assert (await get(server, '/')).status == 500
    segment = daemon.trace()
    assert segment['http']['response']['status'] == 500
    assert segment['fault'] is True


async def test_the_raising_frame_of_a_deep_stack_is_recorded(traced: Any, daemon: Any) -> None:
    def dig(depth: int) -> None:
        if depth == 0:
            raise ValueError('bottom')
        dig(depth - 1)

    async def handler(request: web.Request) -> web.Response:
        dig(30)
        return web.Response()

    async with serve({'/': handler}) as server:
        await get(server, '/')
    (exception,) = daemon.trace()['cause']['exceptions']
    lines = [frame['line'] for frame in exception['stack'] if frame['label'] == 'dig']
    assert dig.__code__.co_firstlineno + 2 in lines
