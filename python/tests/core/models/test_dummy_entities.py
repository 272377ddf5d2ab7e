"""Dummies: what an unsampled or disabled program holds in its hands."""

from __future__ import annotations

import pytest

from aws_xray_sdk.core.models.dummy_entities import DummySegment, DummySubsegment
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader
from aws_xray_sdk.ext.util import inject_trace_header

NOOP_TRACE_ID = '1-00000000-000000000000000000000000'
NOOP_ID = '0000000000000000'


def test_classes_and_defaults():
    segment = DummySegment()
    subsegment = DummySubsegment(segment)
    assert isinstance(segment, Segment)
    assert isinstance(subsegment, Subsegment)
    assert (segment.name, subsegment.name) == ('dummy', 'dummy')
    assert (segment.sampled, subsegment.sampled) == (False, False)
    assert subsegment.parent_segment is segment
    assert subsegment.namespace == 'dummy'
    assert subsegment.type == 'subsegment'
    assert DummySegment('web').name == 'web'
    assert DummySubsegment(segment, 'load').name == 'load'


def test_ids_are_zero():
    segment = DummySegment()
    assert (segment.trace_id, segment.id) == (NOOP_TRACE_ID, NOOP_ID)
    assert DummySubsegment(segment).id == NOOP_ID


def test_ids_are_real_when_asked_for_per_entity(monkeypatch):
    monkeypatch.setenv('AWS_XRAY_NOOP_ID', 'False')
    segment = DummySegment()
    assert segment.trace_id != NOOP_TRACE_ID
    assert segment.id != NOOP_ID
    assert DummySubsegment(segment).id not in (NOOP_ID, segment.id)
    monkeypatch.setenv('AWS_XRAY_NOOP_ID', 'true')
    assert DummySegment().id == NOOP_ID


def test_nothing_is_kept():
    segment = DummySegment()
    subsegment = DummySubsegment(segment)
    for entity in (segment, subsegment):
        entity.put_annotation('a', 1)
        entity.put_metadata('a', 1)
        entity.put_http_meta('status', 500)
        entity.set_aws({'a': 1})
        entity.apply_status_code(500)
        entity.apply_status_code('not looked at')
        entity.add_exception(ValueError(), [])
        assert not entity.serialize()
        assert (entity.http, entity.annotations, entity.metadata, entity.aws, entity.cause) == ({}, {}, {}, {}, {})
        assert not hasattr(entity, 'fault')
    segment.set_user('somebody')
    segment.set_service({'version': '1'})
    subsegment.set_sql({'a': 1})
    assert segment.user is None
    assert subsegment.sql == {}


def test_subsegments_are_counted():
    segment = DummySegment()
    subsegment = DummySubsegment(segment)
    segment.add_subsegment(subsegment)
    assert segment.ref_counter.get_current() == 1
    assert segment.subsegments == [subsegment]
    subsegment.close()
    segment.close()
    assert segment.ready_to_send()


def test_an_unsampled_trace_is_walked_through_and_not_sent(recorder, daemon):
    with recorder.in_segment('web', sampling=0) as segment:
        with recorder.in_subsegment('load') as subsegment:
            assert recorder.current_subsegment() is subsegment
            assert subsegment.parent_segment is segment
        assert recorder.get_trace_entity() is segment
    assert recorder.get_trace_entity() is None
    assert daemon.documents() == []


def test_an_exception_passes_through(recorder):
    with pytest.raises(ValueError):
        with recorder.in_segment('web', sampling=0), recorder.in_subsegment('load'):
            raise ValueError


@pytest.mark.improvement('D8')
def test_an_unsampled_segment_keeps_the_trace_it_belongs_to(recorder):
    trace_id = '1-5759e988-bd862e3fe1be46a994272793'
    segment = recorder.begin_segment('web', traceid=trace_id, parent_id='53995c3f42cd8ad8', sampling=0)
    assert segment.trace_id == trace_id
    assert recorder.begin_subsegment('load').trace_id == trace_id
    recorder.end_subsegment()
    recorder.end_segment()


@pytest.mark.improvement('D8')
def test_calls_of_an_unsampled_request_carry_its_trace_on(recorder):
    trace_id = '1-5759e988-bd862e3fe1be46a994272793'
    headers = {}
    with recorder.in_segment('web', traceid=trace_id, parent_id='53995c3f42cd8ad8', sampling=0):
        with recorder.in_subsegment('call') as subsegment:
            inject_trace_header(headers, subsegment)
    header = TraceHeader.from_header_str(headers['X-Amzn-Trace-Id'])
    assert (header.root, header.sampled) == (trace_id, 0)


def test_without_a_trace_it_is_all_zero(recorder):
    segment = recorder.begin_segment('web', sampling=0)
    assert segment.trace_id == NOOP_TRACE_ID
    recorder.end_segment()
