"""The tracers compared, each behind the same few methods, and the baselines."""

import importlib

from implementations.none import Implementation

MODULES = {
    "none": "none",
    "empty": "empty",
    "datagram": "datagram",
    "fluoro": "xray",
    "upstream": "xray",
    "opentelemetry": "opentelemetry",
    "datadog": "datadog",
}
#: Those that trace nothing; what a request costs is compared with the first.
BASELINES = ("none", "empty", "datagram")
TRACERS = ("upstream", "fluoro", "opentelemetry", "datadog")


def load(name: str) -> Implementation:
    """The implementation of a name, its libraries imported.

    :param name: a key of :data:`MODULES`
    """
    return importlib.import_module(f"implementations.{MODULES[name]}").Implementation()
