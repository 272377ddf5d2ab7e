"""Requests through Django's ASGI handler."""

from __future__ import annotations

import asyncio
from typing import Any, List

import pytest
from asgiref.sync import iscoroutinefunction
from django.test import AsyncClient, AsyncRequestFactory, override_settings

from aws_xray_sdk.ext.django.middleware import XRayMiddleware
from support.daemon import FakeDaemon

_XRAY = 'aws_xray_sdk.ext.django.middleware.XRayMiddleware'
_STACKS = {
    'asynchronous': [_XRAY],
    'synchronous below': [_XRAY, 'traced_site.middleware.SynchronousMiddleware'],
    'synchronous above': ['traced_site.middleware.SynchronousMiddleware', _XRAY],
}


@pytest.mark.improvement('row 5: synchronous only')
def test_it_is_what_the_handler_below_is() -> None:
    async def view(request: Any) -> Any: ...

    assert XRayMiddleware.sync_capable and XRayMiddleware.async_capable
    assert iscoroutinefunction(XRayMiddleware(view))
    assert not iscoroutinefunction(XRayMiddleware(lambda request: None))


@pytest.mark.improvement('row 5')
async def test_an_asynchronous_request_is_a_segment(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    response = await async_client.get('/async_echo/', headers={'User-Agent': 'pytest'})
    trace = daemon.trace()
    assert response.json() == {'trace_id': trace.trace_id, 'id': trace.id, 'name': 'test', 'in_thread': 'test'}
    assert response['X-Amzn-Trace-Id'] == f'Root={trace.trace_id}'
    assert trace['http']['request']['url'] == 'http://testserver/async_echo/'
    assert trace['http']['request']['user_agent'] == 'pytest'
    assert trace['http']['response']['status'] == 200


@pytest.mark.parametrize('stack', sorted(_STACKS))
@pytest.mark.parametrize('path', [pytest.param('/async_shelf/', marks=pytest.mark.improvement('row 5')), '/shelf/'])
async def test_queries_and_templates_are_below_the_segment(
    async_client: AsyncClient, daemon: FakeDaemon, stack: str, path: str
) -> None:
    with override_settings(MIDDLEWARE=_STACKS[stack]):
        assert (await AsyncClient().get(path)).status_code == 200
    trace = daemon.trace()
    assert len([child for child in trace.children if 'sql' in child.document]) == 3
    assert [child.name for child in trace.find('shelf.html').children] == ['book.html']


@pytest.mark.improvement('row 1')
async def test_concurrent_tasks_nest_their_subsegments(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    await async_client.get('/async_gather/')
    trace = daemon.trace()
    assert sorted(child.name for child in trace.children) == [f'work {number}' for number in range(5)]
    for number in range(5):
        assert [child.name for child in trace.find(f'work {number}').children] == [f'inner {number}']


@pytest.mark.improvement('row 5')
async def test_concurrent_requests_are_not_mixed(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    responses = await asyncio.gather(*(async_client.get('/async_echo/') for _ in range(100)))
    seen = {response.json()['id']: response.json()['trace_id'] for response in responses}
    assert {trace.id: trace.trace_id for trace in daemon.traces()} == seen
    assert len(seen) == 100


async def test_an_exception_of_an_asynchronous_view_is_a_fault(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    assert (await async_client.get('/async_broken/')).status_code == 500
    trace = daemon.trace()
    assert trace['fault'] and trace['http']['response']['status'] == 500
    (exception,) = trace['cause']['exceptions']
    assert exception['message'] == 'raised by the view'
    assert any(frame['label'] == '_deep' for frame in exception['stack'])


@pytest.mark.improvement('D1')
async def test_not_found_is_an_error(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    assert (await async_client.get('/async_missing/')).status_code == 404
    trace = daemon.trace()
    assert trace['error'] and not trace.get('fault')


@pytest.mark.improvement('row 16')
async def test_an_exception_of_middleware_is_a_fault(async_client: AsyncClient, daemon: FakeDaemon) -> None:
    assert (await async_client.get('/async_echo/', headers={'X-Faulty-Middleware': '1'})).status_code == 500
    trace = daemon.trace()
    assert trace['fault'] and trace['cause']['exceptions'][0]['type'] == 'LookupError'


@pytest.mark.improvement('row 5')
async def test_a_request_that_is_cancelled_is_no_fault(global_recorder: Any, daemon: FakeDaemon) -> None:
    inside = asyncio.Event()

    async def view(request: Any) -> Any:
        inside.set()
        await asyncio.sleep(3600)

    assert XRayMiddleware.async_capable
    task = asyncio.ensure_future(XRayMiddleware(view)(AsyncRequestFactory().get('/')))
    await asyncio.wait_for(inside.wait(), 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    trace = daemon.trace()
    assert not trace.get('fault') and not trace.get('error') and 'cause' not in trace.document


@pytest.mark.improvement('row 5')
async def test_after_a_request_no_segment_is_current(global_recorder: Any) -> None:
    global_recorder.configure(context_missing='IGNORE_ERROR')
    seen: List[Any] = []

    async def view(request: Any) -> Any:
        from django.http import HttpResponse

        seen.append(global_recorder.get_trace_entity())
        return HttpResponse()

    assert XRayMiddleware.async_capable
    await XRayMiddleware(view)(AsyncRequestFactory().get('/'))
    assert seen[0] is not None
    assert global_recorder.get_trace_entity() is None
