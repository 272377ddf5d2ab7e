"""AWS Elastic Beanstalk: which environment and deployment this is."""

from __future__ import annotations

import json
import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Optional

log = logging.getLogger(__name__)

CONF_PATH = "/var/elasticbeanstalk/xray/environment.conf"
SERVICE_NAME = "elastic_beanstalk"
ORIGIN = "AWS::ElasticBeanstalk::Environment"

runtime_context: Optional[Dict[str, Any]] = None


def initialize() -> None:
    """Fill ``runtime_context`` from the file that the platform writes. Never raises."""
    global runtime_context
    try:
        with open(CONF_PATH, encoding="utf-8") as file:
            runtime_context = json.load(file)
    except Exception as error:
        log.warning("Elastic Beanstalk plugin: no environment in %s: %s", CONF_PATH, error)
        runtime_context = None
