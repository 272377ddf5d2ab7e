"""``serialize`` and ``to_dict``: which fields are there, and how values of every kind are written."""

from __future__ import annotations

import ast
import json

import pytest
from hypothesis import given, settings, strategies

from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.throwable import Throwable
from support.documents import parse_document, validate_document

INTERNAL = ('sampled', 'parent_segment', 'ref_counter', '_subsegments_counter', '_origin_trace_header')


def closed_segment():
    """A segment with two levels below it, all closed."""
    segment = Segment('web')
    child = Subsegment('child', 'remote', segment)
    grandchild = Subsegment('grandchild', 'local', segment)
    segment.add_subsegment(child)
    child.add_subsegment(grandchild)
    grandchild.close()
    child.close()
    segment.close()
    return segment


def test_an_open_segment():
    segment = Segment('web')
    document = json.loads(segment.serialize())
    assert document == {
        'name': 'web',
        'id': segment.id,
        'trace_id': segment.trace_id,
        'start_time': segment.start_time,
        'in_progress': True,
    }


def test_a_closed_segment():
    segment = Segment('web', parent_id='53995c3f42cd8ad8')
    segment.close()
    document = json.loads(segment.serialize())
    assert document == {
        'name': 'web',
        'id': segment.id,
        'trace_id': segment.trace_id,
        'parent_id': '53995c3f42cd8ad8',
        'start_time': segment.start_time,
        'end_time': segment.end_time,
        'in_progress': False,
    }
    validate_document(document)


def test_a_closed_subsegment_of_its_own():
    segment = Segment('web')
    subsegment = Subsegment('load', 'aws', segment)
    segment.add_subsegment(subsegment)
    subsegment.close()
    document = json.loads(subsegment.serialize())
    assert document == {
        'name': 'load',
        'id': subsegment.id,
        'trace_id': segment.trace_id,
        'parent_id': segment.id,
        'type': 'subsegment',
        'namespace': 'aws',
        'start_time': subsegment.start_time,
        'end_time': subsegment.end_time,
        'in_progress': False,
    }
    validate_document(document)


def test_children_are_nested_in_order():
    segment = closed_segment()
    document = json.loads(segment.serialize())
    validate_document(document)
    (child,) = document['subsegments']
    (grandchild,) = child['subsegments']
    assert (child['name'], child['namespace'], child['parent_id']) == ('child', 'remote', document['id'])
    assert (grandchild['name'], grandchild['parent_id']) == ('grandchild', child['id'])


def test_to_dict_is_what_serialize_writes():
    segment = closed_segment()
    assert segment.to_dict() == json.loads(segment.serialize())
    child = segment.subsegments[0]
    assert child.to_dict() == json.loads(child.serialize())


def test_internals_are_left_out():
    segment = closed_segment()
    for document in (segment.to_dict(), segment.subsegments[0].to_dict()):
        assert not set(document) & set(INTERNAL)


def test_falsy_values_are_left_out_but_not_booleans():
    segment = Segment('web')
    segment.user = ''
    segment.origin = None
    segment.http = {}
    segment.fault = False
    document = json.loads(segment.serialize())
    assert document['fault'] is False
    assert not {'user', 'origin', 'http', 'annotations', 'metadata', 'aws', 'cause', 'subsegments'} & set(document)


def test_serialize_gives_text():
    assert isinstance(Segment('web').serialize(), str)


def test_text_survives():
    segment = Segment('福')
    for number, text in enumerate(
        ['quote " backslash \\ slash /', 'é 福 🎉', 'new\nline\ttab\x01\x7f\u2028', '\ufeff']
    ):
        segment.put_annotation(f'text_{number}', text)
        segment.put_metadata(text, text)
    document = parse_document(segment.serialize())
    assert document['annotations'] == segment.annotations
    assert document['metadata'] == segment.metadata
    assert document['name'] == '福'


@pytest.mark.improvement('D11')
def test_a_lone_surrogate_does_not_lose_the_document(recorder, daemon):
    with recorder.in_segment('web'):
        recorder.put_annotation('odd', 'before \ud800 after')
        recorder.put_metadata('odd', 'before \udfff after')
        recorder.put_metadata('bytes', 'caf\udce9')
    text = daemon.document()['annotations']['odd']
    assert text.startswith('before ') and text.endswith(' after') and '\ud800' not in text


