"""The centralized rules in force."""

from aws_xray_sdk._engine import RuleCache

__all__ = ["TTL", "RuleCache"]

#: Seconds for which rules count after they were last fetched.
TTL = 60 * 60
