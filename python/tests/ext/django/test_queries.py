"""Database queries as subsegments, on SQLite."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from traced_site.models import Book

from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from support.daemon import FakeDaemon


def test_the_queries_of_a_request(client: Client, daemon: FakeDaemon) -> None:
    client.get('/shelf/')
    queries = [child for child in daemon.trace().children if 'sql' in child.document]
    assert [query.name for query in queries] == ['execute'] * 3
    assert [query['namespace'] for query in queries] == ['remote'] * 3
    assert queries[0]['sql'] == {
        'database_type': 'sqlite',
        'sanitized_query': 'SELECT COUNT(*) AS "__count" FROM "traced_site_book" WHERE "traced_site_book"."title" = %s',
    }


@pytest.mark.improvement('row 13')
def test_literals_are_never_recorded(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        connection.cursor().execute("SELECT 1 WHERE 'swordfish' = 'swordfish' AND 424242 = 424242 -- swordfish")
    sql = daemon.trace().children[0]['sql']['sanitized_query']
    assert 'swordfish' not in sql and '424242' not in sql
    assert sql.startswith('SELECT ? WHERE ? = ?')


def test_parameters_are_never_recorded(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        list(Book.objects.filter(title='swordfish'))
        connection.cursor().executemany('INSERT INTO traced_site_book (title) VALUES (%s)', [['swordfish']])
    assert b'swordfish' not in b''.join(daemon.datagrams())
    Book.objects.filter(title='swordfish').delete()


def test_executemany_is_one_subsegment(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        connection.cursor().executemany('DELETE FROM traced_site_book WHERE title = %s', [['a'], ['b']])
    (query,) = daemon.trace().children
    assert query.name == 'executemany'
    assert query['sql']['sanitized_query'] == 'DELETE FROM traced_site_book WHERE title = %s'


def test_a_cursor_as_context_manager_is_traced(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        with connection.cursor() as cursor:
            cursor.execute('SELECT title FROM traced_site_book')
            assert len(cursor.fetchall()) == Book.objects.count()
    assert daemon.trace().children[0]['sql']['sanitized_query'] == 'SELECT title FROM traced_site_book'


@pytest.mark.improvement('the proxy knows other names')
def test_a_query_may_be_given_by_keyword(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'), connection.cursor() as cursor:
        cursor.execute(sql='SELECT title FROM traced_site_book', params=None)
        cursor.executemany(sql='DELETE FROM traced_site_book WHERE title = %s', param_list=[['a']])
    assert [child['sql']['sanitized_query'] for child in daemon.trace().children] == [
        'SELECT title FROM traced_site_book',
        'DELETE FROM traced_site_book WHERE title = %s',
    ]


def test_a_chunked_cursor_is_traced(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        list(Book.objects.iterator(chunk_size=2))
        connection.chunked_cursor().execute('SELECT 1')
    assert len(daemon.trace().children) == 2


def test_a_debug_cursor_is_traced_once(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'), CaptureQueriesContext(connection) as captured:
        Book.objects.count()
        connection.cursor().executemany('DELETE FROM traced_site_book WHERE title = %s', [['a']])
    assert len(captured) == 2
    assert len(daemon.trace().children) == 2


def test_execute_wrappers_still_run(global_recorder: Any, daemon: FakeDaemon) -> None:
    seen = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with global_recorder.in_segment('web'), connection.execute_wrapper(wrapper):
        Book.objects.count()
    assert len(seen) == len(daemon.trace().children) == 1


@pytest.mark.improvement('row 14: a proxy')
def test_cursors_keep_their_type() -> None:
    assert type(connection.cursor()) is CursorWrapper


@pytest.mark.improvement('row 10: raises SegmentNotFoundException')
def test_outside_a_segment_a_query_just_runs(global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    Book.objects.count()
    connection.cursor().executemany('DELETE FROM traced_site_book WHERE title = %s', [['a']])
    assert daemon.documents() == []


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(global_recorder: Any) -> None:
    global_recorder.configure(context_missing='RUNTIME_ERROR', strict_instrumentation=True)
    with pytest.raises(SegmentNotFoundException):
        Book.objects.count()


@pytest.mark.improvement('row 10: logs an error')
def test_outside_a_segment_nothing_is_logged(global_recorder: Any, caplog: pytest.LogCaptureFixture) -> None:
    global_recorder.configure(context_missing='LOG_ERROR')
    Book.objects.count()
    assert caplog.records == []


@pytest.mark.improvement('B1')
def test_a_thread_that_outlives_the_segment_still_reaches_the_database(
    global_recorder: Any, daemon: FakeDaemon
) -> None:
    with global_recorder.in_segment('web') as segment:
        pass
    counts = []

    def late() -> None:
        global_recorder.set_trace_entity(segment)
        counts.append(Book.objects.count())
        connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    thread.join(10)
    assert counts == [Book.objects.count()]


def test_patching_twice_traces_once(global_recorder: Any, daemon: FakeDaemon) -> None:
    from aws_xray_sdk.ext.django.db import patch_db

    patch_db()
    patch_db()
    with global_recorder.in_segment('web'):
        Book.objects.count()
    assert len(daemon.trace().children) == 1


def test_an_unsampled_segment_runs_its_queries(global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web', sampling=0):
        assert Book.objects.count() >= 0
    assert daemon.documents() == []
