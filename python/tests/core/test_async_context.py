"""The context of asyncio applications: however tasks are made, each sees the entity that was open where it began."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from typing import Any, List

import pytest

from aws_xray_sdk.core.async_context import AsyncContext, TaskLocalStorage
from aws_xray_sdk.core.context import Context

needs_python_3_11 = pytest.mark.skipif(sys.version_info < (3, 11), reason='asyncio gained it in Python 3.11')


@pytest.fixture
async def traced(recorder: Any) -> Any:
    """A recorder with an ``AsyncContext`` for the loop of the test."""
    recorder.configure(context=AsyncContext(loop=asyncio.get_running_loop()))
    return recorder


async def child(recorder: Any, name: str) -> None:
    """Records a subsegment that overlaps with its siblings, and one below it."""
    async with recorder.in_subsegment_async(name):
        await asyncio.sleep(0)
        async with recorder.in_subsegment_async(f'below {name}'):
            await asyncio.sleep(0)


EXPECTED = 'web\n  a\n    below a\n  b\n    below b'


async def test_gathered_tasks_are_siblings(traced: Any, daemon: Any) -> None:
    async with traced.in_segment_async('web'):
        await asyncio.gather(child(traced, 'a'), child(traced, 'b'))
    assert daemon.trace().render() == EXPECTED


async def test_tasks_begun_below_a_subsegment_stay_below_it(traced: Any, daemon: Any) -> None:
    async with traced.in_segment_async('web'):
        async with traced.in_subsegment_async('outer'):
            tasks = [asyncio.ensure_future(child(traced, name)) for name in 'ab']
            await asyncio.gather(*tasks)
    assert daemon.trace().render() == 'web\n  outer\n    a\n      below a\n    b\n      below b'


async def test_what_a_task_opens_is_not_seen_by_its_parent(traced: Any, daemon: Any) -> None:
    async with traced.in_segment_async('web') as segment:
        opened = asyncio.Event()
        done = asyncio.Event()

        async def work() -> None:
            async with traced.in_subsegment_async('in task'):
                opened.set()
                await done.wait()

        task = asyncio.ensure_future(work())
        await opened.wait()
        assert traced.get_trace_entity() is segment
        done.set()
        await task
    assert daemon.trace().render() == 'web\n  in task'


async def test_captured_coroutines_are_siblings(traced: Any, daemon: Any) -> None:
    @traced.capture_async('work')
    async def work(number: int) -> int:
        traced.put_annotation('number', number)
        await asyncio.sleep(0)
        return number

    async with traced.in_segment_async('web'):
        assert await asyncio.gather(*(work(number) for number in range(100))) == list(range(100))
    root = daemon.trace()
    assert sorted(node['annotations']['number'] for node in root.children) == list(range(100))


async def test_requests_in_tasks_keep_apart(traced: Any, daemon: Any) -> None:
    async def request(name: str) -> None:
        async with traced.in_segment_async(name):
            await asyncio.gather(child(traced, f'{name} 1'), child(traced, f'{name} 2'))

    await asyncio.gather(*(request(f'request {number}') for number in range(20)))
    roots = daemon.traces()
    assert len(roots) == 20
    for root in roots:
        name = root.name
        assert root.render() == f'{name}\n  {name} 1\n    below {name} 1\n  {name} 2\n    below {name} 2'


async def test_clearing_forgets_the_segment_of_this_task_only(traced: Any, daemon: Any) -> None:
    traced.configure(context_missing='IGNORE_ERROR')

    async def clear() -> None:
        traced.clear_trace_entities()
        assert traced.get_trace_entity() is None

    async with traced.in_segment_async('web') as segment:
        await asyncio.ensure_future(clear())
        assert traced.get_trace_entity() is segment
    assert daemon.trace().name == 'web'


@pytest.mark.improvement('S5')
async def test_tasks_begun_after_clearing_share_nothing(traced: Any, daemon: Any) -> None:
    seen: List[Any] = []

    async def request(name: str) -> None:
        traced.begin_segment(name)
        await asyncio.sleep(0.01)
        seen.append((name, traced.current_segment().name))
        traced.end_segment()

    with traced.in_segment('before'):
        pass
    traced.clear_trace_entities()
    await asyncio.gather(asyncio.ensure_future(request('A')), asyncio.ensure_future(request('B')))
    assert sorted(seen) == [('A', 'A'), ('B', 'B')]
    assert sorted(root.name for root in daemon.traces()) == ['A', 'B', 'before']


@pytest.mark.improvement('S4')
async def test_another_request_is_never_seen_from_an_executor(traced: Any, daemon: Any) -> None:
    in_executor = asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> str:
        loop.call_soon_threadsafe(in_executor.set)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.02), loop).result(timeout=10)
        return traced.current_segment().name

    async def waiting() -> None:
        async with traced.in_segment_async('A'):
            assert await loop.run_in_executor(None, work) == 'A'

    async def busy() -> None:
        async with traced.in_segment_async('B'):
            await in_executor.wait()
            end = loop.time() + 0.05
            while loop.time() < end:
                await asyncio.sleep(0)

    await asyncio.gather(asyncio.ensure_future(waiting()), asyncio.ensure_future(busy()))
    assert sorted(root.name for root in daemon.traces()) == ['A', 'B']


@pytest.mark.improvement('B2')
@pytest.mark.parametrize('number', [2, 1000])
async def test_the_default_context_is_as_good(recorder: Any, daemon: Any, number: int) -> None:
    @recorder.capture_async('work')
    async def work() -> None:
        await asyncio.sleep(0)

    recorder.configure(context=Context(), streaming_threshold=number + 1)
    async with recorder.in_segment_async('web'):
        await asyncio.gather(*(work() for _ in range(number)))
    assert daemon.trace().render() == 'web' + '\n  work' * number


@needs_python_3_11
@pytest.mark.improvement('B11')
def test_tasks_with_a_context_of_their_own(recorder: Any, daemon: Any) -> None:
    async def main() -> None:
        recorder.configure(context=AsyncContext(loop=asyncio.get_running_loop()))
        async with recorder.in_segment_async('web'):
            loop = asyncio.get_running_loop()
            await loop.create_task(child(recorder, 'a'), context=contextvars.copy_context())
            await loop.create_task(child(recorder, 'b'), context=contextvars.copy_context(), name='b')

    asyncio.run(main())
    assert daemon.trace().render() == EXPECTED


@needs_python_3_11
@pytest.mark.improvement('B11')
def test_task_groups(recorder: Any, daemon: Any) -> None:
    async def main() -> None:
        recorder.configure(context=AsyncContext(loop=asyncio.get_running_loop()))
        async with recorder.in_segment_async('web'), asyncio.TaskGroup() as group:
            group.create_task(child(recorder, 'a'))
            group.create_task(child(recorder, 'b'), context=contextvars.copy_context())

    asyncio.run(main())
    assert daemon.trace().render() == EXPECTED


@pytest.mark.improvement('a task factory of the application stays in place')
async def test_no_task_factory_is_installed(recorder: Any) -> None:
    loop = asyncio.get_running_loop()

    def factory(loop: Any, coroutine: Any, **options: Any) -> Any:
        return asyncio.Task(coroutine, loop=loop, **options)

    loop.set_task_factory(factory)
    try:
        AsyncContext()
        AsyncContext(loop=loop, use_task_factory=True)
        assert loop.get_task_factory() is factory
    finally:
        loop.set_task_factory(None)


async def test_without_a_task_factory_a_task_records(recorder: Any, daemon: Any) -> None:
    recorder.configure(context=AsyncContext(loop=asyncio.get_running_loop(), use_task_factory=False))
    async with recorder.in_segment_async('web'):
        await child(recorder, 'a')
    assert daemon.trace().render() == 'web\n  a\n    below a'


async def test_a_subclass_can_install_a_task_factory_of_its_own(recorder: Any, daemon: Any) -> None:
    def factory(loop: Any, coroutine: Any, **options: Any) -> Any:
        return asyncio.Task(coroutine, loop=loop, **options)

    class OwnContext(AsyncContext):
        def __init__(self) -> None:
            super().__init__(use_task_factory=False)
            self._loop.set_task_factory(factory)

    recorder.configure(context=OwnContext())
    assert asyncio.get_running_loop().get_task_factory() is factory
    async with recorder.in_segment_async('web'):
        await child(recorder, 'a')
    assert daemon.trace().render() == 'web\n  a\n    below a'


def test_it_can_be_made_for_a_loop_that_does_not_run_yet(recorder: Any, daemon: Any) -> None:
    loop = asyncio.new_event_loop()
    try:
        recorder.configure(context=AsyncContext(loop=loop))

        async def main() -> None:
            async with recorder.in_segment_async('web'):
                await asyncio.gather(child(recorder, 'a'), child(recorder, 'b'))

        loop.run_until_complete(main())
    finally:
        loop.close()
    assert daemon.trace().render() == EXPECTED


@pytest.mark.improvement('sdk issues 203 and 417')
def test_it_can_be_made_at_import_without_any_loop(run_program: Any, daemon: Any) -> None:
    run_program(
        """
        import asyncio
        from aws_xray_sdk.core import xray_recorder
        from aws_xray_sdk.core.async_context import AsyncContext
        xray_recorder.configure(service='web', sampling=False, context=AsyncContext())

        async def child(name):
            async with xray_recorder.in_subsegment_async(name):
                await asyncio.sleep(0)

        async def main():
            async with xray_recorder.in_segment_async('web'):
                await asyncio.gather(child('a'), child('b'))

        asyncio.run(main())
        asyncio.run(main())
        """,
        AWS_XRAY_DAEMON_ADDRESS=daemon.address,
    )
    assert [root.render() for root in daemon.traces()] == ['web\n  a\n  b'] * 2


@pytest.mark.improvement('works on any loop')
def test_uvloop(recorder: Any, daemon: Any) -> None:
    import uvloop

    recorder.configure(context=AsyncContext())

    async def main() -> None:
        async with recorder.in_segment_async('web'):
            await asyncio.gather(child(recorder, 'a'), child(recorder, 'b'))
            await asyncio.get_running_loop().run_in_executor(None, recorder.put_annotation, 'seen', True)

    loop = uvloop.new_event_loop()
    try:
        loop.run_until_complete(main())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()
    root = daemon.trace()
    assert root.render() == EXPECTED
    assert root['annotations'] == {'seen': True}


@pytest.mark.improvement('B1')
async def test_a_task_that_outlives_its_segment_is_neither_disturbed_nor_lost(traced: Any, daemon: Any) -> None:
    ended = asyncio.Event()

    async def late() -> str:
        await ended.wait()
        async with traced.in_subsegment_async('late'):
            traced.put_annotation('late', True)
        return 'done'

    async with traced.in_segment_async('web'):
        task = asyncio.ensure_future(late())
        await asyncio.sleep(0)
    ended.set()
    assert await task == 'done'
    assert daemon.trace().render() == 'web\n  late'


async def test_a_generator_finalised_elsewhere_ends_its_subsegment(traced: Any, daemon: Any) -> None:
    async def rows() -> Any:
        async with traced.in_subsegment_async('query'):
            yield 1
            yield 2

    async def close(generator: Any) -> None:
        await generator.aclose()

    async with traced.in_segment_async('web') as segment:
        generator = rows()
        assert await generator.__anext__() == 1
        await asyncio.ensure_future(close(generator))
        traced.set_trace_entity(segment)
        await child(traced, 'after')
    root = daemon.trace()
    assert [child.name for child in root.children] == ['query', 'after']
    assert [child.name for child in root.find('after').children] == ['below after']


async def test_storage_of_a_task(recorder: Any) -> None:
    storage = TaskLocalStorage(loop=asyncio.get_running_loop())
    storage.mine = 1
    seen: List[Any] = []

    async def work() -> None:
        seen.append(hasattr(storage, 'mine'))
        storage.mine = 2

    await asyncio.ensure_future(work())
    assert seen == [False]
    assert storage.mine == 1
    storage.clear()
    assert not hasattr(storage, 'mine')


@pytest.mark.improvement('sdk#446')
def test_making_one_carries_work_into_threads(run_program):
    run_program(
        """
        import asyncio
        from aws_xray_sdk.core import xray_recorder
        from aws_xray_sdk.core.async_context import AsyncContext

        xray_recorder.configure(service='web', sampling=False, context=AsyncContext())

        async def main():
            async with xray_recorder.in_segment_async() as segment:
                loop = asyncio.get_running_loop()
                assert await loop.run_in_executor(None, xray_recorder.current_segment) is segment

        asyncio.run(main())
        """
    )
