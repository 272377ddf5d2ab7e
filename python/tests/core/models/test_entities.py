"""Segments and subsegments as objects: attributes, containers, put methods, names, flags."""

from __future__ import annotations

import json
import logging
import re
from http import HTTPStatus

import pytest

from aws_xray_sdk.core.exceptions.exceptions import (
    AlreadyEndedException,
    SegmentNameMissingException,
    SegmentNotFoundException,
)
from aws_xray_sdk.core.models import http
from aws_xray_sdk.core.models.entity import Entity
from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.trace_header import TraceHeader


@pytest.fixture
def segment():
    """A segment that no recorder knows."""
    return Segment('web')


@pytest.fixture
def subsegment(segment):
    """A subsegment of ``segment``."""
    subsegment = Subsegment('load', 'local', segment)
    segment.add_subsegment(subsegment)
    return subsegment


def test_classes():
    assert issubclass(Segment, Entity)
    assert issubclass(Subsegment, Entity)


def test_a_new_segment(segment):
    assert re.fullmatch('[0-9a-f]{16}', segment.id)
    assert re.fullmatch('1-[0-9a-f]{8}-[0-9a-f]{24}', segment.trace_id)
    assert segment.name == 'web'
    assert segment.parent_id is None
    assert segment.in_progress is True
    assert segment.sampled is True
    assert segment.user is None
    assert segment.start_time > 1_500_000_000
    for container in (segment.http, segment.annotations, segment.metadata, segment.aws, segment.cause):
        assert container == {}
        assert type(container) is dict
    assert segment.subsegments == []
    assert segment.ref_counter.get_current() == 0
    assert segment.ready_to_send() is False


def test_a_new_subsegment(segment, subsegment):
    assert subsegment.type == 'subsegment'
    assert subsegment.namespace == 'local'
    assert subsegment.trace_id == segment.trace_id
    assert subsegment.parent_id == segment.id
    assert subsegment.parent_segment is segment
    assert subsegment.sql == {}
    assert segment.subsegments[0] is subsegment
    assert segment.subsegments[-1] is subsegment
    assert len(segment.subsegments) == 1


def test_segment_arguments():
    segment = Segment('web', '53995c3f42cd8ad8', '1-5759e988-bd862e3fe1be46a994272793', '1111111111111111', False)
    assert segment.id == '53995c3f42cd8ad8'
    assert segment.trace_id == '1-5759e988-bd862e3fe1be46a994272793'
    assert segment.parent_id == '1111111111111111'
    assert segment.sampled is False
    by_keyword = Segment(name='web', entityid='53995c3f42cd8ad8', traceid='t', parent_id='p', sampled=True)
    assert (by_keyword.id, by_keyword.trace_id, by_keyword.parent_id) == ('53995c3f42cd8ad8', 't', 'p')


@pytest.mark.parametrize('name', [None, ''])
def test_a_segment_needs_a_name(name):
    with pytest.raises(SegmentNameMissingException):
        Segment(name)


def test_a_subsegment_needs_a_segment():
    with pytest.raises(SegmentNotFoundException):
        Subsegment('load', 'local', None)


def test_ids_differ():
    assert len({Segment('web').id for _ in range(1000)}) == 1000
    assert len({Segment('web').trace_id for _ in range(1000)}) == 1000


def test_optional_attributes_are_absent_until_they_are_set(segment, subsegment):
    for name in ('error', 'fault', 'throttle', 'end_time'):
        for entity in (segment, subsegment):
            assert not hasattr(entity, name)
            assert getattr(entity, name, 'absent') == 'absent'
    assert not hasattr(segment, 'type')
    assert not hasattr(segment, 'service')
    assert not hasattr(segment, 'origin')


