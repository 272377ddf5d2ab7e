"""Work handed to other threads continues the trace, and nothing else of the caller goes along."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
from typing import Any, Callable, Iterator, List

import pytest

from aws_xray_sdk.core import propagation

pytestmark = pytest.mark.improvement('the trace follows the work into threads')

users_variable: contextvars.ContextVar[str] = contextvars.ContextVar('users_variable', default='unset')


@pytest.fixture(autouse=True)
def installed() -> Iterator[None]:
    """Propagation for the test, and the standard library as it was afterwards."""
    propagation.uninstall()
    before = (ThreadPoolExecutor.submit, threading.Thread.start)
    propagation.install()
    yield
    propagation.uninstall()
    assert (ThreadPoolExecutor.submit, threading.Thread.start) == before


def current_name(recorder: Any) -> Any:
    """The name of the current entity, ``None`` if there is none."""
    recorder.configure(context_missing='IGNORE_ERROR')
    entity = recorder.get_trace_entity()
    return entity.name if entity else None


def in_thread(function: Callable[[], Any]) -> Any:
    """What ``function`` returns in a thread of its own."""
    results: List[Any] = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join(timeout=10)
    return results[0]


def test_submitted_work_is_below_the_entity_that_submitted_it(recorder: Any, daemon: Any) -> None:
    def work(number: int) -> None:
        with recorder.in_subsegment(f'work {number}'):
            pass

    with ThreadPoolExecutor(2) as executor, recorder.in_segment('web'):
        with recorder.in_subsegment('first'):
            executor.submit(work, 1).result(timeout=10)
        with recorder.in_subsegment('second'):
            list(executor.map(work, [2, 3]))
    root = daemon.trace()
    assert [child.name for child in root.find('first').children] == ['work 1']
    assert sorted(child.name for child in root.find('second').children) == ['work 2', 'work 3']


def test_a_started_thread_continues_the_trace(recorder: Any, daemon: Any) -> None:
    def work() -> None:
        with recorder.in_subsegment('work'):
            pass

    with recorder.in_segment('web'), recorder.in_subsegment('outer'):
        in_thread(work)
    assert daemon.trace().render() == 'web\n  outer\n    work'


def test_a_subclass_of_thread_continues_the_trace(recorder: Any) -> None:
    class Worker(threading.Thread):
        name_seen = None

        def run(self) -> None:
            self.name_seen = current_name(recorder)

    with recorder.in_segment('web'):
        worker = Worker()
        worker.start()
        worker.join(timeout=10)
    assert worker.name_seen == 'web'
    assert 'run' not in vars(worker), 'the wrapper stayed on the thread'


def test_a_run_method_the_user_put_on_the_thread_is_kept(recorder: Any) -> None:
    seen: List[Any] = []
    thread = threading.Thread()
    own = lambda: seen.append(current_name(recorder))  # noqa: E731
    thread.run = own  # type: ignore[method-assign]
    with recorder.in_segment('web'):
        thread.start()
        thread.join(timeout=10)
    assert seen == ['web']
    assert thread.run is own


async def test_executors_of_asyncio_continue_the_trace(recorder: Any, daemon: Any) -> None:
    def work(name: str) -> None:
        with recorder.in_subsegment(name):
            pass

    with recorder.in_segment('web'):
        await asyncio.get_running_loop().run_in_executor(None, work, 'run_in_executor')
        await asyncio.to_thread(work, 'to_thread')
    assert daemon.trace().render() == 'web\n  run_in_executor\n  to_thread'


@pytest.mark.improvement('S4')
async def test_executor_work_of_two_requests_keeps_apart(recorder: Any, daemon: Any) -> None:
    both_run = threading.Barrier(2, timeout=10)

    def work(name: str) -> None:
        both_run.wait()
        recorder.put_annotation('seen_by', name)
        with recorder.in_subsegment(f'work of {name}'):
            both_run.wait()

    async def request(name: str) -> None:
        async with recorder.in_segment_async(name):
            await asyncio.get_running_loop().run_in_executor(None, work, name)

    await asyncio.gather(request('A'), request('B'))
    for root in daemon.traces():
        assert root['annotations'] == {'seen_by': root.name}
        assert [child.name for child in root.children] == [f'work of {root.name}']


def test_a_worker_is_clean_after_the_work(recorder: Any) -> None:
    with ThreadPoolExecutor(1) as executor:
        with recorder.in_segment('web'):
            assert executor.submit(current_name, recorder).result(timeout=10) == 'web'
            with pytest.raises(ZeroDivisionError):
                executor.submit(lambda: 1 // 0).result(timeout=10)
        assert executor.submit(current_name, recorder).result(timeout=10) is None


def test_a_pool_started_within_one_request_belongs_to_none(recorder: Any) -> None:
    with ThreadPool(1) as pool:
        with recorder.in_segment('web'):
            pool.apply(int)
        assert pool.apply(current_name, (recorder,)) is None
    with recorder.in_segment('web'):
        pool = ThreadPool(1)
    with pool:
        assert pool.apply(current_name, (recorder,)) is None


def test_variables_of_the_application_stay_behind(recorder: Any) -> None:
    token = users_variable.set('of the caller')
    try:
        with ThreadPoolExecutor(1) as executor, recorder.in_segment('web'):
            assert executor.submit(users_variable.get).result(timeout=10) == 'unset'
            assert in_thread(users_variable.get) == 'unset'
    finally:
        users_variable.reset(token)


def test_without_a_segment_work_is_handed_over_untouched(recorder: Any) -> None:
    received: List[Any] = []

    class Executor(ThreadPoolExecutor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            received.append(fn)
            return super().submit(fn, *args, **kwargs)

    with Executor(1) as executor:
        assert executor.submit(len, 'four').result(timeout=10) == 4
        thread = threading.Thread(target=time.time)
        thread.start()
        assert 'run' not in vars(thread)
        thread.join(timeout=10)
    assert received == [len]


def test_arguments_and_results_pass_through(recorder: Any) -> None:
    def work(*args: Any, **kwargs: Any) -> Any:
        return args, kwargs

    with ThreadPoolExecutor(1) as executor, recorder.in_segment('web'):
        future = executor.submit(work, 1, 'two', fn=3, self=4, function=5)
        assert future.result(timeout=10) == ((1, 'two'), {'fn': 3, 'self': 4, 'function': 5})


def test_a_thread_that_cannot_start_is_as_before(recorder: Any) -> None:
    thread = threading.Thread(target=time.time)
    with recorder.in_segment('web'):
        thread.start()
        thread.join(timeout=10)
        with pytest.raises(RuntimeError, match='once'):
            thread.start()
    assert 'run' not in vars(thread)


def test_work_that_runs_after_its_segment_ended_is_neither_disturbed_nor_lost(recorder: Any, daemon: Any) -> None:
    ended = threading.Event()

    def work() -> str:
        assert ended.wait(timeout=10)
        with recorder.in_subsegment('late'):
            recorder.put_annotation('late', True)
        return 'done'

    recorder.configure(context_missing='LOG_ERROR')
    with ThreadPoolExecutor(1) as executor:
        with recorder.in_segment('web'):
            future = executor.submit(work)
        ended.set()
        assert future.result(timeout=10) == 'done'
    assert daemon.trace().render() == 'web\n  late'


def test_processes_get_their_work_untouched(recorder: Any) -> None:
    with ProcessPoolExecutor(1) as executor, recorder.in_segment('web'):
        assert executor.submit(abs, -3).result(timeout=30) == 3


def test_installing_twice_wraps_once() -> None:
    submit, start = ThreadPoolExecutor.submit, threading.Thread.start
    propagation.install()
    assert (ThreadPoolExecutor.submit, threading.Thread.start) == (submit, start)
    assert propagation.is_installed()


def test_uninstalling_puts_the_standard_library_back(recorder: Any) -> None:
    propagation.uninstall()
    assert not hasattr(ThreadPoolExecutor.submit, '__wrapped__')
    assert not hasattr(threading.Thread.start, '__wrapped__')
    with ThreadPoolExecutor(1) as executor, recorder.in_segment('web'):
        assert executor.submit(current_name, recorder).result(timeout=10) is None


def test_under_the_wrapper_of_another_library_it_stands_by(recorder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = ThreadPoolExecutor.submit

    @functools.wraps(ours)
    def other_library(self: Any, *args: Any, **kwargs: Any) -> Any:
        return ours(self, *args, **kwargs)

    with ThreadPoolExecutor(1) as executor, recorder.in_segment('web'):
        with monkeypatch.context() as patch:
            patch.setattr(ThreadPoolExecutor, 'submit', other_library)
            propagation.uninstall()
            assert ThreadPoolExecutor.submit is other_library
            assert executor.submit(current_name, recorder).result(timeout=10) is None
            propagation.install()
            assert ThreadPoolExecutor.submit is other_library, 'wrapped a second time'
            assert executor.submit(current_name, recorder).result(timeout=10) == 'web'


@pytest.mark.parametrize('word', ['false', 'False', '0', 'no', 'off'])
def test_the_environment_turns_it_off(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    propagation.uninstall()
    monkeypatch.setenv(propagation.PROPAGATION_KEY, word)
    propagation.install()
    assert not propagation.is_installed()
    assert not hasattr(ThreadPoolExecutor.submit, '__wrapped__')


def test_importing_the_sdk_installs_nothing(run_program: Any) -> None:
    run_program(
        """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        before = (ThreadPoolExecutor.submit, threading.Thread.start)
        import aws_xray_sdk.core
        from aws_xray_sdk.core import propagation
        assert (ThreadPoolExecutor.submit, threading.Thread.start) == before
        from aws_xray_sdk.core.async_context import AsyncContext
        AsyncContext()
        assert propagation.is_installed()
        """
    )
