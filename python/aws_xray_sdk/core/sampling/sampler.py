"""The sampler that services use by default."""

from __future__ import annotations

import time

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk._engine import CentralSampler, LocalSampler, RuleCache, RulePoller, ServiceConnector

from .target_poller import TargetPoller

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional, Union

    from ..daemon_config import DaemonConfig

__all__ = ["DefaultSampler", "LocalSampler", "RuleCache", "RulePoller", "ServiceConnector"]


class _Part:
    """
    A part that the engine made, in whose place a program can put its own; deleting
    that brings the engine's back.
    """

    def __init__(self, made: Any) -> None:
        self._made = made

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, sampler: Any, owner: Optional[type] = None) -> Any:
        if sampler is None:
            return self
        own = vars(sampler)
        return own[self._name] if self._name in own else self._made.__get__(sampler, owner)

    def __set__(self, sampler: Any, value: Any) -> None:
        vars(sampler)[self._name] = value

    def __delete__(self, sampler: Any) -> None:
        vars(sampler).pop(self._name, None)


class DefaultSampler(CentralSampler):
    """
    Decides by the rules of the X-Ray service, which it fetches through the
    daemon, and by local rules while no centralized rule applies.

    Creating one starts nothing: the first decision starts one thread that
    polls, and the first decision in a forked process starts one there.

    A subclass may override any method. ``decide`` is the recorder's shortcut
    for this very class.
    """

    _cache = _Part(CentralSampler._cache)
    _connector = _Part(CentralSampler._connector)
    _local_sampler = _Part(CentralSampler._local_sampler)
    _rule_poller = _Part(CentralSampler._rule_poller)
    _target_poller = _Part(
        property(lambda sampler: TargetPoller(sampler._cache, sampler._rule_poller, sampler._connector))
    )

    def start(self) -> None:
        """Start polling, unless the SDK is disabled or this process polls already."""
        if not global_sdk_config.sdk_enabled() or self._started:
            return
        if vars(self).keys() & {"_rule_poller", "_target_poller"}:
            self._rule_poller.start()
            self._target_poller.start()
            self._started = True
        else:
            self._start_poller()

    def should_trace(self, sampling_req: Optional[Mapping[str, Optional[str]]] = None) -> Union[str, bool]:
        """
        Tell whether to record a request.

        :param sampling_req: a dict with some of ``host``, ``method``,
            ``path``, ``service`` and ``service_type``; what it does not tell
            matches every rule.
        :return: the name of the centralized rule that decided to record,
            ``True`` when a local rule did, ``False`` otherwise.
        """
        if not global_sdk_config.sdk_enabled():
            return False
        if self._is_untouched():
            decided: Union[str, bool] = self._decide_request(sampling_req)
            return decided
        if not self._started:
            self.start()
        request: Dict[str, Optional[str]] = dict(sampling_req or ())
        if not request.get("service_type"):
            request["service_type"] = self._origin
        now = int(time.time())
        rule = self._cache.get_matched_rule(request, now)
        if rule is not None:
            return self._process_matched_rule(rule, now)
        decision: bool = self._local_sampler.should_trace(request)
        return decision

    def load_local_rules(self, rules: Dict[str, Any]) -> None:
        """
        Replace the local rules.

        :param rules: a dict as in a rules file of version 1 or 2.
        :raises InvalidSamplingManifestError: the message names the rule and
            the field.
        """
        self._local_sampler.load_local_rules(rules)

    def load_settings(self, daemon_config: DaemonConfig, context: Any, origin: Optional[str] = None) -> None:
        """
        Choose where rules come from.

        :param daemon_config: where the daemon listens; not used when there is
            an ``xray_client``.
        :param context: the recorder's context. Calls to the service are made
            outside of it and never traced.
        :param origin: type of the service or machine, such as
            ``AWS::EC2::Instance``, for rules that match on it.
        """
        self._connector.setup_xray_client(ip=daemon_config.tcp_ip, port=daemon_config.tcp_port, client=self.xray_client)
        self._connector.context = context
        self._origin = origin