def test_http(segment):
    segment.put_http_meta(http.URL, 'http://shop.example.com/cart')
    segment.put_http_meta(http.METHOD, 'POST')
    segment.put_http_meta(http.USER_AGENT, 'curl')
    segment.put_http_meta(http.CLIENT_IP, '10.0.0.1')
    segment.put_http_meta(http.X_FORWARDED_FOR, True)
    segment.put_http_meta(http.STATUS, 200)
    segment.put_http_meta(http.CONTENT_LENGTH, 42)
    assert segment.http['request'] == {
        'url': 'http://shop.example.com/cart',
        'method': 'POST',
        'user_agent': 'curl',
        'client_ip': '10.0.0.1',
        'x_forwarded_for': True,
    }
    assert segment.http['response'] == {'status': 200, 'content_length': 42}


def test_http_ignores_none_and_unknown_keys(segment, caplog):
    segment.put_http_meta(http.URL, None)
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        segment.put_http_meta('somekey', 'value')
        segment.put_http_meta(404, 'value')
    assert 'somekey' in caplog.text
    assert '404' in caplog.text
    assert segment.http == {}


@pytest.mark.parametrize('status', [503.0, 10**25, True, HTTPStatus.SERVICE_UNAVAILABLE])
def test_no_number_is_refused_as_a_status(segment, status):
    segment.put_http_meta(http.STATUS, status)
    assert 'status' in segment.http['response']


def test_http_status_as_text_is_a_number(segment):
    segment.put_http_meta(http.STATUS, '404')
    assert segment.http['response']['status'] == 404
    assert segment.error is True


@pytest.mark.parametrize(
    ('status', 'flags'),
    [
        (200, set()),
        (399, set()),
        (400, {'error'}),
        (404, {'error'}),
        (429, {'error', 'throttle'}),
        (499, {'error'}),
        (500, {'fault'}),
        (503, {'fault'}),
        (0, set()),
        (None, set()),
    ],
)
def test_status_code_sets_the_flags(segment, status, flags):
    segment.apply_status_code(status)
    assert {flag for flag in ('error', 'fault', 'throttle') if getattr(segment, flag, False)} == flags


def test_flags_can_be_added(subsegment):
    subsegment.add_error_flag()
    subsegment.add_fault_flag()
    subsegment.add_throttle_flag()
    assert (subsegment.error, subsegment.fault, subsegment.throttle) == (True, True, True)


def test_annotations(segment):
    segment.put_annotation('text', 'value')
    segment.put_annotation('number', 1.5)
    segment.put_annotation('truth', False)
    segment.put_annotation('text', 'later')
    assert segment.annotations == {'text': 'later', 'number': 1.5, 'truth': False}
    assert segment.annotations['truth'] is False


@pytest.mark.parametrize(
    ('key', 'value'),
    [('a-b', 1), ('a.b', 1), ('ä', 1), (1, 1), (None, 1), ('a', None), ('a', [1]), ('a', {'b': 1}), ('a', b'1')],
)
def test_annotations_that_cannot_be_indexed_are_dropped_with_a_warning(segment, caplog, key, value):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        segment.put_annotation(key, value)
    assert segment.annotations == {}
    assert [record.levelname for record in caplog.records] == ['WARNING']


def test_metadata(segment):
    value = object()
    segment.put_metadata('key', value)
    segment.put_metadata('key', 'other', 'space')
    segment.put_metadata('more', 2, 'space')
    assert segment.metadata['default']['key'] is value
    assert segment.metadata['space'] == {'key': 'other', 'more': 2}


@pytest.mark.parametrize('namespace', ['AWS.', 'AWS.somewhere', 1, ['space']])
def test_metadata_namespaces_that_are_refused(segment, caplog, namespace):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        segment.put_metadata('key', 'value', namespace)
    assert segment.metadata == {}
    assert caplog.records


def test_user_service_aws_and_rule(segment):
    segment.set_user('somebody')
    segment.set_service({'version': '1.0'})
    segment.set_aws({'region': 'eu-west-1'})
    segment.set_rule_name('my-rule')
    assert segment.user == 'somebody'
    assert segment.service == {'version': '1.0'}
    assert segment.aws == {'region': 'eu-west-1', 'xray': {'sampling_rule_name': 'my-rule'}}


