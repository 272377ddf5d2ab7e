"""Patches ``sqlite3.connect``.

Connections and cursors stay instances of ``sqlite3.Connection`` and ``sqlite3.Cursor``, or of the caller's own
subclasses of them: the traced classes are derived from those. So ``isinstance``, ``with`` and row factories work as
before.
"""

from __future__ import annotations

import functools
import os
import sqlite3
from typing import Any

from aws_xray_sdk.ext._queries import Database, run

_SQL = {"database_type": "sqlite3", "database_version": sqlite3.sqlite_version}
# The place of ``factory`` among the positional arguments of connect().
_FACTORY = 5


def patch() -> None:
    """Trace the connections opened by ``sqlite3.connect`` from now on; a further call changes nothing."""
    if not hasattr(sqlite3.connect, "_xray_original"):
        sqlite3.connect = _traced_connect(sqlite3.connect)


def _traced_connect(original: Any) -> Any:
    @functools.wraps(original)
    def connect(*args: Any, **kwargs: Any) -> Any:
        if len(args) > _FACTORY:
            args = (*args[:_FACTORY], _traced_connection(args[_FACTORY]), *args[_FACTORY + 1 :])
        else:
            kwargs["factory"] = _traced_connection(kwargs.get("factory", sqlite3.Connection))
        connection = original(*args, **kwargs)
        if isinstance(connection, XRayTracedSQLite):
            connection._xray_database = Database(_name(args[0] if args else kwargs["database"]), _SQL)
        return connection

    connect._xray_original = original  # type: ignore[attr-defined]
    return connect


def _name(database: Any) -> str:
    text = os.fsdecode(database)
    # The query of a URI may hold the key of an encrypted database.
    return text.partition("?")[0] if text.startswith("file:") else text


def _traced_connection(factory: Any) -> Any:
    return _derive(factory, XRayTracedSQLite) if _is_class(factory, sqlite3.Connection) else factory


def _traced_cursor(factory: Any) -> Any:
    return _derive(factory, XRayTracedSQLiteCursor) if _is_class(factory, sqlite3.Cursor) else factory


def _is_class(factory: Any, base: type) -> bool:
    return isinstance(factory, type) and issubclass(factory, base)


@functools.lru_cache(maxsize=64)
def _derive(factory: type, traced: type) -> type:
    if issubclass(traced, factory):
        return traced
    # The traced class comes second: what the caller's class overrides runs, and is traced where it calls super().
    return factory if issubclass(factory, traced) else type("XRayTraced" + factory.__name__, (factory, traced), {})


class XRayTracedSQLite(sqlite3.Connection):
    """A connection whose cursors are traced."""

    # Until connect() returns: the __init__ of a subclass may run queries.
    _xray_database = Database(None, _SQL)

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        """Open a traced cursor."""
        return super().cursor(_traced_cursor(factory))

    def execute(self, *args: Any) -> Any:
        """Open a traced cursor and execute a query with it."""
        return self.cursor().execute(*args)

    def executemany(self, *args: Any) -> Any:
        """Open a traced cursor and execute a query for many parameters with it."""
        return self.cursor().executemany(*args)


class XRayTracedSQLiteCursor(sqlite3.Cursor):
    """A cursor whose queries are subsegments."""

    def execute(self, *args: Any) -> Any:
        """Execute a query as a subsegment."""
        return run(self.connection._xray_database, "execute", self, super().execute, args, {})  # type: ignore[attr-defined]

    def executemany(self, *args: Any) -> Any:
        """Execute a query for many parameters as one subsegment."""
        return run(self.connection._xray_database, "executemany", self, super().executemany, args, {})  # type: ignore[attr-defined]
