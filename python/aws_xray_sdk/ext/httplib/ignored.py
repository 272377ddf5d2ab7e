"""Requests that are not to be recorded."""

from __future__ import annotations

from fnmatch import fnmatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable, NamedTuple, Optional, Set, Tuple

    class Rule(NamedTuple):
        """What a request has to be to be ignored; ``None`` stands for anything."""

        subclass: Optional[str]
        hostname: Optional[str]
        urls: Optional[Tuple[str, ...]]
else:
    from collections import namedtuple

    Rule = namedtuple("Rule", ["subclass", "hostname", "urls"])

# What botocore sends to ask how to sample is no work of the application.
_DEFAULTS = (Rule("botocore.awsrequest.AWSHTTPConnection", None, ("/GetSamplingRules", "/SamplingTargets")),)

_rules: Set[Rule] = set(_DEFAULTS)


def add_ignored(
    subclass: Optional[str] = None,
    hostname: Optional[str] = None,
    urls: Optional[Iterable[str]] = None,
) -> None:
    """
    Leave out the requests to which all the arguments given apply.

    :param subclass: the connection's class, with its module: ``package.Class``.
    :param hostname: the host, with ``*`` and ``?``.
    :param urls: paths as they are requested, with their query.
    """
    if subclass is not None or hostname is not None or urls is not None:
        _rules.add(Rule(subclass, hostname, None if urls is None else tuple(urls)))


def reset_ignored() -> None:
    """Forget what :func:`add_ignored` was told."""
    _rules.clear()
    _rules.update(_DEFAULTS)


def is_ignored(connection: Any, url: str) -> bool:
    """Tell whether a request on a connection is to be left out."""
    cls = type(connection)
    name = "%s.%s" % (cls.__module__, cls.__qualname__)
    return any(
        (rule.subclass is None or rule.subclass == name)
        and (rule.hostname is None or fnmatch(connection.host, rule.hostname))
        and (rule.urls is None or url in rule.urls)
        for rule in _rules
    )
