"""On AWS Lambda: the service owns the segment, this SDK only adds subsegments below it."""

from __future__ import annotations

import pytest

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import lambda_launcher
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.lambda_launcher import LAMBDA_TRACE_HEADER_KEY, LambdaContext, check_in_lambda
from aws_xray_sdk.core.models.dummy_entities import DummySegment, DummySubsegment
from aws_xray_sdk.core.models.facade_segment import FacadeSegment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.sampling.local.sampler import LocalSampler

TRACE_ID = '1-5759e988-bd862e3fe1be46a994272793'
PARENT_ID = '53995c3f42cd8ad8'
HEADER = f'Root={TRACE_ID};Parent={PARENT_ID};Sampled=1'
NEXT_HEADER = 'Root=1-5759e989-000000000000000000000001;Parent=1111111111111111;Sampled=1'


@pytest.fixture(autouse=True)
def touch_file(monkeypatch, tmp_path):
    """Where the launcher says that it is initialized, away from ``/tmp``."""
    directory = tmp_path / 'aws-xray'
    monkeypatch.setattr(lambda_launcher, 'TOUCH_FILE_DIR', str(directory), raising=False)
    monkeypatch.setattr(lambda_launcher, 'TOUCH_FILE_PATH', str(directory / 'initialized'), raising=False)
    return directory / 'initialized'


@pytest.fixture
def in_lambda(monkeypatch):
    """The environment of a running invocation."""
    monkeypatch.setenv('LAMBDA_TASK_ROOT', '/var/task')
    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, HEADER)


@pytest.fixture
def lambda_recorder(in_lambda, daemon):
    """A recorder as it is made on Lambda, sending to ``daemon``."""
    recorder = AsyncAWSXRayRecorder()
    recorder.configure(daemon_address=daemon.address)
    daemon.external_parents.update((PARENT_ID, '1111111111111111'))
    yield recorder
    recorder.clear_trace_entities()


def test_names():
    assert LAMBDA_TRACE_HEADER_KEY == '_X_AMZN_TRACE_ID'
    assert issubclass(LambdaContext, Context)


def test_the_header_alone_does_not_mean_lambda(monkeypatch):
    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, HEADER)
    assert check_in_lambda() is None
    assert type(AsyncAWSXRayRecorder().context) is Context


def test_the_task_root_means_lambda(monkeypatch, touch_file):
    monkeypatch.setenv('LAMBDA_TASK_ROOT', '/var/task')
    assert type(check_in_lambda()) is LambdaContext
    assert touch_file.exists()


def test_an_unwritable_touch_file_is_no_problem(monkeypatch):
    monkeypatch.setenv('LAMBDA_TASK_ROOT', '/var/task')
    monkeypatch.setattr(lambda_launcher, 'TOUCH_FILE_DIR', '/proc/nowhere', raising=False)
    monkeypatch.setattr(lambda_launcher, 'TOUCH_FILE_PATH', '/proc/nowhere/initialized', raising=False)
    assert type(check_in_lambda()) is LambdaContext


def test_the_recorder_adapts(lambda_recorder):
    assert type(lambda_recorder.context) is LambdaContext
    assert type(lambda_recorder.sampler) is LocalSampler
    assert lambda_recorder.streaming_threshold == 0


def test_the_segment_is_a_facade(lambda_recorder):
    segment = lambda_recorder.current_segment()
    assert type(segment) is FacadeSegment
    assert (segment.trace_id, segment.id, segment.sampled) == (TRACE_ID, PARENT_ID, True)
    assert segment.initializing is False
    assert lambda_recorder.current_segment() is segment
    assert lambda_recorder.context._local.segment is segment


def test_segments_cannot_be_made_or_ended(lambda_recorder, daemon):
    facade = lambda_recorder.current_segment()
    lambda_recorder.begin_segment('mine')
    assert lambda_recorder.current_segment() is facade
    lambda_recorder.end_segment()
    assert lambda_recorder.current_segment() is facade
    assert daemon.documents() == []


def test_subsegments_are_sent_at_once(lambda_recorder, daemon):
    with lambda_recorder.in_subsegment('outer'):
        with lambda_recorder.in_subsegment('inner') as inner:
            assert inner.parent_segment is lambda_recorder.current_segment()
        assert [document['name'] for document in daemon.documents()] == ['inner']
    assert [document['name'] for document in daemon.documents()] == ['inner', 'outer']
    trace = daemon.trace()
    assert trace.render() == 'outer\n  inner'
    assert (trace['parent_id'], trace['trace_id'], trace['type']) == (PARENT_ID, TRACE_ID, 'subsegment')


def test_a_captured_handler(lambda_recorder, daemon):
    @lambda_recorder.capture('## handler')
    def handler(event, context):
        lambda_recorder.put_annotation('cold', True)
        return event

    assert handler(1, None) == 1
    assert daemon.trace()['annotations'] == {'cold': True}


