"""Database queries as subsegments, on PostgreSQL and MariaDB."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections, transaction
from traced_site.models import Book

from support.daemon import FakeDaemon


@pytest.fixture(autouse=True)
def empty_table(server_alias: str) -> None:
    """No book is there yet."""
    Book.objects.using(server_alias).all().delete()


def test_a_query_tells_host_user_and_kind(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    with global_recorder.in_segment('web'):
        Book.objects.using(server_alias).create(title='swordfish')
    settings = connections[server_alias].settings_dict
    query = daemon.trace().children[-1]
    assert query.name == settings['HOST']
    assert query['namespace'] == 'remote'
    assert query['sql']['database_type'] == server_alias
    assert query['sql']['user'] == settings['USER']
    assert query['sql']['sanitized_query'].startswith('INSERT INTO')
    assert settings['PASSWORD'].encode() not in b''.join(daemon.datagrams())


def test_every_way_to_run_a_query_is_one_subsegment(
    server_alias: str, global_recorder: Any, daemon: FakeDaemon
) -> None:
    connection = connections[server_alias]
    with global_recorder.in_segment('web'):
        with connection.cursor() as cursor:
            cursor.execute('SELECT title FROM traced_site_book WHERE id = %s', [1])
            cursor.executemany('INSERT INTO traced_site_book (title) VALUES (%s)', [['a'], ['b']])
    assert [child['sql']['sanitized_query'] for child in daemon.trace().children] == [
        'SELECT title FROM traced_site_book WHERE id = %s',
        'INSERT INTO traced_site_book (title) VALUES (%s)',
    ]


def test_a_server_side_cursor_is_traced(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    Book.objects.using(server_alias).bulk_create(Book(title=str(number)) for number in range(50))
    with transaction.atomic(using=server_alias), global_recorder.in_segment('web'):
        titles = [book.title for book in Book.objects.using(server_alias).iterator(chunk_size=10)]
    assert len(titles) == 50
    queries = [child['sql']['sanitized_query'] for child in daemon.trace().children]
    assert len([query for query in queries if query.startswith('SELECT')]) == 1


@pytest.mark.improvement('B8')
def test_a_procedure_without_parameters(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    _create_procedure(server_alias)
    with global_recorder.in_segment('web'), connections[server_alias].cursor() as cursor:
        cursor.callproc('fluoro_answer')
        assert cursor.fetchone()[0] == 42
    (query,) = daemon.trace().children
    assert query['sql']['sanitized_query'] == 'fluoro_answer'


def test_a_procedure_with_parameters(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    _create_procedure(server_alias)
    with global_recorder.in_segment('web'), connections[server_alias].cursor() as cursor:
        cursor.callproc('fluoro_double', [21])
        assert cursor.fetchone()[0] == 42
    (query,) = daemon.trace().children
    assert query['sql']['sanitized_query'] == 'fluoro_double'


def _create_procedure(alias: str) -> None:
    with connections[alias].cursor() as cursor:
        if alias == 'mysql':
            for name, argument, result in (('fluoro_answer', '', '42'), ('fluoro_double', 'IN n INT', 'n * 2')):
                cursor.execute(f'DROP PROCEDURE IF EXISTS {name}')
                cursor.execute(f'CREATE PROCEDURE {name}({argument}) SELECT {result}')
        else:
            body = 'RETURNS integer LANGUAGE sql AS'
            cursor.execute(f"CREATE OR REPLACE FUNCTION fluoro_answer() {body} 'SELECT 42'")
            cursor.execute(f"CREATE OR REPLACE FUNCTION fluoro_double(n integer) {body} 'SELECT n * 2'")


def test_a_failing_query_marks_its_subsegment(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    connection = connections[server_alias]
    with global_recorder.in_segment('web'), pytest.raises(Exception, match='nowhere'):
        connection.cursor().execute('SELECT 1 FROM nowhere')
    trace = daemon.trace()
    assert trace.children[0]['fault']
    assert trace.children[0]['cause']['exceptions'][0]['type'] == 'ProgrammingError'


@pytest.mark.improvement('row 13')
def test_a_composed_query_leaks_no_literal(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    if server_alias == 'postgresql':
        from psycopg import sql

        query: Any = sql.SQL('SELECT {} AS secret, {} FROM traced_site_book').format(
            sql.Literal('swordfish'), sql.Identifier('traced_site_book', 'title')
        )
    else:
        query = "SELECT 'swordfish' AS secret, `title` FROM traced_site_book"
    with global_recorder.in_segment('web'):
        connections[server_alias].cursor().execute(query)
    assert b'swordfish' not in b''.join(daemon.datagrams())
    assert 'title' in daemon.trace().children[0]['sql']['sanitized_query']


@pytest.mark.improvement('S1: what was known first stays')
def test_a_changed_user_is_told_after_the_next_connect(
    server_alias: str, global_recorder: Any, daemon: FakeDaemon
) -> None:
    connection = connections[server_alias]
    with global_recorder.in_segment('web'):
        connection.cursor().execute('SELECT 1')
    connection.close()
    # The driver is told in another way, so nothing is known.
    connection.settings_dict['OPTIONS'] = {'user': connection.settings_dict['USER']}
    connection.settings_dict['USER'] = ''
    daemon.clear()
    with global_recorder.in_segment('web'):
        connection.cursor().execute('SELECT 1')
    assert 'user' not in daemon.trace().children[-1]['sql']


@pytest.mark.improvement('row 10: raises SegmentNotFoundException')
def test_outside_a_segment_a_query_just_runs(server_alias: str, global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    connections[server_alias].close()
    assert Book.objects.using(server_alias).count() == 0
    assert daemon.documents() == []
