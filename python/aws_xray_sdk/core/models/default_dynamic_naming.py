"""Naming request segments after the host that was asked."""

from __future__ import annotations

from ..utils.search_pattern import wildcard_match

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional


class DefaultDynamicNaming:
    """
    Takes the requested host as the name when it matches a pattern.

    The host is whatever the client sent, so the pattern decides which names
    can appear in the service map.

    :param pattern: ``*`` for any text, ``?`` for one character; case does not
        matter.
    :param fallback: the name of requests to other hosts.
    """

    def __init__(self, pattern: str, fallback: Optional[str]) -> None:
        self._pattern = pattern
        self._fallback = fallback

    def get_name(self, host_name: Optional[str]) -> Optional[str]:
        """
        Return the segment name for a request.

        :param host_name: the ``Host`` header, ``None`` when there was none.
        """
        if host_name and wildcard_match(self._pattern, host_name):
            return host_name
        return self._fallback
