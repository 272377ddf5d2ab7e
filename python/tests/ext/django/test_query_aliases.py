"""Several databases, and several threads, at once.

Upstream mixes what it knows about databases, for good: a test that runs after these sees it too, so they have a file of
their own and nothing below it in the alphabet looks at the names of queries.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections
from traced_site.models import Book

from support.daemon import FakeDaemon


@pytest.fixture(autouse=True, scope='module')
def replica_table() -> None:
    """The table of the project in its other database."""
    call_command('migrate', run_syncdb=True, database='replica', verbosity=0)


def test_host_and_user_of_an_alias_are_told_and_its_password_is_not(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        Book.objects.using('replica').count()
    (query,) = daemon.trace().children
    assert query.name == 'replica.example'
    assert query['sql']['user'] == 'reader'
    assert b'swordfish' not in b''.join(daemon.datagrams())


@pytest.mark.improvement('S1')
def test_an_alias_without_a_host_inherits_none(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        Book.objects.using('replica').count()
        Book.objects.using('default').count()
    first, second = daemon.trace().children
    assert (first.name, first['sql']['user']) == ('replica.example', 'reader')
    assert second.name == 'execute'
    assert 'user' not in second['sql']


@pytest.mark.improvement('S1')
def test_interleaved_threads_record_their_own_sql(global_recorder: Any, daemon: FakeDaemon) -> None:
    inside, done = threading.Event(), threading.Event()

    def slow() -> None:
        def wait(number: int) -> int:
            inside.set()
            assert done.wait(10)
            return number

        with global_recorder.in_segment('slow'):
            connection.ensure_connection()
            connection.connection.create_function('wait', 1, wait)
            connection.cursor().execute('SELECT wait(a) FROM (SELECT 1 AS a) AS slow_query')
        connection.close()

    def fast() -> None:
        assert inside.wait(10)
        with global_recorder.in_segment('fast'):
            connection.cursor().execute('SELECT b FROM (SELECT 2 AS b) AS fast_query')
            Book.objects.using('replica').count()
        connections.close_all()
        done.set()

    threads = [threading.Thread(target=slow), threading.Thread(target=fast)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    traces = {trace.name: trace for trace in daemon.traces()}
    slow_query = traces['slow'].children[0]['sql']['sanitized_query']
    assert 'slow_query' in slow_query and 'fast_query' not in slow_query
    assert 'fast_query' in traces['fast'].children[0]['sql']['sanitized_query']
    assert traces['slow'].children[0].name == 'execute'


@pytest.mark.improvement('S1: a query that failed leaves its text to the others')
def test_no_sql_when_it_is_turned_off(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'), pytest.raises(Exception, match='no such table'):
        connection.cursor().execute('SELECT 1 FROM nowhere')
    daemon.clear()
    global_recorder.configure(stream_sql=False)
    with global_recorder.in_segment('web'):
        Book.objects.count()
    assert daemon.trace().children[0]['sql'] == {'database_type': 'sqlite'}
