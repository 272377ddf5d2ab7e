"""Keeps centralized rules up to date."""

import logging

from aws_xray_sdk._engine import RulePoller

__all__ = ["DEFAULT_INTERVAL", "RulePoller"]

#: What the poller has to say, once per outage, goes here.
log = logging.getLogger(__name__)

#: Seconds between two fetches of the rules.
DEFAULT_INTERVAL = 5 * 60
