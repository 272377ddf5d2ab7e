"""The recorder: beginning and ending entities, what it writes into them, what it hands over."""

from __future__ import annotations

import logging
import platform
import threading
import time

import pytest

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import Context
from aws_xray_sdk.core.exceptions.exceptions import (
    AlreadyEndedException,
    SegmentNameMissingException,
    SegmentNotFoundException,
)
from aws_xray_sdk.core.models.dummy_entities import DummySegment, DummySubsegment
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.recorder import AWSXRayRecorder
from aws_xray_sdk.version import VERSION
from support.doubles import StubSampler


def test_the_global_recorder_is_an_asynchronous_one():
    assert type(xray_recorder) is AsyncAWSXRayRecorder
    assert isinstance(xray_recorder, AWSXRayRecorder)


def test_segment_and_subsegments_arrive_as_one_document(recorder, daemon):
    recorder.begin_segment('web')
    recorder.begin_subsegment('load')
    recorder.begin_subsegment('query', namespace='remote')
    recorder.end_subsegment()
    recorder.end_subsegment()
    recorder.begin_subsegment('render')
    recorder.end_subsegment()
    assert daemon.documents() == []
    recorder.end_segment()
    assert len(daemon.documents()) == 1
    assert daemon.trace().render() == 'web\n  load\n    query (remote)\n  render'


def test_factories_return_the_classes_themselves(recorder):
    segment = recorder.begin_segment('web', sampling=1)
    subsegment = recorder.begin_subsegment('load')
    assert type(segment) is Segment
    assert type(subsegment) is Subsegment
    recorder.end_subsegment()
    recorder.end_segment()
    segment = recorder.begin_segment('web', sampling=0)
    subsegment = recorder.begin_subsegment('load')
    assert type(segment) is DummySegment
    assert type(subsegment) is DummySubsegment


def test_the_same_object_comes_back_as_current(recorder):
    segment = recorder.begin_segment('web')
    assert recorder.current_segment() is segment
    assert recorder.get_trace_entity() is segment
    assert recorder.current_subsegment() is None
    subsegment = recorder.begin_subsegment('load')
    assert recorder.current_subsegment() is subsegment
    assert recorder.current_segment() is segment
    assert recorder.get_trace_entity() is subsegment
    assert segment.subsegments[0] is subsegment
    assert subsegment.parent_segment is segment
    recorder.end_subsegment()
    assert recorder.get_trace_entity() is segment
    recorder.end_segment()


def test_begin_segment_takes_trace_and_parent(recorder, daemon):
    trace_id = '1-5759e988-bd862e3fe1be46a994272793'
    segment = recorder.begin_segment('web', traceid=trace_id, parent_id='53995c3f42cd8ad8')
    assert segment.trace_id == trace_id
    assert segment.parent_id == '53995c3f42cd8ad8'
    recorder.end_segment()
    assert daemon.document()['trace_id'] == trace_id
    assert daemon.document()['parent_id'] == '53995c3f42cd8ad8'


def test_times_are_epoch_seconds_and_may_be_given(recorder, daemon):
    before = time.time()
    segment = recorder.begin_segment('web')
    subsegment = recorder.begin_subsegment('load')
    assert before <= segment.start_time <= subsegment.start_time <= time.time()
    recorder.end_subsegment(end_time=2_000_000_000.25)
    recorder.end_segment(end_time=2_000_000_001.5)
    assert subsegment.end_time == 2_000_000_000.25
    trace = daemon.trace()
    assert trace['end_time'] == 2_000_000_001.5
    assert trace['in_progress'] is False
    assert trace['start_time'] == segment.start_time
    assert trace.find('load')['end_time'] == 2_000_000_000.25


def test_ending_twice_or_without_begin_is_harmless(recorder, daemon):
    recorder.end_segment()
    recorder.end_subsegment()
    recorder.begin_segment('web')
    recorder.end_subsegment()
    recorder.end_segment()
    recorder.end_segment()
    assert daemon.trace().render() == 'web'