def test_the_next_invocation_starts_clean(lambda_recorder, daemon, monkeypatch):
    leaked = lambda_recorder.begin_subsegment('leaked')
    first = lambda_recorder.current_segment()
    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, NEXT_HEADER)
    second = lambda_recorder.current_segment()
    assert second is not first
    assert second.trace_id == '1-5759e989-000000000000000000000001'
    assert lambda_recorder.get_trace_entity() is second
    with lambda_recorder.in_subsegment('fresh') as fresh:
        assert fresh.parent_id == second.id
    assert daemon.trace().name == 'fresh'
    assert leaked.in_progress


def test_an_unsampled_invocation(lambda_recorder, daemon, monkeypatch):
    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, HEADER.replace('Sampled=1', 'Sampled=0'))
    with lambda_recorder.in_subsegment('load') as subsegment:
        assert type(subsegment) is DummySubsegment
        assert lambda_recorder.is_sampled() is False
    assert daemon.documents() == []


@pytest.mark.parametrize('header', [None, f'Root={TRACE_ID}', f'Root={TRACE_ID};Parent={PARENT_ID}'])
def test_an_incomplete_header_gives_a_dummy(lambda_recorder, daemon, monkeypatch, header):
    if header is None:
        monkeypatch.delenv(LAMBDA_TRACE_HEADER_KEY)
    else:
        monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, header)
    assert type(lambda_recorder.current_segment()) is DummySegment
    with lambda_recorder.in_subsegment('load') as subsegment:
        assert subsegment is not None
        subsegment.put_annotation('a', 1)
    assert daemon.documents() == []


def test_the_header_is_kept_for_calls_further_on(lambda_recorder, monkeypatch):
    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, HEADER + ';Lineage=a:b:1')
    assert lambda_recorder.current_segment().get_origin_trace_header().data == {'Lineage': 'a:b:1'}


def test_an_entity_can_be_carried_into_a_thread(lambda_recorder):
    subsegment = lambda_recorder.begin_subsegment('load')
    segment = lambda_recorder.current_segment()
    context = lambda_recorder.context
    context.clear_trace_entities()
    context.set_trace_entity(subsegment)
    assert context.get_trace_entity() is subsegment
    assert context._local.segment is segment
    lambda_recorder.end_subsegment()


def test_the_strategy_does_not_exist(lambda_recorder):
    context = lambda_recorder.context
    assert context.context_missing is None
    context.context_missing = 'RUNTIME_ERROR'
    assert context.context_missing is None
    assert context.handle_context_missing() is None


def test_disabled(lambda_recorder, daemon):
    global_sdk_config.set_sdk_enabled(False)
    lambda_recorder.clear_trace_entities()
    with lambda_recorder.in_subsegment('load') as subsegment:
        assert type(subsegment) is DummySubsegment
    assert lambda_recorder.current_segment().sampled is False
    assert daemon.documents() == []


def test_a_subsegment_begun_while_initializing_is_accepted():
    context = LambdaContext()
    facade = FacadeSegment('facade', None, None, None)
    context.set_trace_entity(facade)
    subsegment = Subsegment('early', 'local', facade)
    context.put_subsegment(subsegment)
    assert context.get_trace_entity() is not None
    context.clear_trace_entities()


@pytest.mark.improvement('B2')
async def test_gathered_calls_are_siblings(lambda_recorder, daemon):
    import asyncio

    @lambda_recorder.capture_async('work')
    async def work():
        await asyncio.sleep(0)
        async with lambda_recorder.in_subsegment_async('inside'):
            await asyncio.sleep(0.001)

    async with lambda_recorder.in_subsegment_async('handler'):
        await asyncio.gather(*(work() for _ in range(10)))
    trace = daemon.trace()
    assert [child.name for child in trace.children] == ['work'] * 10
    assert all([grandchild.name for grandchild in child.children] == ['inside'] for child in trace.children)


def test_a_subsegment_made_while_initializing_belongs_to_the_invocation_it_is_put_into(in_lambda, monkeypatch):
    monkeypatch.delenv(LAMBDA_TRACE_HEADER_KEY)
    context = LambdaContext()
    initializing = context.get_trace_entity()
    subsegment = Subsegment('load', 'local', initializing)
    context.put_subsegment(subsegment)
    assert context.get_trace_entity() is initializing

    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, HEADER)
    context.put_subsegment(subsegment)
    assert context.get_trace_entity() is subsegment
    assert type(context._local.segment) is FacadeSegment
    assert (subsegment.parent_id, context._local.segment.trace_id) == (PARENT_ID, TRACE_ID)

    monkeypatch.setenv(LAMBDA_TRACE_HEADER_KEY, NEXT_HEADER)
    assert context.get_trace_entity() is not subsegment
