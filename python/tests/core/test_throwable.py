"""``Throwable``: an exception as the cause section shows it."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass

import pytest

from aws_xray_sdk.core.models.throwable import Throwable

STACK = [('/srv/shop/views.py', 10, 'order', 'take()'), ('/srv/shop/shelf.py', 3, 'take', 'raise')]
ROWS = [{'path': 'views.py', 'line': 10, 'label': 'order'}, {'path': 'shelf.py', 'line': 3, 'label': 'take'}]


def test_fields():
    throwable = Throwable(IndexError('out of range'), STACK, remote=True)
    assert throwable.type == 'IndexError'
    assert throwable.message == 'out of range'
    assert throwable.remote is True
    assert throwable.stack == ROWS
    assert len(throwable.id) == 16 and int(throwable.id, 16) >= 0


def test_dictionary_has_what_says_something():
    throwable = Throwable(ValueError(), [])
    assert throwable.to_dict() == {'id': throwable.id, 'type': 'ValueError', 'remote': False}


def test_ids_differ():
    assert len({Throwable(ValueError(), STACK).id for _ in range(100)}) == 100


@pytest.mark.parametrize('kind', [tuple, list])
def test_rows_may_be_tuples_or_lists(kind):
    assert Throwable(ValueError(), kind(kind(row) for row in STACK)).stack == ROWS


def test_rows_of_the_traceback_module():
    try:
        raise ValueError('here')
    except ValueError as error:
        throwable = Throwable(error, traceback.extract_tb(error.__traceback__))
    (row,) = throwable.stack
    assert row['path'] == os.path.basename(__file__)
    assert row['label'] == 'test_rows_of_the_traceback_module'


def test_frames_of_this_package_are_left_out():
    stack = [STACK[0], ('/site-packages/aws_xray_sdk/core/recorder.py', 1, 'capture', ''), STACK[1]]
    assert Throwable(ValueError(), stack).stack == ROWS


@pytest.mark.parametrize('stack', [[('only a path',)], 'text', [None], [(1, 2, 3)]])
def test_stack_of_another_form_is_left_out(stack):
    assert Throwable(ValueError(), stack).to_dict().get('stack') is None


def test_exception_is_marked():
    error = ValueError()
    throwable = Throwable(error, STACK)
    assert (error._recorded, error._cause_id) == (True, throwable.id)


def test_exception_whose_text_fails():
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError('no text')

    throwable = Throwable(Mute(), STACK)
    assert throwable.type == 'Mute'
    assert 'message' not in throwable.to_dict()


@pytest.mark.improvement('B3')
def test_exception_that_takes_no_attributes():
    @dataclass(frozen=True)
    class Frozen(Exception):
        code: int

    assert Throwable(Frozen(7), STACK).to_dict()['type'] == 'Frozen'


@pytest.mark.improvement('an empty exception group of the application is an exception, too')
def test_falsy_exception_is_marked():
    class Empty(Exception):
        def __len__(self):
            return 0

    error = Empty()
    throwable = Throwable(error, STACK)
    assert error._cause_id == throwable.id


@pytest.mark.improvement('D5')
def test_record_counts_for_its_trace_only():
    from aws_xray_sdk.core.models.throwable import recorded_cause

    error = ValueError()
    assert recorded_cause(error, 'trace-a') is None
    throwable = Throwable(error, STACK, trace_id='trace-a')
    assert recorded_cause(error, 'trace-a') == throwable.id
    assert recorded_cause(error, 'trace-b') is None
    assert recorded_cause(error) == throwable.id
