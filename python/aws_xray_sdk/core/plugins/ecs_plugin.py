"""Amazon ECS: which container this is."""

from __future__ import annotations

import logging
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional

log = logging.getLogger(__name__)

SERVICE_NAME = "ecs"
ORIGIN = "AWS::ECS::Container"

runtime_context: Optional[Dict[str, str]] = None


def initialize() -> None:
    """Fill ``runtime_context`` with the container's host name. Never raises."""
    global runtime_context
    try:
        host_name = socket.gethostname()
    except Exception as error:
        log.warning("ECS plugin: no host name: %s", error)
        runtime_context = None
    else:
        runtime_context = {"container": host_name} if host_name else {}
