"""DB-API 2 connections and cursors whose queries are subsegments, for the patchers of database drivers.

Outside a segment they behave exactly like what they wrap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional

import wrapt

from ._queries import Database, run

__all__ = ["XRayTracedConn", "XRayTracedCursor"]

if TYPE_CHECKING:
    # Older versions of wrapt cannot be subscripted at run time.
    ObjectProxy = wrapt.ObjectProxy[Any]
else:
    ObjectProxy = wrapt.ObjectProxy


class XRayTracedConn(ObjectProxy):
    """
    A connection whose cursors are traced.

    :param conn: the connection of the driver.
    :param meta: what is known about the database: ``name`` becomes the name of the subsegments, the rest their ``sql``
        block. It is copied.
    """

    _xray_meta: Dict[str, Any] = {}

    def __init__(self, conn: Any, meta: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(conn)
        self._xray_meta = dict(meta or {})

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        """Open a traced cursor."""
        return XRayTracedCursor(self.__wrapped__.cursor(*args, **kwargs), self._xray_meta)

    def __enter__(self) -> Any:
        value = self.__wrapped__.__enter__()
        return self if value is self.__wrapped__ else value


class XRayTracedCursor(ObjectProxy):
    """
    A cursor whose queries are subsegments.

    :param cursor: the cursor of the driver.
    :param meta: as for :class:`XRayTracedConn`; the type of the database is by default the name of the driver.
    """

    # wrapt keeps on the proxy what the class has, and passes everything else on.
    _xray_meta: Dict[str, Any] = {}
    _xray_database = Database(None, {})

    def __init__(self, cursor: Any, meta: Optional[Mapping[str, Any]] = None) -> None:
        super().__init__(cursor)
        self._xray_meta = dict(meta or {})
        sql = dict(self._xray_meta)
        name = sql.pop("name", None)
        if not sql.get("database_type"):
            sql["database_type"] = type(cursor).__module__.partition(".")[0]
        self._xray_database = Database(name, sql)

    def __enter__(self) -> Any:
        value = self.__wrapped__.__enter__()
        return self if value is self.__wrapped__ else value

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Execute a query as a subsegment."""
        return self._xray_run("execute", (query, *args), kwargs)

    def executemany(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        """Execute a query for many parameters as one subsegment."""
        return self._xray_run("executemany", (query, *args), kwargs)

    def callproc(self, proc: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a stored procedure as a subsegment."""
        return self._xray_run("callproc", (proc, *args), kwargs)

    def _xray_run(self, method: str, args: Any, kwargs: Dict[str, Any]) -> Any:
        cursor = self.__wrapped__
        result = run(self._xray_database, method, cursor, getattr(cursor, method), args, kwargs)
        # Some drivers return the cursor, for the next call of a chain.
        return self if result is cursor else result
