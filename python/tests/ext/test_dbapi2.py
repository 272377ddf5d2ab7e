"""The proxies that patchers of database drivers build on, here around ``sqlite3``."""

from __future__ import annotations

import sqlite3
from typing import Any, Iterator

import pytest

from aws_xray_sdk.ext.dbapi2 import XRayTracedConn, XRayTracedCursor
from support.daemon import FakeDaemon

_META = {'name': 'db.example', 'user': 'reader', 'driver_version': 'sqlite', 'preparation': 'statement'}


@pytest.fixture
def raw() -> Iterator[sqlite3.Connection]:
    """A connection of the driver."""
    connection = sqlite3.connect(':memory:')
    yield connection
    connection.close()


def _documents(recorder: Any, daemon: FakeDaemon) -> Any:
    recorder.end_segment()
    return daemon.trace().children


def test_a_query_tells_what_is_known(raw: sqlite3.Connection, global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.begin_segment('web')
    XRayTracedConn(raw, _META).cursor().execute('SELECT 1')
    (query,) = _documents(global_recorder, daemon)
    assert (query.name, query['namespace']) == ('db.example', 'remote')
    for key, value in {**_META, 'database_type': 'sqlite3'}.items():
        assert key == 'name' or query['sql'][key] == value


@pytest.mark.parametrize(
    'database_type, query',
    [('PostgreSQL', 'SELECT 1 AS "title"'), ('sqlite3', 'SELECT ? AS ?')],
)
def test_quoted_names_stay_where_quotes_mean_nothing_else(
    raw: sqlite3.Connection, global_recorder: Any, daemon: FakeDaemon, database_type: str, query: str
) -> None:
    global_recorder.begin_segment('web')
    XRayTracedConn(raw, {**_META, 'database_type': database_type}).cursor().execute('SELECT 1 AS "title"')
    (traced,) = _documents(global_recorder, daemon)
    assert traced['sql']['sanitized_query'] == query.replace('1', '?')


@pytest.mark.improvement('S1: the proxies share and change one dictionary')
def test_the_meta_of_the_caller_is_left_alone(raw: sqlite3.Connection) -> None:
    meta = {'name': 'db.example'}
    XRayTracedConn(raw, meta).cursor()
    assert meta == {'name': 'db.example'}


@pytest.mark.improvement('S1: the proxies share and change one dictionary')
def test_connections_without_meta_share_nothing(raw: sqlite3.Connection) -> None:
    XRayTracedConn(raw)._xray_meta['user'] = 'Ada'
    assert 'user' not in XRayTracedConn(raw)._xray_meta


@pytest.mark.improvement('row 15')
def test_a_with_block_is_traced(raw: sqlite3.Connection, global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.begin_segment('web')
    traced = XRayTracedConn(raw, _META)
    with traced as same:
        assert same is traced
        same.cursor().execute('SELECT 1')
    assert len(_documents(global_recorder, daemon)) == 1


@pytest.mark.improvement('row 15: what a chain goes on with is not traced')
def test_a_chain_of_calls_stays_traced(raw: sqlite3.Connection, global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.begin_segment('web')
    cursor = XRayTracedConn(raw, _META).cursor()
    assert cursor.execute('SELECT 1').execute('SELECT 2').fetchall() == [(2,)]
    assert len(_documents(global_recorder, daemon)) == 2


def test_the_proxies_pass_for_what_they_wrap(raw: sqlite3.Connection) -> None:
    connection = XRayTracedConn(raw, _META)
    assert isinstance(connection, sqlite3.Connection)
    assert isinstance(connection.cursor(), sqlite3.Cursor)
    connection.row_factory = sqlite3.Row
    assert raw.row_factory is sqlite3.Row


def test_a_failing_query_has_the_exception(raw: sqlite3.Connection, global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.begin_segment('web')
    with pytest.raises(sqlite3.OperationalError):
        XRayTracedConn(raw, _META).cursor().execute('SELECT 1 FROM nowhere')
    (query,) = _documents(global_recorder, daemon)
    assert query['fault'] and query['cause']['exceptions'][0]['type'] == 'OperationalError'


class _Cursor:
    """A driver's cursor with procedures, which ``sqlite3`` lacks."""

    def callproc(self, name: str, arguments: Any = ()) -> Any:
        return name, arguments


@pytest.mark.improvement('B8')
def test_a_procedure_may_have_no_arguments(global_recorder: Any, daemon: FakeDaemon) -> None:
    global_recorder.begin_segment('web')
    assert XRayTracedCursor(_Cursor(), {}).callproc('restock') == ('restock', ())
    assert XRayTracedCursor(_Cursor(), {}).callproc('restock', [1]) == ('restock', [1])
    assert [query.name for query in _documents(global_recorder, daemon)] == ['callproc'] * 2


@pytest.mark.improvement('row 10')
def test_outside_a_segment_a_query_just_runs(raw: sqlite3.Connection, global_recorder: Any) -> None:
    global_recorder.configure(context_missing='RUNTIME_ERROR')
    cursor = XRayTracedConn(raw, _META).cursor()
    cursor.execute('SELECT 1')
    assert cursor.fetchall() == [(1,)]
