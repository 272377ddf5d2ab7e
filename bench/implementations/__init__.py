"""The tracers compared, each behind the same few methods, and the two baselines."""

import importlib

from implementations.none import Implementation

MODULES = {
    "none": "none",
    "empty": "empty",
    "fluoro": "xray",
    "upstream": "xray",
    "opentelemetry": "opentelemetry",
    "datadog": "datadog",
}
TRACERS = ("upstream", "fluoro", "opentelemetry", "datadog")


def load(name: str) -> Implementation:
    """The implementation of a name, its libraries imported.

    :param name: a key of :data:`MODULES`
    """
    return importlib.import_module(f"implementations.{MODULES[name]}").Implementation()