@pytest.mark.parametrize('number', [0, -1, 2**31, 2**53, 2**63, -(2**80), 0.1, 1e300, 1.5e-9, -0.0, 5e-324])
def test_numbers_survive(number):
    segment = Segment('web')
    segment.put_annotation('number', number)
    segment.put_metadata('number', number)
    document = parse_document(segment.serialize())
    assert document['annotations']['number'] == number
    assert document['metadata']['default']['number'] == number


@pytest.mark.improvement('D11')
@pytest.mark.parametrize('number', [float('nan'), float('inf'), float('-inf')])
def test_not_a_number_is_still_json(recorder, daemon, number):
    with recorder.in_segment('web'):
        recorder.put_annotation('number', number)
        recorder.put_metadata('number', number)
        recorder.put_metadata('nested', [{'number': number}])
    document = daemon.document()
    assert not isinstance(document.get('annotations', {}).get('number'), float)
    assert not isinstance(document['metadata']['default']['number'], float)


def test_times_keep_their_digits():
    segment = Segment('web')
    segment.start_time = 1478293361.271234
    segment.close(1478293361.9)
    document = json.loads(segment.serialize())
    assert (document['start_time'], document['end_time']) == (1478293361.271234, 1478293361.9)


def test_numpy_like_and_integer_times():
    segment = Segment('web')
    segment.start_time = 1478293361
    segment.close(1478293362)
    document = json.loads(segment.serialize())
    assert (document['start_time'], document['end_time']) == (1478293361, 1478293362)


def test_values_without_json_form_in_other_fields_become_text():
    segment = Segment('web')
    segment.aws['cluster'] = complex(1, 2)
    assert json.loads(segment.serialize())['aws'] == {'cluster': '(1+2j)'}


def test_exceptions_are_written():
    segment = Segment('web')
    try:
        raise ValueError('bad')
    except ValueError as error:
        segment.add_exception(error, [('/app/shop.py', 12, 'load', 'source')])
        throwable = segment.cause['exceptions'][0]
    assert isinstance(throwable, Throwable)
    document = json.loads(segment.serialize())
    assert document['fault'] is True
    assert document['cause']['working_directory'] == segment.cause['working_directory']
    assert document['cause']['exceptions'] == [
        {
            'id': throwable.id,
            'type': 'ValueError',
            'message': 'bad',
            'remote': False,
            'stack': [{'path': 'shop.py', 'line': 12, 'label': 'load'}],
        }
    ]


def test_a_cause_that_is_an_id_is_written_as_one():
    segment = Segment('web')
    segment.cause = '53995c3f42cd8ad8'
    assert json.loads(segment.serialize())['cause'] == '53995c3f42cd8ad8'


json_values = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers(-(2**100), 2**100)
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(strategies.characters(exclude_categories=['Cs'])),
    lambda inner: (
        strategies.lists(inner, max_size=4)
        | strategies.dictionaries(strategies.text(strategies.characters(exclude_categories=['Cs'])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(value=json_values)
@settings(max_examples=200, deadline=None)
def test_what_json_can_say_comes_back(value):
    segment = Segment('web')
    segment.put_metadata('value', value)
    assert parse_document(segment.serialize())['metadata']['default']['value'] == value


@given(text=strategies.text(strategies.characters(exclude_categories=['Cs'])))
@settings(max_examples=200, deadline=None)
def test_any_text_comes_back(text):
    segment = Segment('web')
    segment.put_annotation('text', text)
    segment.set_user(text)
    document = parse_document(segment.serialize())
    assert document['annotations']['text'] == text
    assert document.get('user', '') == text


def test_documents_are_no_python_literals():
    """Guards against writing ``True`` or ``'``: the text has to be JSON, not a dict's repr."""
    segment = Segment('web')
    segment.put_annotation('truth', True)
    with pytest.raises(ValueError):
        ast.literal_eval(segment.serialize())
