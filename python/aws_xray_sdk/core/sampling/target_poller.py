"""Reports what rules counted and fetches their quotas."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .connector import ServiceConnector
    from .rule_cache import RuleCache
    from .rule_poller import RulePoller


class TargetPoller:
    """
    The reporting half of a rule poller, which does both from one thread.

    :param cache: the rules.
    :param rule_poller: the poller.
    :param connector: the way to the service.
    """

    def __init__(self, cache: RuleCache, rule_poller: RulePoller, connector: ServiceConnector) -> None:
        self._cache = cache
        self._rule_poller = rule_poller
        self._connector = connector

    def start(self) -> None:
        """Start the poller's thread, unless it runs in this process already."""
        self._rule_poller.start()

    @property
    def _interval(self) -> float:
        return self._rule_poller._target_interval

    @_interval.setter
    def _interval(self, seconds: float) -> None:
        self._rule_poller._target_interval = seconds
