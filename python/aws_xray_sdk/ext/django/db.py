"""Database queries of Django as subsegments.

Django gives the cursors of every backend and alias the same wrapper class, so its three methods that run queries are
all there is to patch: cursors keep their type, and an alias that is defined later is traced too.
"""

from __future__ import annotations

import functools
import logging
from typing import Any, Callable

from django.db.backends.signals import connection_created
from django.db.backends.utils import CursorWrapper

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_query, end_query
from aws_xray_sdk.ext._queries import Database, run, spell_out

log = logging.getLogger(__name__)

_PATCHED = "_xray_patched"


def patch_db() -> None:
    """Make every query that goes through Django's cursors a subsegment; a further call changes nothing."""
    if getattr(CursorWrapper, _PATCHED, False):
        log.debug("Django's database queries are traced already")
        return
    CursorWrapper.execute = _traced_execute(CursorWrapper.execute)
    for method in ("executemany", "callproc"):
        setattr(CursorWrapper, method, _traced(method, getattr(CursorWrapper, method)))
    setattr(CursorWrapper, _PATCHED, True)
    connection_created.connect(_describe_again, dispatch_uid=__name__)


def _traced_execute(original: Callable[..., Any]) -> Callable[..., Any]:
    # What run() does, without its two further calls: this is the busiest place of the package.
    @functools.wraps(original)
    def execute(self: Any, sql: Any, params: Any = None) -> Any:
        connection = self.db
        try:
            database = connection._xray_database
        except AttributeError:
            database = _describe(connection)
        query = sql if sql.__class__ is str else spell_out(sql, self.cursor)
        subsegment = begin_query(xray_recorder, database, "execute", query)
        if subsegment is None:
            return original(self, sql, params)
        try:
            result = original(self, sql, params)
        except BaseException as error:
            end_query(xray_recorder, subsegment, error)
            raise
        end_query(xray_recorder, subsegment)
        return result

    return execute


def _traced(method: str, original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def traced(self: Any, *args: Any, **kwargs: Any) -> Any:
        database = getattr(self.db, "_xray_database", None) or _describe(self.db)
        return run(database, method, self.cursor, functools.partial(original, self), args, kwargs)

    return traced


def _describe(connection: Any) -> Database:
    """Describe the database behind an alias, once for each connection that is opened."""
    settings = connection.settings_dict
    database = Database(settings.get("HOST"), {"database_type": connection.vendor, "user": settings.get("USER")})
    connection._xray_database = database
    return database


def _describe_again(*, connection: Any, **kwargs: Any) -> None:
    # The settings of an alias may have changed since it was connected last, as they do when credentials rotate.
    _describe(connection)
