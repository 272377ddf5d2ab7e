"""Many threads and many tasks at once: every document valid, every parent right, nothing mixed, nothing lost."""

from __future__ import annotations

import asyncio
import contextvars
import threading

import pytest

from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.core.context import Context


def run_threads(count, work):
    """Runs ``work(number)`` in ``count`` threads that start together; raises what any of them raised."""
    barrier = threading.Barrier(count)
    errors = []

    def run(number):
        try:
            barrier.wait(timeout=30)
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    if errors:
        raise errors[0]


def test_32_threads_with_a_segment_each(recorder, daemon):
    @recorder.capture('captured')
    def captured(number):
        recorder.put_annotation('number', number)
        with recorder.in_subsegment('inside'):
            recorder.put_metadata('number', number)

    def work(number):
        for turn in range(10):
            with recorder.in_segment(f'thread {number}') as segment:
                for _ in range(3):
                    captured(number)
                assert recorder.current_segment() is segment
                recorder.put_annotation('turn', turn)

    run_threads(32, work)
    traces = daemon.traces()
    assert len(traces) == 320
    for trace in traces:
        number = int(trace.name.split()[1])
        assert [child.name for child in trace.children] == ['captured'] * 3
        for child in trace.children:
            assert child['annotations'] == {'number': number}
            assert child.children[0]['metadata'] == {'default': {'number': number}}


def test_32_threads_below_one_segment(recorder, daemon):
    recorder.configure(streaming_threshold=40)
    with recorder.in_segment('web') as segment:

        def work(number):
            recorder.set_trace_entity(segment)
            for _ in range(20):
                with recorder.in_subsegment(f'thread {number}'):
                    with recorder.in_subsegment('inside'):
                        recorder.put_annotation('number', number)
            recorder.clear_trace_entities()

        run_threads(32, work)
    trace = daemon.trace()
    assert len(trace.children) == 640
    for child in trace.children:
        (inside,) = child.children
        assert inside['annotations']['number'] == int(child.name.split()[1])


def test_threads_writing_to_one_subsegment(recorder, daemon):
    with recorder.in_segment('web') as segment:

        def work(number):
            for turn in range(100):
                segment.put_annotation(f'key_{number}_{turn % 5}', turn)
                segment.put_metadata(f'key {number}', turn, f'space {number}')
                segment.put_http_meta('status', 200)

        run_threads(8, work)
    trace = daemon.trace()
    assert trace['annotations'] == {f'key_{number}_{turn}': 95 + turn for number in range(8) for turn in range(5)}
    assert trace['metadata'] == {f'space {number}': {f'key {number}': 99} for number in range(8)}


def test_reading_while_others_write(recorder, daemon):
    """Serializing a segment from one thread while another grows it must neither fail nor give half a document."""
    with recorder.in_segment('web') as segment:
        stop = threading.Event()
        documents = []

        def read():
            while not stop.is_set():
                documents.append(segment.to_dict())

        reader = threading.Thread(target=read)
        reader.start()
        for number in range(20):
            with recorder.in_subsegment(f'child {number}'):
                recorder.put_annotation('number', number)
        stop.set()
        reader.join()
    assert documents
    assert all(document['name'] == 'web' for document in documents)
    assert len(daemon.trace().children) == 20


@pytest.mark.parametrize('context_class', [pytest.param(Context, marks=pytest.mark.improvement('B2')), AsyncContext])
async def test_1000_gathered_calls(recorder, daemon, context_class):
    recorder.configure(context=context_class())

    @recorder.capture_async('call')
    async def call(number):
        recorder.put_annotation('number', number)
        await asyncio.sleep(0)
        async with recorder.in_subsegment_async('inside'):
            await asyncio.sleep(0.001 * (number % 7))
        return number

    async with recorder.in_segment_async('web'):
        assert await asyncio.gather(*(call(number) for number in range(1_000))) == list(range(1_000))
    trace = daemon.trace()
    assert sorted(child['annotations']['number'] for child in trace.children) == list(range(1_000))
    assert all([inside.name for inside in child.children] == ['inside'] for child in trace.children)


@pytest.mark.improvement('B2')
async def test_nested_gathers_of_many_requests(recorder, daemon):
    @recorder.capture_async('leaf')
    async def leaf(number):
        await asyncio.sleep(0)
        recorder.put_annotation('number', number)

    @recorder.capture_async('branch')
    async def branch(number):
        await asyncio.gather(leaf(number), leaf(number))

    async def request(number):
        async with recorder.in_segment_async(f'request {number}'):
            await asyncio.gather(branch(number), branch(number))

    await asyncio.gather(*(request(number) for number in range(100)))
    traces = daemon.traces()
    assert len(traces) == 100
    for trace in traces:
        number = int(trace.name.split()[1])
        assert [child.name for child in trace.children] == ['branch', 'branch']
        leaves = [leaf for child in trace.children for leaf in child.children]
        assert [leaf['annotations']['number'] for leaf in leaves] == [number] * 4


@pytest.mark.improvement('S4')
async def test_executor_calls_of_two_requests_stay_apart(recorder, daemon):
    """Each request hands work to a thread together with its context; the thread must see that very request."""
    recorder.configure(context=AsyncContext(context_missing='IGNORE_ERROR'))
    loop = asyncio.get_running_loop()
    both_open = asyncio.Event()
    opened = []

    async def request(name):
        async with recorder.in_segment_async(name) as segment:
            opened.append(name)
            if len(opened) == 2:
                both_open.set()
            await both_open.wait()
            context = contextvars.copy_context()
            seen = await loop.run_in_executor(None, context.run, recorder.current_segment)
            assert seen is segment

    await asyncio.gather(request('A'), request('B'))
    assert sorted(trace.name for trace in daemon.traces()) == ['A', 'B']


@pytest.mark.improvement('B2')
async def test_a_subsegment_may_end_out_of_order(recorder, daemon):
    """Two subsegments that overlap without being nested, as callbacks of client libraries produce them."""
    begun = asyncio.Event()
    may_end = asyncio.Event()

    async def first():
        async with recorder.in_subsegment_async('first'):
            begun.set()
            await may_end.wait()

    async with recorder.in_segment_async('web'):
        task = asyncio.ensure_future(first())
        await begun.wait()
        async with recorder.in_subsegment_async('second'):
            may_end.set()
            await task
            assert recorder.current_subsegment().name == 'second'
    assert daemon.trace().render() == 'web\n  first\n  second'
