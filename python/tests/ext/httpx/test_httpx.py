"""Requests made with httpx become subsegments."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest

from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.ext.httpx import patch

CLASSES = (httpx.Client, httpx.AsyncClient)


@pytest.fixture(params=['sync', 'async'])
def recorder(request, global_recorder, monkeypatch):
    """The process-wide recorder, with the library patched until the test ends."""
    for cls in CLASSES:
        monkeypatch.setattr(cls, '_send_single_request', cls.__dict__['_send_single_request'])
    for name in ('Client', 'AsyncClient'):
        monkeypatch.setattr(httpx, name, getattr(httpx, name))
    monkeypatch.setattr(httpx._api, 'Client', httpx._api.Client)
    patch()
    global_recorder.is_async = request.param == 'async'
    yield global_recorder
    del global_recorder.is_async


@pytest.fixture
def send(recorder):
    """Makes one request, with either client, inside a segment; returns the response and the segment."""

    def run(method, url, segment=True, request=None, **options):
        async def run_async():
            async with httpx.AsyncClient(trust_env=False, **options) as client:
                return await client.send(request or client.build_request(method, url))

        def run_sync():
            with httpx.Client(trust_env=False, **options) as client:
                return client.send(request or client.build_request(method, url))

        def run_either():
            return asyncio.run(run_async()) if recorder.is_async else run_sync()

        if not segment:
            return run_either()
        if not recorder.is_async:
            with recorder.in_segment('web'):
                return run_sync()

        async def run_in_segment():
            recorder.configure(context=AsyncContext())
            async with recorder.in_segment_async('web'):
                return await run_async()

        return asyncio.run(run_in_segment())

    return run


def call_of(daemon):
    (call,) = daemon.trace().children
    return call


def test_one_request_is_one_subsegment(send, server, daemon):
    response = send('GET', f'{server.url}/items?token=secret')
    call = call_of(daemon)
    assert (call.name, call['namespace']) == ('127.0.0.1', 'remote')
    assert call['http']['request'] == {'method': 'GET', 'url': f'{server.url}/items'}
    assert call['http']['response']['status'] == 200
    assert response.json()['x-amzn-trace-id'] == f'Root={call.trace_id};Parent={call.id};Sampled=1'
    assert response.request.headers['x-amzn-trace-id'] == response.json()['x-amzn-trace-id']


def test_user_and_password_stay_out(send, server, daemon):
    send('GET', f'http://ann:secret@127.0.0.1:{server.port}/items')
    assert call_of(daemon)['http']['request']['url'] == f'{server.url}/items'


@pytest.mark.improvement('S3')
def test_request_of_the_caller_is_left_alone(send, server, daemon):
    request = httpx.Request('GET', server.url)
    send('GET', server.url, request=request)
    assert 'x-amzn-trace-id' not in request.headers
    send('GET', server.url, segment=False, request=request)
    assert server.trace_headers()[1] is None


def test_each_hop_of_a_redirect(send, server, daemon):
    assert send('GET', f'{server.url}/redirect/2', follow_redirects=True).status_code == 200
    calls = daemon.trace().children
    assert [call['http']['response']['status'] for call in calls] == [302, 302, 200]
    assert [f'Parent={call.id}' in header for call, header in zip(calls, server.trace_headers())] == [True] * 3


@pytest.mark.improvement('D17')
def test_mounted_transport(recorder, send, daemon):
    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    send('GET', 'http://inside.example/items', mounts={'http://inside.example': transport})
    call = call_of(daemon)
    assert (call.name, call['http']['response']['status']) == ('inside.example', 204)


def test_failed_request_is_a_fault(send, daemon):
    with socket.socket() as unused:
        unused.bind(('127.0.0.1', 0))
        with pytest.raises(httpx.ConnectError):
            send('GET', f'http://127.0.0.1:{unused.getsockname()[1]}/')
    call = call_of(daemon)
    assert call['fault'] is True
    assert call['cause']['exceptions'][0]['type'] == 'ConnectError'


@pytest.mark.improvement('instrumentation outside a segment is silent')
@pytest.mark.parametrize('strategy', ['RUNTIME_ERROR', 'LOG_ERROR'])
def test_outside_a_segment_nothing_happens(recorder, send, server, daemon, caplog, strategy):
    recorder.configure(context_missing=strategy)
    assert send('GET', server.url, segment=False).status_code == 200
    assert server.trace_headers() == [None]
    assert [record for record in caplog.records if 'aws_xray_sdk' in record.name] == []


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(recorder, send, server):
    recorder.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    with pytest.raises(SegmentNotFoundException):
        send('GET', server.url, segment=False)


@pytest.mark.improvement('patching replaces no class')
def test_classes_stay_what_they_are(recorder, server):
    assert (httpx.Client, httpx.AsyncClient) == CLASSES


@pytest.mark.improvement('B14')
def test_closing_the_client_closes_its_connections(recorder, server):
    with httpx.Client(trust_env=False) as client:
        client.get(server.url)
        pool = client._transport._pool
        assert pool.connections
    assert not pool.connections


@pytest.mark.improvement('B2')
async def test_gathered_requests_are_siblings(global_recorder, monkeypatch, server, daemon):
    monkeypatch.setattr(httpx.AsyncClient, '_send_single_request', httpx.AsyncClient.__dict__['_send_single_request'])
    patch()
    async with httpx.AsyncClient(trust_env=False) as client, global_recorder.in_segment_async('web'):
        answers = await asyncio.gather(*(client.get(f'{server.url}/{number}') for number in range(20)))
    parents = {answer.json()['x-amzn-trace-id'].split(';')[1] for answer in answers}
    assert parents == {f'Parent={call.id}' for call in daemon.trace().children}
    assert len(parents) == 20
