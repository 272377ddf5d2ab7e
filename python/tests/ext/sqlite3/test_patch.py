"""Queries made with ``sqlite3`` as subsegments."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

from aws_xray_sdk.core import patch, patcher
from aws_xray_sdk.core.exceptions.exceptions import SegmentNotFoundException
from support.daemon import FakeDaemon


@pytest.fixture(autouse=True)
def patched(global_recorder: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """``sqlite3.connect`` patched for one test, in an open segment."""
    monkeypatch.setattr(sqlite3, 'connect', sqlite3.connect)
    monkeypatch.setattr(patcher, '_PATCHED_MODULES', set())
    patch(['sqlite3'])
    global_recorder.begin_segment('web')
    yield


@pytest.fixture
def connection() -> Iterator[Any]:
    """A connection to a database in memory."""
    connection = sqlite3.connect(':memory:')
    yield connection
    connection.close()


def _names(recorder: Any) -> 'list[str]':
    return [subsegment.name for subsegment in recorder.current_segment().subsegments]


def test_a_query_is_a_subsegment(connection: Any, global_recorder: Any, daemon: FakeDaemon) -> None:
    assert connection.cursor().execute('SELECT 1').fetchall() == [(1,)]
    global_recorder.end_segment()
    (query,) = daemon.trace().children
    assert (query.name, query['namespace']) == (':memory:', 'remote')
    assert query['sql']['database_type'] == 'sqlite3'
    assert query['sql']['database_version'] == sqlite3.sqlite_version


@pytest.mark.parametrize(
    'run',
    [
        lambda connection: connection.execute('SELECT 1'),
        lambda connection: connection.cursor().execute('SELECT ?', (1,)),
        lambda connection: connection.executemany('INSERT INTO t VALUES (?)', [(1,), (2,)]),
        lambda connection: connection.cursor().executemany('INSERT INTO t VALUES (?)', [(1,)]),
    ],
)
def test_every_way_to_run_a_query_is_one_subsegment(connection: Any, global_recorder: Any, run: Any) -> None:
    connection.execute('CREATE TABLE t (a)')
    run(connection)
    assert _names(global_recorder) == [':memory:'] * 2


@pytest.mark.improvement('B8')
def test_the_database_may_be_named_by_keyword(global_recorder: Any) -> None:
    connection = sqlite3.connect(database=':memory:')
    connection.execute('SELECT 1')
    connection.close()
    assert _names(global_recorder) == [':memory:']


def test_the_database_may_be_a_path(global_recorder: Any, tmp_path: Path, daemon: FakeDaemon) -> None:
    connection = sqlite3.connect(tmp_path / 'books.sqlite3')
    connection.execute('SELECT 1')
    connection.close()
    global_recorder.end_segment()
    assert [child.name for child in daemon.trace().children] == [str(tmp_path / 'books.sqlite3')]


@pytest.mark.improvement('row 12')
def test_the_query_of_a_uri_is_not_recorded(global_recorder: Any, daemon: FakeDaemon) -> None:
    connection = sqlite3.connect('file:books?mode=memory&key=swordfish', uri=True)
    connection.execute('SELECT 1')
    connection.close()
    global_recorder.end_segment()
    assert b'swordfish' not in b''.join(daemon.datagrams())
    assert [child.name for child in daemon.trace().children] == ['file:books']


@pytest.mark.improvement('D17')
def test_a_connection_is_traced_in_its_with_block(connection: Any, global_recorder: Any) -> None:
    with connection as same:
        assert same is connection
        same.execute('SELECT 1')
    assert _names(global_recorder) == [':memory:']


@pytest.mark.improvement('row 14: a proxy')
def test_types_are_kept(connection: Any) -> None:
    assert issubclass(type(connection), sqlite3.Connection)
    assert issubclass(type(connection.cursor()), sqlite3.Cursor)
    assert issubclass(type(connection.execute('SELECT 1')), sqlite3.Cursor)


@pytest.mark.parametrize('by_position', [True, False])
def test_subclasses_of_the_caller_are_kept(global_recorder: Any, by_position: bool) -> None:
    class Cursor(sqlite3.Cursor):
        def first(self) -> Any:
            return self.fetchone()[0]

    class Connection(sqlite3.Connection):
        def open(self) -> Any:
            return self.cursor(Cursor)

    if by_position and sys.version_info < (3, 12):
        # Later interpreters want it by keyword.
        connection = sqlite3.connect(':memory:', 5.0, 0, None, True, Connection)
    else:
        connection = sqlite3.connect(':memory:', factory=Connection)
    assert isinstance(connection, Connection)
    cursor = connection.open()
    assert isinstance(cursor, Cursor)
    cursor.execute('SELECT 42')
    assert cursor.first() == 42
    connection.close()


@pytest.mark.improvement('D17')
def test_cursors_of_subclasses_are_traced_once(global_recorder: Any) -> None:
    class Cursor(sqlite3.Cursor):
        def execute(self, *args: Any) -> Any:
            return super().execute(*args)

    class Connection(sqlite3.Connection):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.execute('PRAGMA user_version')

        def cursor(self, factory: Any = Cursor) -> Any:
            return super().cursor(factory)

    connection = sqlite3.connect(':memory:', factory=Connection)
    connection.execute('SELECT 1')
    connection.close()
    assert _names(global_recorder) == ['execute', ':memory:']


@pytest.mark.improvement('row 13: no text at all')
def test_literals_are_never_recorded(connection: Any, global_recorder: Any, daemon: FakeDaemon) -> None:
    connection.execute("SELECT 'swordfish'")
    connection.execute('SELECT ?', ('swordfish',))
    global_recorder.end_segment()
    assert b'swordfish' not in b''.join(daemon.datagrams())
    assert [child['sql']['sanitized_query'] for child in daemon.trace().children] == ['SELECT ?', 'SELECT ?']


def test_a_failing_query_has_the_exception(connection: Any, global_recorder: Any, daemon: FakeDaemon) -> None:
    with pytest.raises(sqlite3.OperationalError):
        connection.execute('SELECT 1 FROM nowhere')
    global_recorder.end_segment()
    (query,) = daemon.trace().children
    assert query['fault'] and query['cause']['exceptions'][0]['type'] == 'OperationalError'


@pytest.mark.improvement('row 10: raises SegmentNotFoundException')
def test_outside_a_segment_a_query_just_runs(connection: Any, global_recorder: Any) -> None:
    global_recorder.end_segment()
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    assert connection.execute('SELECT 1').fetchall() == [(1,)]


@pytest.mark.improvement('new: upstream has no such switch')
def test_strict_instrumentation_follows_the_strategy(
    connection: Any, global_recorder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    global_recorder.end_segment()
    global_recorder.configure(context_missing='LOG_WARNING', strict_instrumentation=True)
    assert connection.execute('SELECT 1').fetchall() == [(1,)]
    assert [(record.name, record.levelname) for record in caplog.records] == [('aws_xray_sdk.core.context', 'WARNING')]
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    with pytest.raises(SegmentNotFoundException):
        connection.execute('SELECT 1')
    with global_recorder.in_segment('web'):
        assert connection.execute('SELECT 1').fetchall() == [(1,)]


def test_wrong_arguments_are_the_drivers_to_refuse() -> None:
    with pytest.raises((TypeError, IndexError)):
        sqlite3.connect()
