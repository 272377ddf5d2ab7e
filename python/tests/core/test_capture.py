"""``capture``, ``capture_async`` and the context managers, on every kind of callable."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import time

import pytest

from aws_xray_sdk.core.models.segment import SegmentContextManager
from aws_xray_sdk.core.models.subsegment import SubsegmentContextManager


def test_captured_function(recorder, daemon):
    @recorder.capture('load')
    def load(key, *, retries=0):
        """Loads."""
        return (key, retries)

    with recorder.in_segment('web'):
        assert load('k', retries=2) == ('k', 2)
    assert daemon.trace().render() == 'web\n  load'
    assert load.__name__ == 'load'
    assert load.__doc__ == 'Loads.'
    assert str(inspect.signature(load)) == '(key, *, retries=0)'
    assert load.__wrapped__('k') == ('k', 0)


def test_the_name_defaults_to_the_functions(recorder, daemon):
    @recorder.capture()
    def named_by_itself():
        pass

    with recorder.in_segment('web'):
        named_by_itself()
    assert daemon.trace().children[0].name == 'named_by_itself'


def test_each_call_is_a_subsegment_and_calls_nest(recorder, daemon):
    @recorder.capture('count')
    def count(number):
        return count(number - 1) + 1 if number else 0

    with recorder.in_segment('web'):
        assert count(2) == 2
        assert count(0) == 0
    assert daemon.trace().render() == 'web\n  count\n    count\n      count\n  count'


def test_methods_class_methods_and_static_methods(recorder, daemon):
    class Store:
        @recorder.capture('method')
        def method(self, value):
            return (self, value)

        @classmethod
        @recorder.capture('class method')
        def class_method(cls, value):
            return (cls, value)

        @staticmethod
        @recorder.capture('static method')
        def static_method(value):
            return value

    store = Store()
    with recorder.in_segment('web'):
        assert store.method(1) == (store, 1)
        assert Store.method(store, 1) == (store, 1)
        assert store.class_method(2) == (Store, 2)
        assert Store.class_method(2) == (Store, 2)
        assert store.static_method(3) == 3
    expected = ['method', 'method', 'class method', 'class method', 'static method']
    assert [child.name for child in daemon.trace().children] == expected


def test_captured_method_is_bound_once(recorder):
    class Store:
        @recorder.capture()
        def method(self):
            return self

    store = Store()
    assert store.method.__name__ == 'method'
    bound = store.method
    with recorder.in_segment('web'):
        assert bound() is store


def test_an_exception_passes_through_and_is_recorded(recorder, daemon):
    error = ValueError('bad')

    @recorder.capture('fail')
    def fail():
        raise error

    with recorder.in_segment('web'):
        with pytest.raises(ValueError) as caught:
            fail()
    assert caught.value is error
    failed = daemon.trace().find('fail')
    assert failed['fault'] is True
    exception = failed['cause']['exceptions'][0]
    assert (exception['type'], exception['message'], exception['remote']) == ('ValueError', 'bad', False)
    assert exception['stack'][-1]['label'] == 'fail'
    assert exception['stack'][-1]['path'] == 'test_capture.py'
    assert failed['cause']['working_directory']


def test_the_stack_of_a_captured_function_says_how_it_was_reached(recorder, daemon):
    @recorder.capture('fail')
    def fail():
        raise ValueError('bad')

    def caller():
        fail()

    with recorder.in_segment('web'):
        with pytest.raises(ValueError):
            caller()
    labels = [frame['label'] for frame in daemon.trace().find('fail')['cause']['exceptions'][0]['stack']]
    assert labels[-2:] == ['caller', 'fail']


async def test_the_stack_of_a_captured_coroutine_says_how_it_was_reached(recorder, daemon):
    @recorder.capture_async('fail')
    async def fail():
        raise ValueError('bad')

    async def caller():
        await fail()

    with recorder.in_segment('web'):
        with pytest.raises(ValueError):
            await caller()
    labels = [frame['label'] for frame in daemon.trace().find('fail')['cause']['exceptions'][0]['stack']]
    assert labels[-2:] == ['caller', 'fail']


def test_stack_is_limited_by_max_trace_back(recorder, daemon):
    recorder.configure(max_trace_back=2)

    @recorder.capture('fail')
    def fail():
        raise ValueError('bad')

    with recorder.in_segment('web'):
        with pytest.raises(ValueError):
            fail()
    labels = [frame['label'] for frame in daemon.trace().find('fail')['cause']['exceptions'][0]['stack']]
    assert labels[-1] == 'fail'
    assert len(labels) <= 2


@pytest.mark.improvement('upstream loses the segment')
def test_a_captured_function_that_calls_itself_for_ever_fails_as_it_would_alone(run_program, daemon):
    completed = run_program(
        """
        from aws_xray_sdk.core import xray_recorder

        xray_recorder.configure(service='web', sampling=False)

        @xray_recorder.capture('again')
        def again():
            return again()

        with xray_recorder.in_segment('web'):
            try:
                again()
            except RecursionError:
                print('as it would alone')
        """,
        AWS_XRAY_DAEMON_ADDRESS=daemon.address,
    )
    assert (completed.stdout, completed.stderr) == ('as it would alone\n', '')
    (outermost,) = daemon.trace().children
    assert outermost.name == 'again'
    assert outermost.document['fault'] is True


def test_keyboard_interrupt_passes_and_ends_the_subsegment(recorder, daemon):
    @recorder.capture('interrupted')
    def interrupted():
        raise KeyboardInterrupt

    with recorder.in_segment('web'):
        with pytest.raises(KeyboardInterrupt):
            interrupted()
    assert daemon.trace().find('interrupted')['in_progress'] is False


def test_decorating_twice_records_both(recorder, daemon):
    def plain():
        return 1

    twice = recorder.capture('outer')(recorder.capture('inner')(plain))
    with recorder.in_segment('web'):
        assert twice() == 1
    assert daemon.trace().render() == 'web\n  outer\n    inner'


def test_without_segment_the_function_is_called(recorder):
    recorder.configure(context_missing='IGNORE_ERROR')

    @recorder.capture('load')
    def load():
        return 1

    assert load() == 1


def test_other_decorators_fit_below_and_above(recorder, daemon):
    @recorder.capture('cached')
    @functools.lru_cache(maxsize=None)
    def cached(value):
        return value * 2

    @contextlib.contextmanager
    def opened():
        yield 'open'

    captured = recorder.capture('opening')(opened)
    with recorder.in_segment('web'):
        assert [cached(2), cached(2)] == [4, 4]
        with captured() as value:
            assert value == 'open'
    assert [child.name for child in daemon.trace().children] == ['cached', 'cached', 'opening']


def test_partial_and_builtin_can_be_captured(recorder, daemon):
    with recorder.in_segment('web'):
        assert recorder.capture('partial')(functools.partial(max, 3))(2) == 3
        assert recorder.capture('builtin')(len)('four') == 4
    assert [child.name for child in daemon.trace().children] == ['partial', 'builtin']


def test_context_managers(recorder, daemon):
    with recorder.in_segment('web') as segment:
        assert recorder.current_segment() is segment
        with recorder.in_subsegment('load', namespace='remote') as subsegment:
            assert recorder.current_subsegment() is subsegment
    assert daemon.trace().render() == 'web\n  load (remote)'


def test_context_managers_are_the_models_classes(recorder):
    assert isinstance(recorder.in_segment('web'), SegmentContextManager)
    assert isinstance(recorder.in_subsegment('load'), SubsegmentContextManager)


def test_context_managers_record_exceptions(recorder, daemon):
    with pytest.raises(ZeroDivisionError):
        with recorder.in_segment('web'):
            with recorder.in_subsegment('load'):
                1 / 0
    trace = daemon.trace()
    inner = trace.find('load')
    assert trace['fault'] is True
    assert inner['fault'] is True
    assert inner['cause']['exceptions'][0]['type'] == 'ZeroDivisionError'
    assert trace['cause'] == inner['cause']['exceptions'][0]['id']


def test_in_subsegment_without_segment_gives_none(recorder):
    recorder.configure(context_missing='IGNORE_ERROR')
    with recorder.in_subsegment('orphan') as subsegment:
        assert subsegment is None


def test_an_exception_passes_a_subsegment_that_is_none(recorder):
    recorder.configure(context_missing='IGNORE_ERROR')
    with pytest.raises(ZeroDivisionError):
        with recorder.in_subsegment('orphan'):
            1 / 0


@pytest.mark.improvement('B1')
@pytest.mark.parametrize('how', ['captured', 'record_subsegment', 'context manager'])
def test_work_below_a_segment_that_ended_just_runs(recorder, daemon, how):
    """As on a background thread that was handed its segment with ``set_trace_entity``."""
    with recorder.in_segment('web') as segment:
        pass
    recorder.set_trace_entity(segment)
    if how == 'captured':
        assert recorder.capture('late')(lambda: 'done')() == 'done'
    elif how == 'record_subsegment':
        assert recorder.record_subsegment(lambda: 'done', None, (), {}, 'late', 'local', None) == 'done'
    else:
        with recorder.in_subsegment('late'):
            pass
    recorder.clear_trace_entities()
    assert daemon.traces()[0].name == 'web'


async def test_captured_coroutine(recorder, daemon):
    @recorder.capture_async('load')
    async def load(key):
        await asyncio.sleep(0.02)
        return key

    assert inspect.iscoroutinefunction(load)
    with recorder.in_segment('web'):
        assert await load('k') == 'k'
    loaded = daemon.trace().find('load')
    assert loaded['end_time'] - loaded['start_time'] >= 0.02


async def test_captured_coroutine_records_exceptions(recorder, daemon):
    @recorder.capture_async()
    async def fail():
        await asyncio.sleep(0)
        raise ValueError('bad')

    async with recorder.in_segment_async('web'):
        with pytest.raises(ValueError):
            await fail()
    assert daemon.trace().find('fail')['cause']['exceptions'][0]['stack'][-1]['label'] == 'fail'


async def test_captured_coroutine_method(recorder, daemon):
    class Store:
        @recorder.capture_async('method')
        async def method(self, value):
            return (self, value)

    store = Store()
    async with recorder.in_segment_async('web'):
        assert await store.method(1) == (store, 1)
    assert daemon.trace().render() == 'web\n  method'


async def test_decorating_a_coroutine_twice_records_both(recorder, daemon):
    @recorder.capture_async('outer')
    @recorder.capture_async('inner')
    async def plain():
        return 1

    async with recorder.in_segment_async('web'):
        assert await plain() == 1
    assert daemon.trace().render() == 'web\n  outer\n    inner'


async def test_asynchronous_context_managers(recorder, daemon):
    async with recorder.in_segment_async('web') as segment:
        assert recorder.current_segment() is segment
        async with recorder.in_subsegment_async('load', namespace='aws') as subsegment:
            assert recorder.current_subsegment() is subsegment
            await asyncio.sleep(0)
    assert daemon.trace().render() == 'web\n  load (aws)'


async def test_asynchronous_context_managers_record_exceptions(recorder, daemon):
    with pytest.raises(KeyError):
        async with recorder.in_segment_async('web'):
            async with recorder.in_subsegment_async('load'):
                raise KeyError('k')
    assert daemon.trace().find('load')['cause']['exceptions'][0]['type'] == 'KeyError'


@pytest.mark.improvement('D13')
async def test_capture_measures_a_coroutine_until_it_is_done(recorder, daemon):
    @recorder.capture('load')
    async def load():
        await asyncio.sleep(0.05)
        with recorder.in_subsegment('inside'):
            return 1

    assert inspect.iscoroutinefunction(load)
    with recorder.in_segment('web'):
        assert await load() == 1
    trace = daemon.trace()
    assert trace.render() == 'web\n  load\n    inside'
    loaded = trace.find('load')
    assert loaded['end_time'] - loaded['start_time'] >= 0.05


@pytest.mark.improvement('D13')
def test_capture_measures_a_generator_until_it_is_exhausted(recorder, daemon):
    @recorder.capture('produce')
    def produce():
        for number in range(3):
            time.sleep(0.01)
            yield number

    with recorder.in_segment('web'):
        assert list(produce()) == [0, 1, 2]
    produced = daemon.trace().find('produce')
    assert produced['end_time'] - produced['start_time'] >= 0.03


@pytest.mark.improvement('D13')
def test_a_generator_does_not_adopt_its_consumers_subsegments(recorder, daemon):
    @recorder.capture('produce')
    def produce():
        with recorder.in_subsegment('before yield'):
            pass
        yield 1
        with recorder.in_subsegment('after yield'):
            pass

    with recorder.in_segment('web'):
        for _ in produce():
            with recorder.in_subsegment('consume'):
                pass
    assert daemon.trace().render() == 'web\n  produce\n    before yield\n    after yield\n  consume'


def test_generator_protocol_survives(recorder, daemon):
    closed = []

    @recorder.capture('converse')
    def converse():
        try:
            received = yield 'first'
            try:
                yield received
            except KeyError:
                yield 'caught'
        finally:
            closed.append(True)
        return 'unreached'

    with recorder.in_segment('web'):
        generator = converse()
        assert next(generator) == 'first'
        assert generator.send('sent') == 'sent'
        assert generator.throw(KeyError('k')) == 'caught'
        generator.close()
        assert closed == [True]
    conversed = daemon.trace().find('converse')
    assert 'fault' not in conversed.document


@pytest.mark.improvement('D13')
def test_a_finished_generator_leaves_its_consumer_where_it_was(recorder, daemon):
    @recorder.capture('produce')
    def produce():
        yield 1

    with recorder.in_segment('web'):
        generator = produce()
        next(generator)
        with recorder.in_subsegment('consume') as consume:
            assert next(generator, 'exhausted') == 'exhausted'
            assert recorder.current_subsegment() is consume
            with recorder.in_subsegment('afterwards'):
                pass
    assert daemon.trace().render() == 'web\n  produce\n  consume\n    afterwards'
    produced = daemon.trace().find('produce')
    assert produced['end_time'] >= daemon.trace().find('consume')['start_time']


@pytest.mark.improvement('D13')
def test_generator_exceptions_are_recorded(recorder, daemon):
    @recorder.capture('produce')
    def produce():
        yield 1
        raise ValueError('bad')

    with recorder.in_segment('web'):
        with pytest.raises(ValueError):
            list(produce())
    assert daemon.trace().find('produce')['cause']['exceptions'][0]['message'] == 'bad'


@pytest.mark.improvement('B13')
async def test_captured_asynchronous_generator(recorder, daemon):
    @recorder.capture_async('produce')
    async def produce(count):
        for number in range(count):
            await asyncio.sleep(0.01)
            yield number

    assert inspect.isasyncgenfunction(produce)
    with recorder.in_segment('web'):
        collected = []
        async for number in produce(3):
            with recorder.in_subsegment('consume'):
                collected.append(number)
    assert collected == [0, 1, 2]
    trace = daemon.trace()
    assert [child.name for child in trace.children] == ['produce', 'consume', 'consume', 'consume']
    produced = trace.find('produce')
    assert produced['end_time'] - produced['start_time'] >= 0.03


@pytest.mark.improvement('B13')
async def test_capture_takes_an_asynchronous_generator_too(recorder, daemon):
    @recorder.capture('produce')
    async def produce():
        await asyncio.sleep(0)
        with recorder.in_subsegment('inside'):
            yield 1

    with recorder.in_segment('web'):
        assert [number async for number in produce()] == [1]
    assert daemon.trace().render() == 'web\n  produce\n    inside'


async def test_cancelled_coroutine_ends_its_subsegment_without_fault(recorder, daemon):
    started = asyncio.Event()

    @recorder.capture_async('wait')
    async def wait():
        started.set()
        await asyncio.sleep(60)

    with recorder.in_segment('web') as segment:
        task = asyncio.ensure_future(wait())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert recorder.get_trace_entity() is segment
    assert daemon.trace().render() == 'web\n  wait'
