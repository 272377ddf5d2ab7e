"""A pytest plugin for runs on upstream's package: tests marked ``improvement`` have to fail there.

An improvement that passes on upstream proves nothing and fails the run; every other test describes what upstream does
too and has to pass.
"""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, Tuple

import pytest

import aws_xray_sdk.version

UPSTREAM_VERSION = '2.15.0'


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to run on anything but upstream's package."""
    if aws_xray_sdk.version.VERSION != UPSTREAM_VERSION:
        raise pytest.UsageError(f'{aws_xray_sdk.__file__} is not upstream {UPSTREAM_VERSION}')
    _share_clients()
    _make_tests_own_tasks()


def pytest_collection_modifyitems(items: List[pytest.Item]) -> None:
    """Turns each ``improvement`` into a strict expectation of failure."""
    for item in items:
        marker = item.get_closest_marker('improvement')
        if marker is not None:
            item.add_marker(pytest.mark.xfail(strict=True, reason=f'upstream: {" ".join(marker.args)}'))


def _share_clients() -> None:
    """Makes recorders share their botocore clients: upstream makes two of them a recorder, a third of a second each."""
    from aws_xray_sdk.core.sampling.connector import ServiceConnector

    create = ServiceConnector._create_xray_client
    clients: Dict[Tuple[Any, ...], Any] = {}

    def create_once(self: ServiceConnector, *address: Any, **named_address: Any) -> Any:
        key = (*address, *sorted(named_address.items()))
        if key not in clients:
            clients[key] = create(self, *address, **named_address)
        return clients[key]

    ServiceConnector._create_xray_client = create_once


def _make_tests_own_tasks() -> None:
    """Makes the task of an asynchronous test although upstream's task factory refuses the context pytest gives it.

    What programs give to the factory reaches it, so that tests of just this still fail.
    """
    if not hasattr(asyncio, 'Runner'):  # before Python 3.11 no task is given a context
        return
    run = asyncio.Runner.run

    def run_with_first_task(self: Any, coroutine: Any, *, context: Any = None) -> Any:
        loop = self.get_loop()
        factory = loop.get_task_factory()
        if factory is not None:

            def make_first_task(loop: Any, coroutine: Any, **options: Any) -> Any:
                loop.set_task_factory(factory)
                return asyncio.Task(coroutine, loop=loop, **options)

            loop.set_task_factory(make_first_task)
        return run(self, coroutine, context=context)

    asyncio.Runner.run = run_with_first_task  # type: ignore[method-assign]
