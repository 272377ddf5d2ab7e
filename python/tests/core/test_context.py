"""The context: what is current, what happens when nothing is, and that nothing leaks into other threads."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from aws_xray_sdk.core.async_context import AsyncContext
from aws_xray_sdk.core.async_recorder import AsyncAWSXRayRecorder
from aws_xray_sdk.core.context import MISSING_SEGMENT_MSG, Context
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment


@pytest.fixture
def context():
    """A context of its own, silent when nothing is open."""
    context = Context('IGNORE_ERROR')
    yield context
    context.clear_trace_entities()


def test_segments_replace_each_other(context):
    first, second = Segment('first'), Segment('second')
    context.put_segment(first)
    assert context.get_trace_entity() is first
    context.put_segment(second)
    assert context.get_trace_entity() is second


def test_subsegments_nest_and_end_inside_out(context):
    segment = Segment('web')
    outer, inner = Subsegment('outer', 'local', segment), Subsegment('inner', 'local', segment)
    context.put_segment(segment)
    context.put_subsegment(outer)
    context.put_subsegment(inner)
    assert inner.parent_id == outer.id
    assert outer.parent_id == segment.id
    assert outer.subsegments == [inner]
    assert context.get_trace_entity() is inner
    assert context.end_subsegment() is True
    assert not inner.in_progress
    assert context.get_trace_entity() is outer
    assert context.end_subsegment() is True
    assert context.get_trace_entity() is segment
    assert context.end_subsegment() is False
    context.end_segment()
    assert not segment.in_progress


def test_end_times_are_passed_on(context):
    segment = Segment('web')
    subsegment = Subsegment('load', 'local', segment)
    context.put_segment(segment)
    context.put_subsegment(subsegment)
    context.end_subsegment(123.5)
    context.end_segment(124.5)
    assert (subsegment.end_time, segment.end_time) == (123.5, 124.5)


def test_end_segment_inside_a_subsegment_ends_the_segment(context):
    segment = Segment('web')
    subsegment = Subsegment('load', 'local', segment)
    context.put_segment(segment)
    context.put_subsegment(subsegment)
    context.end_segment()
    assert not segment.in_progress
    assert subsegment.in_progress


def test_an_entity_can_be_carried_by_hand(context):
    segment = Segment('web')
    subsegment = Subsegment('load', 'local', segment)
    segment.add_subsegment(subsegment)
    context.set_trace_entity(subsegment)
    assert context.get_trace_entity() is subsegment
    context.clear_trace_entities()
    assert context.get_trace_entity() is None


def test_a_subsegment_without_segment_is_dropped(context, caplog):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        context.put_subsegment(Subsegment('orphan', 'local', Segment('elsewhere')))
    assert 'orphan' in caplog.text
    assert context.get_trace_entity() is None


def test_threads_have_their_own(context):
    seen = {}

    def work(name):
        assert context.get_trace_entity() is None
        context.put_segment(Segment(name))
        barrier.wait(timeout=10)
        seen[name] = context.get_trace_entity().name

    names = [f'segment {number}' for number in range(8)]
    barrier = threading.Barrier(len(names))
    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {name: name for name in names}
    assert context.get_trace_entity() is None


def test_two_contexts_do_not_share():
    first, second = Context('IGNORE_ERROR'), Context('IGNORE_ERROR')
    segment = Segment('web')
    first.put_segment(segment)
    assert second.get_trace_entity() is None
    assert first.get_trace_entity() is segment
    first.clear_trace_entities()


def test_runtime_error_raises():
    with pytest.raises(SegmentNotFoundException, match=MISSING_SEGMENT_MSG):
        Context('RUNTIME_ERROR').get_trace_entity()


def test_log_error_logs_the_message_at_level_error(caplog):
    with caplog.at_level(logging.DEBUG):
        assert Context('LOG_ERROR').get_trace_entity() is None
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ('ERROR', MISSING_SEGMENT_MSG)
    assert record.name.startswith('aws_xray_sdk')


def test_ignore_error_is_silent(caplog):
    with caplog.at_level(logging.DEBUG):
        assert Context('IGNORE_ERROR').get_trace_entity() is None
    assert caplog.records == []


@pytest.mark.improvement('context-missing')
def test_log_warning_logs_the_message_at_level_warning(caplog):
    context = Context()
    context.context_missing = 'LOG_WARNING'
    assert context.context_missing == 'LOG_WARNING'
    with caplog.at_level(logging.DEBUG):
        assert context.get_trace_entity() is None
    (record,) = caplog.records
    assert (record.levelname, record.getMessage()) == ('WARNING', MISSING_SEGMENT_MSG)


@pytest.mark.improvement('C2')
def test_one_record_per_call_site(caplog):
    context = Context('LOG_ERROR')
    with caplog.at_level(logging.DEBUG):
        for _ in range(100):
            context.get_trace_entity()
        context.get_trace_entity()
    assert [record.levelname for record in caplog.records] == ['ERROR', 'ERROR']


@pytest.mark.improvement('C2')
def test_what_is_not_logged_is_counted():
    from aws_xray_sdk.core.context import suppressed_reports

    context = Context('LOG_ERROR')
    before = suppressed_reports()
    for _ in range(100):
        context.get_trace_entity()
    assert suppressed_reports() - before == 99


@pytest.mark.improvement('C2')
def test_a_call_site_is_reported_again_after_the_interval(monkeypatch, caplog):
    from aws_xray_sdk.core import context as module

    monkeypatch.setattr(module, 'REPORT_INTERVAL', 0.05)
    context = Context('LOG_ERROR')
    started = time.monotonic()
    with caplog.at_level(logging.ERROR):
        while len(caplog.records) < 3 and time.monotonic() - started < 10:
            context.get_trace_entity()
    assert len(caplog.records) == 3
    assert time.monotonic() - started >= 0.1


@pytest.mark.improvement('C2')
def test_the_recorder_logs_once_per_call_site(recorder, caplog):
    with caplog.at_level(logging.ERROR):
        for _ in range(100):
            recorder.put_annotation('a', 1)
    assert len(caplog.records) == 1


def test_the_strategy_can_be_changed(context):
    context.context_missing = 'RUNTIME_ERROR'
    with pytest.raises(SegmentNotFoundException):
        context.get_trace_entity()


def test_an_unknown_strategy_keeps_the_one_in_force(context, caplog):
    with caplog.at_level(logging.WARNING):
        context.context_missing = 'EXPLODE'
    assert context.context_missing == 'IGNORE_ERROR'
    assert [record.levelname for record in caplog.records] == ['WARNING']


@pytest.mark.improvement('context-missing')
def test_the_warning_names_the_value_and_what_is_allowed(context, caplog):
    with caplog.at_level(logging.WARNING):
        context.context_missing = 'EXPLODE'
    for word in ('EXPLODE', 'RUNTIME_ERROR', 'LOG_ERROR', 'LOG_WARNING', 'IGNORE_ERROR'):
        assert word in caplog.text


@pytest.mark.improvement('context-missing')
def test_an_unknown_strategy_in_the_environment_keeps_the_default(monkeypatch, caplog):
    monkeypatch.setenv('AWS_XRAY_CONTEXT_MISSING', 'EXPLODE')
    with caplog.at_level(logging.WARNING):
        context = Context()
    assert context.context_missing == 'LOG_ERROR'
    assert 'AWS_XRAY_CONTEXT_MISSING' in caplog.text
    assert 'EXPLODE' in caplog.text


def test_the_strategy_in_the_environment_wins(monkeypatch):
    monkeypatch.setenv('AWS_XRAY_CONTEXT_MISSING', 'RUNTIME_ERROR')
    assert Context('LOG_ERROR').context_missing == 'RUNTIME_ERROR'


def test_handle_context_missing_can_be_overridden():
    calls = []

    class Counting(Context):
        def handle_context_missing(self):
            calls.append(True)

    recorder = AsyncAWSXRayRecorder()
    recorder.configure(context=Counting())
    assert recorder.current_segment() is None
    assert recorder.begin_subsegment('orphan') is None
    recorder.put_annotation('a', 1)
    assert len(calls) >= 3


def test_crossed_subsegments_end_themselves(recorder, daemon):
    """Ending is by the context's cursor; closing by hand, out of order, must not upset it."""
    segment = recorder.begin_segment('web')
    outer = recorder.begin_subsegment('outer')
    inner = recorder.begin_subsegment('inner')
    recorder.end_subsegment()
    recorder.end_subsegment()
    assert (inner.in_progress, outer.in_progress) == (False, False)
    assert recorder.get_trace_entity() is segment
    recorder.end_segment()
    assert daemon.trace().render() == 'web\n  outer\n    inner'


@pytest.mark.improvement('there is none before the first segment, and no context without a loop')
@pytest.mark.parametrize('kind', [Context, AsyncContext])
def test_what_is_open_where_a_threads_own_storage_has_it(kind):
    context, segment = kind(), Segment('web')
    assert context._local.entities == []
    context.put_segment(segment)
    outer, inner = Subsegment('outer', 'local', segment), Subsegment('inner', 'local', segment)
    context.put_subsegment(outer)
    context.put_subsegment(inner)
    assert context._local.entities == [segment, outer, inner]
    context._local.entities = [segment, outer]
    assert context.get_trace_entity() is outer
    context._local.entities = []
    assert context._local.entities == []
    assert context._peek() is None


def test_a_subclass_may_have_storage_of_its_own():
    class Own(Context):
        def __init__(self):
            super().__init__()
            self._local = threading.local()

    own = Own()
    own._local.entities = ['anything']
    assert own._local.entities == ['anything']