def test_segment_is_sent_when_its_last_subsegment_ends(recorder, daemon):
    segment = recorder.begin_segment('web')
    subsegment = recorder.begin_subsegment('late')
    segment.close()
    assert daemon.documents() == []
    assert not segment.ready_to_send()
    recorder.end_subsegment()
    assert segment.ready_to_send()
    assert daemon.trace().render() == 'web\n  late'
    assert not subsegment.in_progress


def test_a_second_segment_replaces_the_first(recorder, daemon):
    recorder.begin_segment('first')
    second = recorder.begin_segment('second')
    assert recorder.current_segment() is second
    recorder.end_segment()
    assert daemon.trace().render() == 'second'


def test_context_is_empty_after_sending(recorder):
    recorder.begin_segment('web')
    recorder.end_segment()
    assert recorder.get_trace_entity() is None


def test_name_comes_from_the_service_or_must_be_given(recorder, daemon):
    recorder.begin_segment()
    recorder.end_segment()
    assert daemon.trace().name == 'test'
    unnamed = AsyncAWSXRayRecorder()
    with pytest.raises(SegmentNameMissingException):
        unnamed.begin_segment()


def test_service_and_sdk_are_described(recorder, daemon):
    recorder.begin_segment('web')
    recorder.end_segment()
    document = daemon.document()
    assert document['aws']['xray'] == {'sdk': 'X-Ray for Python', 'sdk_version': VERSION}
    assert document['service'] == {
        'runtime': platform.python_implementation(),
        'runtime_version': platform.python_version(),
    }


def test_what_one_segment_adds_to_aws_stays_in_it(recorder, daemon):
    with recorder.in_segment('first') as segment:
        segment.aws['account_id'] = '123456789012'
        segment.aws['xray']['sampling_rule_name'] = 'mine'
    with recorder.in_segment('second') as segment:
        assert segment.aws == {'xray': {'sdk': 'X-Ray for Python', 'sdk_version': VERSION}}
    first, second = daemon.traces()
    assert first['aws']['xray']['sampling_rule_name'] == 'mine'
    assert 'account_id' not in second['aws']


def test_put_annotation_and_metadata_reach_the_innermost_entity(recorder, daemon):
    recorder.begin_segment('web')
    recorder.put_annotation('on', 'segment')
    recorder.put_metadata('on', 'segment')
    recorder.begin_subsegment('load')
    recorder.put_annotation('on', 'subsegment')
    recorder.put_metadata('on', ['subsegment'], 'space')
    recorder.end_subsegment()
    recorder.end_segment()
    trace = daemon.trace()
    assert trace['annotations'] == {'on': 'segment'}
    assert trace['metadata'] == {'default': {'on': 'segment'}}
    assert trace.find('load')['annotations'] == {'on': 'subsegment'}
    assert trace.find('load')['metadata'] == {'space': {'on': ['subsegment']}}


def test_put_takes_keywords(recorder, daemon):
    with recorder.in_segment(name='web'):
        recorder.put_annotation(key='a', value=1)
        recorder.put_metadata(key='m', value=2, namespace='space')
        with recorder.in_subsegment(name='load', namespace='aws') as subsegment:
            subsegment.put_annotation(key='a', value=True)
            subsegment.put_metadata(key='m', value=3, namespace='space')
    trace = daemon.trace()
    assert trace['annotations'] == {'a': 1}
    assert trace['metadata'] == {'space': {'m': 2}}
    assert trace.find('load')['annotations'] == {'a': True}
    assert trace.find('load')['metadata'] == {'space': {'m': 3}}
    assert trace.find('load')['namespace'] == 'aws'


@pytest.mark.parametrize('sampling', [1, True, 'my-rule'])
def test_a_given_decision_to_sample_is_respected(recorder, daemon, sampling):
    recorder.configure(sampling=True, sampler=StubSampler(0))
    recorder.begin_segment('web', sampling=sampling)
    assert recorder.is_sampled() is True
    recorder.end_segment()
    xray = daemon.document()['aws']['xray']
    assert xray.get('sampling_rule_name') == ('my-rule' if sampling == 'my-rule' else None)


