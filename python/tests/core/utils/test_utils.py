"""The helpers that other packages import."""

from __future__ import annotations

import inspect
import threading

import pytest
from hypothesis import given, strategies

from aws_xray_sdk.core.utils.atomic_counter import AtomicCounter
from aws_xray_sdk.core.utils.compat import annotation_value_types, is_classmethod, is_instance_method
from aws_xray_sdk.core.utils.conversion import metadata_to_dict
from aws_xray_sdk.core.utils.search_pattern import wildcard_match
from aws_xray_sdk.core.utils.sqs_message_helper import SQS_XRAY_HEADER, SqsMessageHelper
from aws_xray_sdk.core.utils.stacktrace import get_stacktrace


@pytest.mark.parametrize(
    ('pattern', 'text', 'matches'),
    [
        (None, None, False),
        (None, '', False),
        ('', None, False),
        ('', '', True),
        ('', 'x', False),
        ('*', '', True),
        ('?', '', False),
        ('abc', 'abc', True),
        ('abc', 'abcd', False),
        ('ab?', 'abc', True),
        ('a?c', 'abc', True),
        ('?bc', 'abc', True),
        ('a*', 'a', True),
        ('a*c', 'abbbc', True),
        ('*.example.com', 'shop.example.com', True),
        ('*.example.com', 'example.com', False),
        ('/api/*/items', '/api/v1/items', True),
        ('/api/*/items', '/api/v1/users', False),
        ('ABC', 'abc', True),
        ('a**b?c', 'axxbyc', True),
    ],
)
def test_wildcards(pattern, text, matches):
    assert wildcard_match(pattern, text) is matches


def test_wildcards_may_care_about_case():
    assert wildcard_match('ABC', 'abc', case_insensitive=False) is False
    assert wildcard_match('ABC', 'abc', False) is False
    assert wildcard_match('A*c', 'Abc', False) is True


@pytest.mark.improvement('D21')
@pytest.mark.parametrize(('pattern', 'text'), [('a*c', 'a*bc'), ('*c', '*bc'), ('a*', 'a*b')])
def test_a_star_in_the_text_is_a_character(pattern, text):
    assert wildcard_match(pattern, text) is True
    assert wildcard_match('a?c', 'a*c') is True
    assert wildcard_match('a*c', 'a*bc') is True


@given(pattern=strategies.text(alphabet='ab*?', max_size=8), text=strategies.text(alphabet='abAB', max_size=8))
def test_wildcards_mean_what_globs_mean(pattern, text):
    import re

    expression = ''.join('.*' if one == '*' else '.' if one == '?' else re.escape(one) for one in pattern)
    expected = re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL) is not None
    assert wildcard_match(pattern, text) is expected


def test_a_pattern_of_stars_is_quick():
    assert wildcard_match('a*' * 30 + 'b', 'a' * 3_000) is False


def test_sqs_messages():
    assert SQS_XRAY_HEADER == 'AWSTraceHeader'
    assert SqsMessageHelper.isSampled({'attributes': {}}) is False
    sampled = {'attributes': {'AWSTraceHeader': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1'}}
    unsampled = {'attributes': {'AWSTraceHeader': 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0'}}
    assert SqsMessageHelper.isSampled(sampled) is True
    assert SqsMessageHelper.isSampled(unsampled) is False


def stack_from_a_handler(**arguments):
    """Asks for the stack as exception handlers do: the handler's own frame is of no interest."""
    return get_stacktrace(**arguments)


def test_stack_of_here():
    stack = stack_from_a_handler()
    assert stack[-1][2] == 'test_stack_of_here'
    assert len(stack) > 3


def test_stack_limits():
    assert stack_from_a_handler(limit=0) == []
    assert [row[2] for row in stack_from_a_handler(limit=1)] == ['test_stack_limits']
    everything = stack_from_a_handler()
    assert [row[2] for row in stack_from_a_handler(limit=-2)] == [row[2] for row in everything[:2]]


def test_stack_with_an_exception():
    def fail():
        raise ValueError

    try:
        fail()
    except ValueError:
        stack = get_stacktrace()
        assert stack[-1][2] == 'fail'
        assert 'test_stack_with_an_exception' in [row[2] for row in stack]
        assert [row[2] for row in get_stacktrace(limit=1)] == ['fail']


def test_atomic_counter():
    counter = AtomicCounter(5)
    assert counter.get_current() == 5
    assert counter.increment() == 6
    assert counter.increment(4) == 10
    assert counter.decrement() == 9
    assert counter.decrement(2) == 7
    assert counter.reset() == 5
    assert AtomicCounter().get_current() == 0


def test_atomic_counter_among_threads():
    counter = AtomicCounter()

    def count():
        for _ in range(1_000):
            counter.increment()

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.get_current() == 8_000


def test_compatibility_helpers():
    class Example:
        def method(self):
            pass

        @classmethod
        def class_method(cls):
            pass

        @staticmethod
        def static_method():
            pass

    class Child(Example):
        pass

    assert set(annotation_value_types) == {int, float, bool, str}
    assert is_classmethod(Example.class_method)
    assert not is_classmethod(Example.method)
    for owner in (Example, Child):
        members = dict(inspect.getmembers(owner))
        assert is_instance_method(owner, 'method', members['method'])
        assert not is_instance_method(owner, 'static_method', members['static_method'])
        assert not is_instance_method(owner, 'class_method', members['class_method'])


class Public:
    """Converted by its public attributes."""

    def __init__(self):
        self.shown = {1}
        self._hidden = 2
        self.function = print


@pytest.mark.parametrize(
    ('value', 'expected'),
    [
        ({'a': (1, 2)}, {'a': [1, 2]}),
        ([{'a': {3}}], [{'a': [3]}]),
        (int, str(int)),
        (None, None),
        ('text', 'text'),
        (1.5, 1.5),
        (Public(), {'shown': [1]}),
    ],
)
def test_metadata_to_dict(value, expected):
    assert metadata_to_dict(value) == expected


@pytest.mark.improvement('B12')
def test_metadata_to_dict_leaves_generators_alone():
    generator = (number for number in range(2))
    metadata_to_dict(generator)
    assert list(generator) == [0, 1]


@pytest.mark.improvement('D11')
def test_metadata_to_dict_survives_cycles():
    value = {}
    value['itself'] = value
    assert isinstance(metadata_to_dict(value)['itself'], str)
