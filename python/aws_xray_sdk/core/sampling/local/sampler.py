"""Decides by rules that the application brings itself."""

from aws_xray_sdk._engine import LocalSampler, default_local_rules
from aws_xray_sdk._engine import LocalSamplingRule as SamplingRule

from ...exceptions.exceptions import InvalidSamplingManifestError

__all__ = [
    "SUPPORTED_RULE_VERSION",
    "InvalidSamplingManifestError",
    "LocalSampler",
    "SamplingRule",
    "local_sampling_rule",
]

#: The versions of a rules file.
SUPPORTED_RULE_VERSION = (1, 2)

#: The rules of a sampler that was given none.
local_sampling_rule = default_local_rules()