@pytest.mark.parametrize('sampling', [0, False])
def test_a_given_decision_not_to_sample_is_respected(recorder, daemon, sampling):
    recorder.configure(sampling=True, sampler=StubSampler(1))
    with recorder.in_segment('web', sampling=sampling):
        assert recorder.is_sampled() is False
        with recorder.in_subsegment('load'):
            recorder.put_annotation('lost', 1)
    assert daemon.documents() == []


@pytest.mark.parametrize('sampling', ['', [], None])
def test_without_a_decision_everything_is_sampled_unless_there_is_a_sampler(memory_recorder, sampling):
    assert memory_recorder.begin_segment('web', sampling=sampling).sampled is True
    memory_recorder.configure(sampling=True, sampler=StubSampler(0))
    assert memory_recorder.begin_segment('web', sampling=sampling).sampled is False


def test_the_sampler_decides_otherwise(recorder, daemon):
    sampler = StubSampler('rule-of-the-house')
    recorder.configure(sampling=True, sampler=sampler)
    with recorder.in_segment('web'):
        pass
    assert sampler.requests == [{'service': 'web'}]
    assert daemon.document()['aws']['xray']['sampling_rule_name'] == 'rule-of-the-house'
    sampler.decision = 0
    with recorder.in_segment('web'):
        assert not recorder.is_sampled()
    assert len(daemon.documents()) == 1


def test_the_sampler_is_not_asked_when_sampling_is_off(recorder):
    sampler = StubSampler(0)
    recorder.configure(sampling=False, sampler=sampler)
    with recorder.in_segment('web'):
        assert recorder.is_sampled()
    assert sampler.requests == []


def test_is_sampled_without_segment(recorder):
    assert recorder.is_sampled() is False


def test_begin_subsegment_without_sampling_hides_what_is_below(memory_recorder):
    with memory_recorder.in_segment('web'):
        hidden = memory_recorder.begin_subsegment_without_sampling('hidden')
        assert type(hidden) is DummySubsegment
        assert hidden.sampled is False
        assert memory_recorder.is_sampled() is False
        below = memory_recorder.begin_subsegment('below')
        assert type(below) is DummySubsegment
        memory_recorder.end_subsegment()
        memory_recorder.end_subsegment()
        assert memory_recorder.is_sampled() is True


@pytest.mark.improvement('D9')
def test_unsampled_subsegments_are_not_in_the_document(recorder, daemon):
    with recorder.in_segment('web'):
        with recorder.in_subsegment('seen'):
            recorder.begin_subsegment_without_sampling('hidden')
            recorder.begin_subsegment('below')
            recorder.end_subsegment()
            recorder.end_subsegment()
        recorder.begin_subsegment_without_sampling('hidden too')
        recorder.end_subsegment()
    assert daemon.trace().render() == 'web\n  seen'


def test_subsegment_names_are_required_by_nobody_but_the_model(recorder):
    with recorder.in_segment('web'):
        subsegment = recorder.begin_subsegment('load')
        assert subsegment.name == 'load'
        assert subsegment.namespace == 'local'
        assert subsegment.type == 'subsegment'
        recorder.end_subsegment()


def test_changing_an_ended_entity_raises(recorder):
    segment = recorder.begin_segment('web')
    subsegment = recorder.begin_subsegment('load')
    recorder.end_subsegment()
    recorder.end_segment()
    for entity in (segment, subsegment):
        for change in (
            lambda: entity.put_annotation('a', 1),
            lambda: entity.put_metadata('a', 1),
            lambda: entity.put_http_meta('status', 200),
            lambda: entity.add_exception(ValueError(), []),
            lambda: entity.apply_status_code(500),
            lambda: entity.set_aws({}),
            lambda: entity.close(),
        ):
            with pytest.raises(AlreadyEndedException):
                change()
    with pytest.raises(AlreadyEndedException):
        segment.set_user('somebody')


