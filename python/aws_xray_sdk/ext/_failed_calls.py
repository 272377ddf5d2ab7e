"""What calls to other services failed with, without the secrets of their URLs."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["add_exception"]

# Clients quote what they were asked for, whole or from the path on: user and password, and the query.
_SECRETS = re.compile(r"""(?<=//)[^/\s'"]*@|\?[^\s'"<>]+""")


def add_exception(call: Any, error: BaseException) -> None:
    """
    Record an exception that ended a call; its message loses what the recorded URL does not have either.

    :param call: what ``begin_client_request`` returned.
    :param error: what the client raised; it is left as it is.
    """
    call.add_exception(error)
    cause = getattr(call.subsegment, "cause", None)
    # A text is the id of an exception that was recorded further in.
    for recorded in cause.get("exceptions", ()) if isinstance(cause, dict) else ():
        message = getattr(recorded, "message", None)
        if isinstance(message, str):
            recorded.message = _SECRETS.sub("", message)