def test_sql(subsegment):
    sql = {'sanitized_query': 'select ?', 'database_type': 'sqlite'}
    subsegment.set_sql(sql)
    assert subsegment.sql['sanitized_query'] == 'select ?'
    subsegment.sql['user'] = 'reader'
    assert json.loads(subsegment.serialize())['sql'] == {**sql, 'user': 'reader'}


def test_counters_follow_subsegments(segment):
    first, second = Subsegment('first', 'local', segment), Subsegment('second', 'local', segment)
    segment.add_subsegment(first)
    first.add_subsegment(second)
    assert segment.ref_counter.get_current() == 2
    assert segment.get_total_subsegments_size() == 2
    second.close()
    assert segment.ref_counter.get_current() == 1
    assert segment.get_total_subsegments_size() == 2
    segment.close()
    assert segment.ready_to_send() is False
    first.close()
    assert segment.ready_to_send() is True
    first.remove_subsegment(second)
    assert first.subsegments == []
    assert segment.get_total_subsegments_size() == 1


def test_remove_subsegment_keeps_the_others_in_order(segment):
    children = [Subsegment(f'child {number}', 'local', segment) for number in range(4)]
    for child in children:
        segment.add_subsegment(child)
    segment.remove_subsegment(children[1])
    assert segment.subsegments == [children[0], children[2], children[3]]
    assert segment.subsegments[1] is children[2]
    assert [child.name for child in segment.subsegments] == ['child 0', 'child 2', 'child 3']


def test_add_subsegment_sets_the_parent(segment, subsegment):
    below = Subsegment('below', 'remote', segment)
    subsegment.add_subsegment(below)
    assert below.parent_id == subsegment.id
    assert subsegment.subsegments == [below]


@pytest.mark.improvement('no recursion')
def test_a_subsegment_is_never_inside_itself(segment, subsegment):
    below = Subsegment('below', 'local', segment)
    subsegment.add_subsegment(below)
    subsegment.add_subsegment(subsegment)
    below.add_subsegment(subsegment)
    below.subsegments.append(subsegment)
    document = json.loads(segment.serialize())
    assert document['name'] == 'web'
    assert segment.to_dict() == document


@pytest.mark.improvement('no id twice')
def test_a_subsegment_is_in_one_place(segment, subsegment):
    other = Subsegment('other', 'local', segment)
    segment.add_subsegment(other)
    segment.add_subsegment(subsegment)
    assert [child.name for child in segment.subsegments] == ['other', 'load']
    other.add_subsegment(subsegment)
    assert subsegment.parent_id == other.id
    assert [child['name'] for child in json.loads(segment.serialize())['subsegments']] == ['other']
    assert segment.get_total_subsegments_size() == 2
    subsegment.close()
    other.close()
    segment.close()
    assert segment.ready_to_send()


def test_a_sampled_subsegment_below_an_unsampled_entity_is_warned_about(caplog):
    segment = Segment('web', sampled=False)
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        segment.add_subsegment(Subsegment('orphan', 'local', segment))
    assert [record.levelname for record in caplog.records] == ['WARNING']


def test_closing(segment, subsegment):
    subsegment.close()
    assert subsegment.in_progress is False
    assert subsegment.end_time >= subsegment.start_time
    segment.close(end_time=5.5)
    assert segment.end_time == 5.5
    with pytest.raises(AlreadyEndedException):
        segment.close()
    with pytest.raises(AlreadyEndedException):
        segment.add_subsegment(Subsegment('late', 'local', segment))