def test_threads_do_not_see_each_others_segment(recorder):
    seen = []
    with recorder.in_segment('web'):
        thread = threading.Thread(target=lambda: seen.append(Context().get_trace_entity()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_runtime_error_strategy_raises(recorder):
    recorder.configure(context_missing='RUNTIME_ERROR')
    for call in (
        recorder.current_segment,
        recorder.current_subsegment,
        recorder.get_trace_entity,
        recorder.end_segment,
        recorder.end_subsegment,
        lambda: recorder.begin_subsegment('load'),
        lambda: recorder.put_annotation('a', 1),
        lambda: recorder.put_metadata('a', 1),
        recorder.is_sampled,
    ):
        with pytest.raises(SegmentNotFoundException):
            call()


def test_begin_subsegment_without_segment_gives_none_and_says_so(recorder, caplog):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        assert recorder.begin_subsegment('orphan') is None
    assert caplog.records


def test_record_subsegment_calls_the_meta_processor(recorder, daemon):
    seen = {}

    def describe(**arguments):
        seen.update(arguments)
        arguments['subsegment'].put_annotation('seen', True)

    def add(left, right):
        return left + right

    with recorder.in_segment('web'):
        result = recorder.record_subsegment(add, None, (1,), {'right': 2}, 'add', 'remote', describe)
    assert result == 3
    assert seen.pop('subsegment').name == 'add'
    assert seen == {
        'wrapped': add,
        'instance': None,
        'args': (1,),
        'kwargs': {'right': 2},
        'return_value': 3,
        'exception': None,
        'stack': None,
    }
    assert daemon.trace().find('add')['annotations'] == {'seen': True}
    assert daemon.trace().find('add')['namespace'] == 'remote'


def test_record_subsegment_gives_the_exception_to_the_meta_processor(recorder, daemon):
    seen = {}

    def fail():
        raise KeyError('nothing')

    with recorder.in_segment('web'):
        with pytest.raises(KeyError):
            recorder.record_subsegment(fail, None, (), {}, 'fail', 'local', lambda **given: seen.update(given))
    assert isinstance(seen['exception'], KeyError)
    assert seen['stack'][-1][2] == 'fail'
    assert seen['return_value'] is None
    assert 'cause' not in daemon.trace().find('fail').document


def test_record_subsegment_without_meta_processor_keeps_the_exception(recorder, daemon):
    def fail():
        raise KeyError('nothing')

    with recorder.in_segment('web'):
        with pytest.raises(KeyError):
            recorder.record_subsegment(fail, None, (), {}, 'fail', 'local', None)
    failed = daemon.trace().find('fail')
    assert failed['fault'] is True
    assert failed['cause']['exceptions'][0]['type'] == 'KeyError'
    assert failed['cause']['exceptions'][0]['stack'][-1]['label'] == 'fail'


def test_record_subsegment_without_segment_still_calls(recorder):
    assert recorder.record_subsegment(max, None, (1, 2), {}, 'max', 'local', None) == 2


def test_disabled_sdk_records_nothing(recorder, daemon):
    global_sdk_config.set_sdk_enabled(False)
    segment = recorder.begin_segment('web')
    assert type(segment) is DummySegment
    assert segment.name == 'dummy'
    subsegment = recorder.begin_subsegment('load')
    assert type(subsegment) is DummySubsegment
    assert type(recorder.current_segment()) is DummySegment
    assert type(recorder.current_subsegment()) is DummySubsegment
    assert recorder.is_sampled() is False
    recorder.put_annotation('a', 1)
    recorder.put_metadata('a', 1)
    recorder.end_subsegment()
    recorder.end_segment()
    assert daemon.documents() == []


def test_disabled_sdk_needs_no_segment_and_no_name():
    recorder = AsyncAWSXRayRecorder()
    recorder.configure(context_missing='RUNTIME_ERROR')
    global_sdk_config.set_sdk_enabled(False)
    with recorder.in_segment() as segment, recorder.in_subsegment('load') as subsegment:
        assert segment.sampled is False
        assert subsegment.sampled is False
    recorder.end_segment()


def test_disabled_sdk_calls_decorated_functions(recorder):
    global_sdk_config.set_sdk_enabled(False)
    assert recorder.capture('f')(lambda value: value + 1)(1) == 2
