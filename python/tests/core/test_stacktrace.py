"""``get_stacktrace``: the frames a cause shows."""

from __future__ import annotations

import linecache
import sys
import traceback

import pytest

from aws_xray_sdk.core.utils.stacktrace import get_stacktrace


def ask(limit=None):
    return get_stacktrace(limit=limit)


def fail(levels):
    if levels:
        fail(levels - 1)
    raise ValueError('deep down')


def ask_while_handling(limit=None, levels=20):
    try:
        fail(levels)
    except ValueError:
        return get_stacktrace(limit=limit)


def functions(stack):
    return [row[2] for row in stack]


def test_ends_with_the_caller_of_the_function_that_asks():
    here = sys._getframe()
    stack = ask()
    assert functions(stack)[-1] == 'test_ends_with_the_caller_of_the_function_that_asks'
    assert len(stack) == len(traceback.extract_stack(here))


def test_exception_being_handled_is_appended():
    stack = ask_while_handling(levels=2)
    assert functions(stack)[-5:] == [
        'test_exception_being_handled_is_appended',
        'ask_while_handling',
        'fail',
        'fail',
        'fail',
    ]


def test_rows_read_like_those_of_the_traceback_module():
    path, line, function, text = ask_while_handling(levels=0)[-1]
    assert path == __file__
    assert line == fail.__code__.co_firstlineno + 3
    assert (function, text) == ('fail', "raise ValueError('deep down')")


@pytest.mark.parametrize('limit', [1, 2, 21, 22, 23, 30])
def test_limit_keeps_the_innermost(limit):
    assert functions(ask_while_handling(limit)) == functions(ask_while_handling())[-limit:]


@pytest.mark.parametrize('limit', [-1, -3])
def test_negative_limit_keeps_the_outermost(limit):
    assert functions(ask_while_handling(limit)) == functions(ask_while_handling())[:-limit]


def test_limit_beyond_the_stack_is_the_whole_stack():
    assert functions(ask(10_000)) == functions(ask())


def test_limit_of_zero():
    assert get_stacktrace(limit=0) == []


@pytest.mark.improvement('C3')
def test_no_source_is_read_before_someone_looks():
    linecache.clearcache()
    stack = ask_while_handling(5)
    assert __file__ not in linecache.cache
    assert stack[-1].line == "raise ValueError('deep down')"


@pytest.mark.improvement('C3')
def test_cost_does_not_grow_with_the_stack():
    def frames_visited(depth):
        if depth:
            return frames_visited(depth - 1)
        visited = []
        original = traceback.FrameSummary

        class Counting(original):
            def __init__(self, *arguments, **keywords):
                visited.append(arguments)
                super().__init__(*arguments, **keywords)

        traceback.FrameSummary = Counting
        try:
            get_stacktrace(limit=5)
        finally:
            traceback.FrameSummary = original
        return len(visited)

    assert frames_visited(0) == frames_visited(200) == 5
