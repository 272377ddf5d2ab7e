"""Mocks in the place of methods and parts of a recorder that has been in use already, put there and taken off again."""

from __future__ import annotations

from unittest.mock import Mock, call, patch

import pytest

from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.models.segment import SegmentContextManager
from aws_xray_sdk.core.models.subsegment import SubsegmentContextManager
from aws_xray_sdk.core.recorder import AWSXRayRecorder

PARTS = (
    '_aws_metadata',
    '_context',
    '_dynamic_naming',
    '_emitter',
    '_max_trace_back',
    '_origin',
    '_plugins',
    '_sampler',
    '_sampling',
    '_service',
    '_stream_sql',
    '_streaming',
)


@pytest.fixture
def used(memory_recorder):
    """A recorder with an open segment that has begun and ended a subsegment."""
    with memory_recorder.in_segment('web'):
        with memory_recorder.in_subsegment('first'):
            pass
        yield memory_recorder


@pytest.mark.parametrize('part', PARTS)
def test_a_part_is_what_it_was_when_the_mock_is_gone(memory_recorder, part):
    before = getattr(memory_recorder, part)
    with patch.object(memory_recorder, part, False):
        assert getattr(memory_recorder, part) is False
    assert getattr(memory_recorder, part) == before
    with patch.object(memory_recorder, part, False):
        pass
    assert getattr(memory_recorder, part) == before


def test_a_deleted_part_can_be_set_again(memory_recorder):
    del memory_recorder._service
    assert not hasattr(memory_recorder, '_service')
    memory_recorder._service = 'shop'
    assert memory_recorder._service == memory_recorder.service == 'shop'


def test_the_emitter(memory_recorder):
    with patch.object(memory_recorder, '_emitter') as emitter:
        with memory_recorder.in_segment('web') as segment:
            pass
    assert emitter.send_entity.call_args_list == [call(segment)]


@pytest.mark.parametrize('place', ['recorder', 'class'])
def test_methods_that_begin_and_end_subsegments(used, place):
    owner = used if place == 'recorder' else AWSXRayRecorder
    with patch.object(owner, 'begin_subsegment') as begin, patch.object(owner, 'end_subsegment') as end:
        with used.in_subsegment('load') as subsegment:
            pass
        with used.in_subsegment('store', namespace='remote'):
            pass
    assert subsegment is begin.return_value
    assert begin.call_args_list == [call(name='load'), call(name='store', namespace='remote')]
    assert end.call_args_list == [call(), call()]
    with used.in_subsegment('real') as subsegment:
        assert subsegment.name == 'real'


def test_methods_that_begin_and_end_segments(memory_recorder):
    with patch.object(memory_recorder, 'begin_segment') as begin, patch.object(memory_recorder, 'end_segment') as end:
        with memory_recorder.in_segment('web', traceid='trace') as segment:
            pass
    assert segment is begin.return_value
    begin.assert_called_once_with(name='web', traceid='trace')
    end.assert_called_once_with()


def test_captured_functions_are_called_through_record_subsegment(used):
    @used.capture('load')
    def load(key, retries=0):
        return key

    assert load('a') == 'a'
    with patch.object(used, 'record_subsegment', return_value='recorded') as record:
        assert load('a', retries=1) == 'recorded'
    record.assert_called_once_with(
        load.__wrapped__, None, ('a',), {'retries': 1}, name='load', namespace='local', meta_processor=None
    )
    assert load('a') == 'a'


async def test_captured_coroutines_are_awaited_through_record_subsegment_async(used):
    @used.capture_async('load')
    async def load(key):
        return key

    with patch.object(used, 'record_subsegment_async', return_value='recorded') as record:
        assert await load('a') == 'recorded'
    record.assert_awaited_once_with(
        load.__wrapped__, None, ('a',), {}, name='load', namespace='local', meta_processor=None
    )
    assert await load('a') == 'a'


async def test_a_subclass_that_records_calls_its_own_way():
    class Recorder(AsyncAWSXRayRecorder):
        """Notes what is recorded."""

        def __init__(self):
            super().__init__()
            self.noted = []

        def record_subsegment(self, wrapped, instance, args, kwargs, name, namespace, meta_processor):
            self.noted.append((name, instance, args, kwargs))
            return super().record_subsegment(wrapped, instance, args, kwargs, name, namespace, meta_processor)

        async def record_subsegment_async(self, wrapped, instance, args, kwargs, name, namespace, meta_processor):
            self.noted.append((name, instance, args, kwargs))
            return await super().record_subsegment_async(
                wrapped, instance, args, kwargs, name, namespace, meta_processor
            )

    recorder = Recorder()
    recorder.configure(service='test', sampling=False, emitter=Mock())

    class Store:
        @recorder.capture('get')
        def get(self, key):
            return key

        @recorder.capture_async('fetch')
        async def fetch(self, key):
            return key

    @recorder.capture_async('show')
    async def show(store):
        return await store.fetch('c')

    store = Store()
    with recorder.in_segment('web') as segment:
        assert store.get('a') == 'a'
        assert await store.fetch('b') == 'b'
        assert await show(store) == 'c'
    assert recorder.noted == [
        ('get', store, ('a',), {}),
        ('fetch', store, ('b',), {}),
        ('show', None, (store,), {}),
        ('fetch', store, ('c',), {}),
    ]
    assert [child.name for child in segment.subsegments] == ['get', 'fetch', 'show']


def test_methods_of_the_context(used):
    context = used.context
    with patch.object(context, 'put_subsegment') as put, patch.object(context, 'end_subsegment') as end:
        with used.in_subsegment('load') as subsegment:
            pass
    assert put.call_args_list == [call(subsegment)]
    assert end.call_count == 1
    with patch.object(context, 'get_trace_entity', return_value=subsegment):
        assert used.current_subsegment() is subsegment
    assert used.current_subsegment() is None


def test_context_managers_of_a_recorder_that_is_a_mock():
    recorder = Mock(spec=AsyncAWSXRayRecorder)
    with SegmentContextManager(recorder, 'web', sampling=1) as segment:
        with SubsegmentContextManager(recorder, 'load', namespace='aws') as subsegment:
            pass
    assert segment is recorder.begin_segment.return_value
    assert subsegment is recorder.begin_subsegment.return_value
    assert recorder.method_calls == [
        call.begin_segment(name='web', sampling=1),
        call.begin_subsegment(name='load', namespace='aws'),
        call.end_subsegment(),
        call.end_segment(),
    ]


def test_context_managers_without_further_arguments(memory_recorder):
    assert memory_recorder.in_subsegment('load').subsegment_kwargs == {}
    assert memory_recorder.capture().subsegment_kwargs == {}
    assert SegmentContextManager(memory_recorder).segment_kwargs == {}
