"""Recorded exceptions: what is kept, how an exception seen twice is referred to, and that it stays what it was."""

from __future__ import annotations

import dataclasses
import re
import traceback

import pytest

from aws_xray_sdk.core.models.segment import Segment
from aws_xray_sdk.core.models.subsegment import Subsegment
from aws_xray_sdk.core.models.throwable import Throwable


@dataclasses.dataclass(frozen=True)
class Frozen(Exception):
    """Takes no attributes."""

    code: int


class Wordless(Exception):
    """Cannot be turned into text."""

    def __str__(self):
        raise RuntimeError('no')


class Slots(Exception):
    """Has slots, and a ``__dict__`` from its base."""

    __slots__ = ('code',)


def test_what_is_kept():
    error = ValueError('bad', 1)
    throwable = Throwable(error, [('/app/shop.py', 12, 'load', 'source'), ['/app/cart.py', 3, ' add ', None]], True)
    assert re.fullmatch('[0-9a-f]{16}', throwable.id)
    assert (throwable.type, throwable.message, throwable.remote) == ('ValueError', "('bad', 1)", True)
    assert throwable.stack == [
        {'path': 'shop.py', 'line': 12, 'label': 'load'},
        {'path': 'cart.py', 'line': 3, 'label': 'add'},
    ]
    assert throwable.to_dict() == {
        'id': throwable.id,
        'type': 'ValueError',
        'message': "('bad', 1)",
        'remote': True,
        'stack': throwable.stack,
    }


def test_extracted_stacks_are_understood():
    try:
        raise ValueError('bad')
    except ValueError as error:
        throwable = Throwable(error, traceback.extract_tb(error.__traceback__))
    (frame,) = throwable.stack
    assert (frame['path'], frame['label']) == ('test_throwable.py', 'test_extracted_stacks_are_understood')
    assert throwable.remote is False


def test_frames_of_the_sdk_are_left_out():
    stack = [('/lib/aws_xray_sdk/core/recorder.py', 1, 'record', ''), ('/app/shop.py', 2, 'load', '')]
    assert [row['path'] for row in Throwable(ValueError(), stack).stack] == ['shop.py']


def test_no_stack_is_fine():
    assert 'stack' not in Throwable(ValueError('bad'), None).to_dict()
    assert 'stack' not in Throwable(ValueError('bad'), []).to_dict()


def test_a_broken_stack_costs_only_the_stack():
    throwable = Throwable(ValueError('bad'), [(1,)])
    assert throwable.stack is None
    assert throwable.message == 'bad'


def test_the_exception_is_marked():
    error = ValueError('bad')
    throwable = Throwable(error, None)
    assert error._recorded is True
    assert error._cause_id == throwable.id


@pytest.mark.parametrize('error', [Wordless(), Slots()], ids=['wordless', 'slots'])
def test_odd_exceptions(error):
    throwable = Throwable(error, None)
    assert throwable.type == type(error).__name__


def test_add_exception_adds_a_cause_and_a_fault():
    segment = Segment('web')
    assert segment.cause == {}
    segment.add_exception(exception=ValueError('bad'), stack=[('/app/shop.py', 12, 'load', '')], remote=True)
    assert segment.fault is True
    assert set(segment.cause) == {'exceptions', 'working_directory'}
    (throwable,) = segment.cause['exceptions']
    assert type(throwable) is Throwable
    assert (throwable.message, throwable.remote) == ('bad', True)


def test_two_exceptions_are_both_kept():
    segment = Segment('web')
    segment.add_exception(ValueError('first'), [])
    segment.add_exception(KeyError('second'), [])
    assert [throwable.type for throwable in segment.cause['exceptions']] == ['ValueError', 'KeyError']


def test_an_exception_that_passed_through_is_referred_to():
    segment = Segment('web')
    inner = Subsegment('inner', 'local', segment)
    segment.add_subsegment(inner)
    error = ValueError('bad')
    inner.add_exception(error, [])
    segment.add_exception(error, [])
    assert segment.cause == inner.cause['exceptions'][0].id
    assert segment.fault is True


def test_another_exception_replaces_a_reference():
    segment = Segment('web')
    inner = Subsegment('inner', 'local', segment)
    segment.add_subsegment(inner)
    error = ValueError('bad')
    inner.add_exception(error, [])
    segment.add_exception(error, [])
    segment.add_exception(KeyError('other'), [])
    assert [throwable.type for throwable in segment.cause['exceptions']] == ['KeyError']


@pytest.mark.improvement('B3')
def test_a_frozen_exception_passes_unharmed(recorder, daemon):
    @recorder.capture('fail')
    def fail():
        raise Frozen(7)

    with recorder.in_segment('web'):
        with pytest.raises(Frozen) as caught:
            fail()
    assert caught.value.code == 7
    assert daemon.trace().find('fail')['cause']['exceptions'][0]['type'] == 'Frozen'


@pytest.mark.improvement('D5')
def test_the_same_exception_twice_on_one_entity_keeps_its_cause():
    segment = Segment('web')
    error = ValueError('bad')
    segment.add_exception(error, [])
    segment.add_exception(error, [])
    (throwable,) = segment.cause['exceptions']
    assert throwable.message == 'bad'


@pytest.mark.improvement('D5')
def test_an_exception_object_of_another_trace_is_recorded_anew(recorder, daemon):
    singleton = ValueError('shared')
    for name in ('first', 'second'):
        with pytest.raises(ValueError):
            with recorder.in_segment(name):
                raise singleton
    first, second = daemon.traces()
    assert first['cause']['exceptions'][0]['message'] == 'shared'
    assert second['cause']['exceptions'][0]['message'] == 'shared'


@pytest.mark.improvement('D4')
@pytest.mark.parametrize('how', ['segment', 'subsegment', 'asynchronous subsegment'])
async def test_the_raising_frame_of_a_deep_stack_is_kept(recorder, daemon, how):
    def descend(depth):
        if depth:
            descend(depth - 1)
        raise_here()

    def raise_here():
        raise ValueError('deep')

    with pytest.raises(ValueError):
        if how == 'segment':
            with recorder.in_segment('web'):
                descend(30)
        elif how == 'subsegment':
            with recorder.in_segment('web'), recorder.in_subsegment('load'):
                descend(30)
        else:
            async with recorder.in_segment_async('web'), recorder.in_subsegment_async('load'):
                descend(30)
    trace = daemon.trace()
    node = trace if how == 'segment' else trace.find('load')
    stack = node['cause']['exceptions'][0]['stack']
    assert stack[-1]['label'] == 'raise_here'
    assert len(stack) == recorder.max_trace_back