@pytest.mark.parametrize(
    ('attribute', 'value'),
    [
        ('name', 'renamed'),
        ('id', '53995c3f42cd8ad8'),
        ('trace_id', '1-5759e988-bd862e3fe1be46a994272793'),
        ('parent_id', '53995c3f42cd8ad8'),
        ('start_time', 12.25),
        ('origin', 'AWS::ECS::Fargate'),
        ('user', 'somebody'),
        ('fault', True),
        ('error', True),
        ('throttle', True),
        ('http', {'request': {'method': 'GET'}}),
        ('annotations', {'a': 1}),
        ('metadata', {'space': {'a': 1}}),
        ('aws', {'region': 'eu-west-1'}),
        ('service', {'version': '1'}),
        ('resource_arn', 'arn:aws:lambda:::function/f'),
        ('links', [{'id': '53995c3f42cd8ad8'}]),
    ],
)
def test_what_is_assigned_is_read_back_and_sent(segment, attribute, value):
    setattr(segment, attribute, value)
    assert getattr(segment, attribute) == value
    segment.close()
    assert json.loads(segment.serialize())[attribute] == value
    assert segment.to_dict()[attribute] == value


def test_namespace_and_type_can_be_assigned(segment, subsegment):
    subsegment.namespace = 'remote'
    subsegment.name = 'renamed'
    subsegment.close()
    assert json.loads(subsegment.serialize())['namespace'] == 'remote'
    assert json.loads(segment.serialize())['subsegments'][0]['name'] == 'renamed'


def test_sampled_and_in_progress_can_be_assigned(segment):
    segment.sampled = False
    assert segment.sampled is False
    segment.in_progress = False
    assert segment.ready_to_send() is True
    with pytest.raises(AlreadyEndedException):
        segment.put_annotation('a', 1)
    segment.in_progress = True
    segment.put_annotation('a', 1)
    assert segment.annotations == {'a': 1}


def test_dicts_are_live_both_ways(segment):
    segment.put_annotation('first', 1)
    annotations = segment.annotations
    annotations['second'] = 2
    segment.put_annotation('third', 3)
    assert annotations is segment.annotations
    assert annotations == {'first': 1, 'second': 2, 'third': 3}
    metadata = segment.metadata
    segment.put_metadata('a', 1)
    metadata['default']['b'] = 2
    segment.put_metadata('c', 3)
    request = segment.http.setdefault('request', {})
    segment.put_http_meta(http.METHOD, 'GET')
    request['url'] = 'http://shop/'
    segment.aws['region'] = 'eu-west-1'
    document = json.loads(segment.serialize())
    assert document['annotations'] == {'first': 1, 'second': 2, 'third': 3}
    assert document['metadata'] == {'default': {'a': 1, 'b': 2, 'c': 3}}
    assert document['http'] == {'request': {'method': 'GET', 'url': 'http://shop/'}}
    assert document['aws'] == {'region': 'eu-west-1'}
    del annotations['first']
    annotations.clear()
    assert 'annotations' not in json.loads(segment.serialize())


def test_the_list_of_subsegments_is_live(segment):
    first, second = Subsegment('first', 'local', segment), Subsegment('second', 'local', segment)
    children = segment.subsegments
    segment.add_subsegment(first)
    assert children == [first]
    children.append(second)
    assert [child['name'] for child in json.loads(segment.serialize())['subsegments']] == ['first', 'second']
    children.remove(first)
    assert [child['name'] for child in json.loads(segment.serialize())['subsegments']] == ['second']
    assert segment.subsegments is children


def test_own_attributes_are_in_the_document(segment, subsegment):
    segment.my_field = {'a': [1, 2]}
    subsegment.precursor_ids = ['53995c3f42cd8ad8']
    document = json.loads(segment.serialize())
    assert document['my_field'] == {'a': [1, 2]}
    assert document['subsegments'][0]['precursor_ids'] == ['53995c3f42cd8ad8']


def test_origin_trace_header_is_kept_and_not_sent(segment):
    assert segment.get_origin_trace_header() is None
    header = TraceHeader(data={'k': 'v'})
    segment.save_origin_trace_header(header)
    assert segment.get_origin_trace_header() is header
    assert segment.get_origin_trace_header().data == {'k': 'v'}
    assert '_origin_trace_header' not in segment.serialize()


