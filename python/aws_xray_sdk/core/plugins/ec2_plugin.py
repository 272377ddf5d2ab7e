"""Amazon EC2: which instance this is, asked from the instance metadata service."""

from __future__ import annotations

import json
import logging

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional

log = logging.getLogger(__name__)

SERVICE_NAME = "ec2"
ORIGIN = "AWS::EC2::Instance"
IMDS_URL = "http://169.254.169.254/latest/"

TOKEN_LIFETIME_SECONDS = "60"
REQUEST_TIMEOUT_SECONDS = 1
# An identity document is about 500 bytes; anything much larger is not one.
MAXIMUM_ANSWER_BYTES = 64 * 1024

_FIELDS = (
    ("instance_id", "instanceId"),
    ("availability_zone", "availabilityZone"),
    ("instance_type", "instanceType"),
    ("ami_id", "imageId"),
)

runtime_context: Dict[str, str] = {}


def initialize() -> None:
    """Fill ``runtime_context``; outside EC2 it stays empty. Never raises."""
    global runtime_context
    runtime_context = get_metadata(get_token())


def get_token() -> Optional[str]:
    """Fetch a short-lived IMDSv2 session token, ``None`` when there is none to have."""
    try:
        return do_request(
            url=IMDS_URL + "api/token",
            headers={"X-aws-ec2-metadata-token-ttl-seconds": TOKEN_LIFETIME_SECONDS},
            method="PUT",
        )
    except Exception as error:
        log.warning("EC2 plugin: no IMDSv2 token: %s", error)
        return None


def get_metadata(token: Optional[str] = None) -> Dict[str, str]:
    """
    Fetch the instance identity document.

    :param token: an IMDSv2 session token; without one IMDSv1 is tried.
    :returns: the fields for the ``aws.ec2`` section, empty on any failure.
    """
    headers = {"X-aws-ec2-metadata-token": token} if token else None
    try:
        answer = do_request(url=IMDS_URL + "dynamic/instance-identity/document", headers=headers, method="GET")
        return parse_metadata_json(answer or "")
    except Exception as error:
        log.warning("EC2 plugin: no instance metadata: %s", error)
        return {}


def parse_metadata_json(json_str: str) -> Dict[str, str]:
    """Pick the fields of the ``aws.ec2`` section out of an identity document."""
    document = json.loads(json_str)
    return {name: document[key] for name, key in _FIELDS if document.get(key)}


def do_request(url: Optional[str], headers: Optional[Dict[str, str]] = None, method: str = "GET") -> Optional[str]:
    """
    Send one HTTP request, never through a proxy: the address is link-local.

    :raises OSError: nothing answered in time, or with an error status.
    """
    if url is None:
        return None
    # Loaded only where the plugin is used: it costs more than the whole SDK.
    from urllib.request import ProxyHandler, Request, build_opener

    request = Request(url, headers=headers or {}, method=method)
    with build_opener(ProxyHandler({})).open(request, timeout=REQUEST_TIMEOUT_SECONDS) as answer:
        body: bytes = answer.read(MAXIMUM_ANSWER_BYTES)
    return body.decode("utf-8")
