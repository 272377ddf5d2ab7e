"""Segments of streaming responses last as long as the body."""

from __future__ import annotations

import io
import types
import warnings
from typing import Any

import pytest
from django.http import FileResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory

from aws_xray_sdk.ext.django.middleware import XRayMiddleware
from support.daemon import FakeDaemon

_BODY = 'test body body test '


@pytest.mark.improvement('D20')
def test_the_segment_lasts_as_long_as_the_body(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/stream/')
    assert daemon.documents() == []
    assert b''.join(response.streaming_content).decode() == _BODY
    trace = daemon.trace()
    assert trace['http']['response']['status'] == 200
    body = trace.find('body')
    assert body.parent is trace
    assert [child['sql']['database_type'] for child in body.children] == ['sqlite']


@pytest.mark.improvement('D20')
async def test_the_segment_lasts_as_long_as_an_asynchronous_body(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    response = await async_client.get('/async_stream/')
    assert daemon.documents() == []
    parts = [part async for part in response.streaming_content]
    assert b''.join(parts).decode() == _BODY
    trace = daemon.trace()
    assert [child['sql']['database_type'] for child in trace.find('body').children] == ['sqlite']


@pytest.mark.improvement('D20')
async def test_a_synchronous_body_under_asgi(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    response = await async_client.get('/stream/')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        parts = [part async for part in response]
    assert b''.join(parts).decode() == _BODY
    assert daemon.trace().find('body').children


@pytest.mark.improvement('D20')
def test_an_asynchronous_body_under_wsgi(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/async_stream/')
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        parts = list(response)
    assert b''.join(parts).decode() == _BODY
    assert daemon.trace().find('body').children


@pytest.mark.improvement('D20')
def test_a_body_that_fails_is_a_fault(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/broken_stream/')
    with pytest.raises(ValueError, match='raised by the view'):
        list(response.streaming_content)
    trace = daemon.trace()
    assert trace['http']['response']['status'] == 200
    assert trace['fault']
    assert trace.find('body')['cause']['exceptions'][0]['message'] == 'raised by the view'
    # The exception is told in full where it came up first, and referred to above.
    assert trace['cause'] == trace.find('body')['cause']['exceptions'][0]['id']


@pytest.mark.improvement('D20')
async def test_an_asynchronous_body_that_fails_is_a_fault(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    response = await async_client.get('/async_broken_stream/')
    with pytest.raises(ValueError, match='raised by the view'):
        [part async for part in response.streaming_content]
    assert daemon.trace()['fault']


@pytest.mark.improvement('D20')
def test_a_body_that_nobody_reads_ends_with_the_response(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/stream/')
    assert daemon.documents() == []
    response.close()
    trace = daemon.trace()
    assert not trace.get('fault')
    response.close()
    assert len(daemon.documents()) == 1


@pytest.mark.improvement('D20')
def test_a_body_that_is_half_read_ends_with_the_response(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/stream/')
    parts = iter(response)
    assert [next(parts), next(parts)] == [b'test ', b'body ']
    response.close()
    trace = daemon.trace()
    assert not trace.get('fault')
    assert not trace.find('body').in_progress


@pytest.mark.improvement('D20')
def test_two_bodies_are_read_in_turn(client: Client, daemon: FakeDaemon) -> None:
    first, second = client.get('/stream/'), client.get('/stream/')
    assert list(zip(first.streaming_content, second.streaming_content))[-1] == (b'test ', b'test ')
    second.close()
    traces = daemon.traces()
    assert [len(trace.find('body').children) for trace in traces] == [1, 1]


def test_between_the_parts_no_segment_is_current(client: Client, global_recorder: Any) -> None:
    global_recorder.configure(context_missing='IGNORE_ERROR')
    response = client.get('/stream/')
    assert global_recorder.get_trace_entity() is None
    for _ in response.streaming_content:
        assert global_recorder.get_trace_entity() is None
    assert global_recorder.get_trace_entity() is None


@pytest.mark.improvement('D20')
def test_a_file_goes_to_the_server_as_it_is(global_recorder: Any, daemon: FakeDaemon) -> None:
    file = io.BytesIO(b'x' * 1000)
    response = XRayMiddleware(lambda request: FileResponse(file))(RequestFactory().get('/'))
    assert daemon.documents() == []
    # A server with a faster way to send files takes it from here.
    assert response.file_to_stream is file
    response.close()
    assert daemon.trace()['http']['response'] == {'status': 200, 'content_length': 1000}
    assert file.closed


def test_a_file_arrives(client: Client, daemon: FakeDaemon) -> None:
    response = client.get('/download/')
    assert len(response.getvalue()) == 100_000
    response.close()
    assert daemon.trace()['http']['response'] == {'status': 200, 'content_length': 100_000}


def test_closing_runs_what_the_view_left_to_close(global_recorder: Any, daemon: FakeDaemon) -> None:
    class Body:
        closed = 0

        def __iter__(self) -> Any:
            return iter([b'a', b'b'])

        def close(self) -> None:
            self.closed += 1

    body = Body()
    response = XRayMiddleware(lambda request: StreamingHttpResponse(body))(RequestFactory().get('/'))
    assert list(response) == [b'a', b'b']
    response.close()
    assert body.closed == 1
    assert len(daemon.documents()) == 1


@pytest.mark.improvement('D20')
def test_closing_is_a_plain_function(client: Client) -> None:
    # CPython 3.11 crashes where a native callable in this place closes the generator that calls it, as the body's
    # wrapper in Django's test client does. A crash cannot be caught here, so what leads to it is refused.
    response = client.get('/stream/')
    assert isinstance(vars(response)['close'], types.FunctionType)
    assert list(response)
    response.close()