@pytest.mark.parametrize(
    ('given', 'kept'),
    [
        ('plain name', 'plain name'),
        ('福', '福'),
        ('GET /cart/42', 'GET /cart/42'),
        ('## my_handler', '## my_handler'),
        ('a@b:c_d.e%f&g#h=i+j-k\\l', 'a@b:c_d.e%f&g#h=i+j-k\\l'),
        ('DB?;*()!$~^<>', 'DB'),
        ('caf\x85', 'caf\x85'),
    ],
)
def test_names(given, kept, caplog):
    with caplog.at_level(logging.WARNING, logger='aws_xray_sdk'):
        segment = Segment(given)
    assert segment.name == kept
    assert Subsegment(given, 'local', segment).name == kept
    assert bool(caplog.records) == (given != kept)


@pytest.mark.improvement('D12')
@pytest.mark.parametrize('given', ['***', "idx[0],'q'|{x}", 'quo"ted`', 'n' * 500, 'tab\tnew\nline\x00'])
def test_names_that_the_service_would_refuse(recorder, daemon, given):
    with recorder.in_segment(given), recorder.in_subsegment(given):
        pass
    trace = daemon.trace()
    assert 1 <= len(trace.name) <= 200
    assert trace.children[0].name == trace.name


def test_entities_can_be_subclassed():
    class Named(Segment):
        def __init__(self, name):
            super().__init__(name)
            self.extra = 'extra'

        def put_annotation(self, key, value):
            super().put_annotation(f'my_{key}', value)

    segment = Named('web')
    segment.put_annotation('a', 1)
    assert segment.annotations == {'my_a': 1}
    assert json.loads(segment.serialize())['extra'] == 'extra'


def test_the_recorder_calls_the_methods_of_subclasses(memory_recorder):
    class Noting(Subsegment):
        def put_annotation(self, key, value):
            super().put_annotation(f'my_{key}', value)

        def put_metadata(self, key, value, namespace='default'):
            super().put_metadata(key, value, f'my_{namespace}')

        def close(self, end_time=None):
            self.closed = True
            super().close(end_time)

    with memory_recorder.in_segment('web') as segment:
        subsegment = Noting('load', 'local', segment)
        memory_recorder.context.put_subsegment(subsegment)
        memory_recorder.put_annotation('a', 1)
        memory_recorder.put_metadata('b', 2)
        memory_recorder.end_subsegment()
        assert memory_recorder.get_trace_entity() is segment
    assert (subsegment.annotations, subsegment.metadata) == ({'my_a': 1}, {'my_default': {'b': 2}})
    assert (subsegment.closed, subsegment.in_progress) == (True, False)
    assert len(memory_recorder.emitter.entities) == 1


def test_vars_shows_every_attribute(recorder):
    segment = recorder.begin_segment('web')
    segment.put_annotation('region', 'eu')
    segment.colour = 'red'
    shown = vars(segment)
    assert (shown['name'], shown['annotations'], shown['colour']) == ('web', {'region': 'eu'}, 'red')
    assert shown['in_progress'] and shown['subsegments'] == [] and 'end_time' not in shown
    assert shown['service'] == segment.service


def test_an_attribute_that_is_not_there_cannot_be_deleted(segment):
    segment.colour = 'red'
    del segment.colour
    with pytest.raises(AttributeError, match='colour'):
        del segment.colour


@pytest.mark.improvement('it is an attribute like any other')
def test_where_an_entity_is_does_not_get_into_its_document(segment, subsegment):
    subsegment.parent_segment = segment
    segment.ref_counter = 0
    document = json.loads(segment.serialize())
    assert 'ref_counter' not in document
    assert 'parent_segment' not in document['subsegments'][0]
    assert subsegment.parent_segment is segment
