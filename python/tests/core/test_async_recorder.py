"""The recorder in asynchronous programs: what outlives what, and what is left behind."""

from __future__ import annotations

import asyncio

import pytest

from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.core.async_recorder import (
    AsyncAWSXRayRecorder,
    AsyncSegmentContextManager,
    AsyncSubsegmentContextManager,
)
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.models.segment import SegmentContextManager
from aws_xray_sdk.core.models.subsegment import SubsegmentContextManager


def test_context_managers_are_of_upstreams_classes(recorder):
    assert type(recorder) is AsyncAWSXRayRecorder
    assert type(recorder.in_segment_async('web')) is AsyncSegmentContextManager
    assert type(recorder.in_subsegment_async('load')) is AsyncSubsegmentContextManager
    assert issubclass(AsyncSegmentContextManager, SegmentContextManager)
    assert issubclass(AsyncSubsegmentContextManager, SubsegmentContextManager)


async def test_record_subsegment_async(recorder, daemon):
    seen = {}

    async def add(left, right):
        await asyncio.sleep(0)
        return left + right

    async with recorder.in_segment_async('web'):
        result = await recorder.record_subsegment_async(
            add,
            None,
            (1,),
            {'right': 2},
            name='add',
            namespace='remote',
            meta_processor=lambda **given: seen.update(given),
        )
    assert result == 3
    assert (seen['wrapped'], seen['args'], seen['return_value'], seen['exception']) == (add, (1,), 3, None)
    assert daemon.trace().render() == 'web\n  add (remote)'


async def test_record_subsegment_async_keeps_the_exception(recorder, daemon):
    async def fail():
        raise KeyError('nothing')

    async with recorder.in_segment_async('web'):
        with pytest.raises(KeyError):
            await recorder.record_subsegment_async(fail, None, (), {}, 'fail', 'local', None)
    assert daemon.trace().find('fail')['cause']['exceptions'][0]['type'] == 'KeyError'


async def test_sequential_coroutines_are_siblings(recorder, daemon):
    @recorder.capture_async('work')
    async def work():
        async with recorder.in_subsegment_async('inside'):
            await asyncio.sleep(0)

    async with recorder.in_segment_async('web'):
        await work()
        await work()
    assert daemon.trace().render() == 'web\n  work\n    inside\n  work\n    inside'


async def test_a_context_takes_upstreams_arguments():
    context = AsyncContext('RUNTIME_ERROR', loop=asyncio.get_running_loop(), use_task_factory=False)
    assert isinstance(context, Context)
    assert context.context_missing == 'RUNTIME_ERROR'
    assert AsyncContext(context_missing='IGNORE_ERROR').context_missing == 'IGNORE_ERROR'


async def test_a_finished_request_leaves_nothing_to_a_later_task(recorder):
    recorder.configure(context=AsyncContext(context_missing='IGNORE_ERROR'))
    async with recorder.in_segment_async('web'):
        pass

    async def background():
        return recorder.get_trace_entity()

    assert await asyncio.ensure_future(background()) is None


async def test_a_subsegment_that_outlives_its_segment_is_sent_with_it(recorder, daemon):
    recorder.configure(context=AsyncContext())
    go_on = asyncio.Event()

    @recorder.capture_async('late')
    async def late():
        await go_on.wait()

    async with recorder.in_segment_async('web'):
        task = asyncio.ensure_future(late())
        await asyncio.sleep(0)
    assert daemon.documents() == []
    go_on.set()
    await task
    assert daemon.trace().render() == 'web\n  late'


@pytest.mark.improvement('B1')
async def test_work_begun_after_the_segment_was_sent_still_arrives(recorder, daemon):
    go_on = asyncio.Event()

    @recorder.capture_async('late')
    async def late():
        await asyncio.sleep(0)
        recorder.put_annotation('late', True)
        return 'done'

    async def background():
        await go_on.wait()
        return await late()

    async with recorder.in_segment_async('web'):
        task = asyncio.ensure_future(background())
        await asyncio.sleep(0)
    assert len(daemon.documents()) == 1
    go_on.set()
    assert await task == 'done'
    trace = daemon.trace()
    assert trace.render() == 'web\n  late'
    assert trace.find('late')['annotations'] == {'late': True}
