"""Database queries as subsegments: what Django's cursors and those of the drivers share.

A query costs one native call before it and one after it. Outside a segment it runs as if nothing was patched, and a
failure to record it never reaches the caller.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import Database, begin_query, end_query

__all__ = ["Database", "run", "spell_out"]


def run(
    database: Database,
    method: str,
    cursor: Any,
    call: Callable[..., Any],
    args: Tuple[Any, ...],
    kwargs: Dict[str, Any],
) -> Any:
    """
    Run a query as a subsegment.

    :param method: the name of the cursor's method.
    :param cursor: the driver's cursor, for queries that only the driver can spell out.
    :param call: what runs the query, called with ``args`` and ``kwargs``.
    :param args: the query comes first.
    """
    query = args[0] if args else next(iter(kwargs.values()), None)
    if query.__class__ is not str:
        query = spell_out(query, cursor)
    subsegment = begin_query(xray_recorder, database, method, query)
    if subsegment is None:
        return call(*args, **kwargs)
    try:
        result = call(*args, **kwargs)
    except BaseException as error:
        end_query(xray_recorder, subsegment, error)
        raise
    end_query(xray_recorder, subsegment)
    return result


def spell_out(query: Any, cursor: Any) -> Optional[str]:
    """
    Give the text of a query that is no plain ``str``: bytes, or an object that a driver composes.

    :returns: ``None`` when there is no such text. It is never taken from ``repr``, in which literals and identifiers
        look the same.
    """
    try:
        if isinstance(query, str):
            return str.__str__(query)
        if isinstance(query, (bytes, bytearray)):
            return query.decode("utf-8", "replace")
        text: str = query.as_string(cursor)
        return text
    except Exception:
        return None
