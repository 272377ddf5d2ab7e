"""What web frameworks and HTTP clients need around trace headers, names and URLs."""

from __future__ import annotations

import re
import sys
from urllib.parse import urlsplit

from aws_xray_sdk import _engine
from aws_xray_sdk.core.models import http
from aws_xray_sdk.core.models.trace_header import TraceHeader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, MutableMapping, Optional, Union

UNKNOWN_HOSTNAME = "UNKNOWN HOST"

_WORD_START = re.compile("(?<=.)(?=[A-Z][a-z])|(?<=[a-z0-9])(?=[A-Z])")


def inject_trace_header(headers: MutableMapping[str, str], entity: Any) -> None:
    """
    Put the trace header for a call made by an entity into outgoing headers.

    :param headers: the headers of the call; they are changed, so pass a copy
        of what belongs to the caller.
    :param entity: the segment or subsegment that makes the call, ``None`` for
        no header.
    """
    if not entity:
        return
    is_subsegment = getattr(entity, "type", None) == "subsegment"
    segment = entity.parent_segment if is_subsegment else entity
    origin = segment.get_origin_trace_header()
    headers[http.XRAY_HEADER] = TraceHeader(
        root=entity.trace_id,
        parent=entity.id,
        sampled=entity.sampled,
        data=origin.data if origin else None,
    ).to_header_str()


def calculate_sampling_decision(
    trace_header: TraceHeader, recorder: Any, sampling_req: Dict[str, Any]
) -> Union[int, str, bool]:
    """
    Decide whether to sample a request.

    :param trace_header: the incoming header; its decision wins, unless it
        leaves it open with ``?``.
    :param recorder: asked whether sampling is on, and for its sampler.
    :param sampling_req: what rules match on: host, method, path, service.
    :returns: 1 or the name of the centralized rule to sample, 0 not to.
    """
    if trace_header.sampled is not None and trace_header.sampled != "?":
        return trace_header.sampled
    if not recorder.sampling:
        return 1
    return recorder.sampler.should_trace(sampling_req) or 0


def construct_xray_header(headers: Mapping[str, str]) -> TraceHeader:
    """
    Read the trace header of a request.

    :param headers: request headers or a WSGI environment.
    :returns: an empty trace header when there is none or it is malformed.
    """
    text = headers.get(http.XRAY_HEADER) or headers.get(http.ALT_XRAY_HEADER)
    return TraceHeader.from_header_str(text) if text else TraceHeader()


def calculate_segment_name(host_name: Optional[str], recorder: Any) -> str:
    """
    Return the name for the segment of a request.

    :param host_name: the requested host, for dynamic naming.
    :param recorder: holds the naming strategy and the service name.
    """
    if recorder.dynamic_naming:
        name: str = recorder.dynamic_naming.get_name(host_name)
    else:
        name = recorder.service
    return name


def prepare_response_header(origin_header: Optional[TraceHeader], segment: Any) -> str:
    """
    Build the trace header of a response.

    :param origin_header: the request's; the decision is told only to a caller
        that asked for it with ``Sampled=?``.
    :param segment: the segment of the request.
    """
    asked = origin_header is not None and origin_header.sampled == "?"
    answer = TraceHeader(root=segment.trace_id, sampled=segment.sampled if asked else None)
    return answer.to_header_str()


def to_snake_case(name: str) -> str:
    """Spell a camel case name in snake case: ``TableName`` as ``table_name``."""
    return _WORD_START.sub("_", name).lower()


def strip_url(url: Optional[Union[str, bytes]]) -> Optional[str]:
    """
    Cut from a URL what can carry secrets: user and password, query, fragment.

    :param url: a URL as text or bytes; empty or ``None`` comes back as it is.
    """
    if not url:
        return url  # type: ignore[return-value]
    return _engine.strip_url(url.decode("utf-8", "replace") if isinstance(url, bytes) else url)


def get_hostname(url: Optional[Union[str, bytes]]) -> str:
    """
    Return the host of a URL, ``UNKNOWN HOST`` when there is none.

    :param url: a URL as text or bytes.
    """
    if url is None:
        return UNKNOWN_HOSTNAME
    text = url.decode("utf-8", "replace") if isinstance(url, bytes) else url
    try:
        return urlsplit(text).hostname or UNKNOWN_HOSTNAME
    except ValueError:
        return UNKNOWN_HOSTNAME


def unwrap(obj: Any, attr: str) -> None:
    """
    Put back what a ``wrapt`` wrapper stands for; anything else is left alone.

    :param obj: a module, class or object.
    :param attr: the name of its attribute.
    """
    wrapt = sys.modules.get("wrapt")
    if wrapt is None:
        return
    wrapper = getattr(obj, attr, None)
    # wrapt 2 derives its function wrappers from BaseObjectProxy only.
    if isinstance(wrapper, getattr(wrapt, "BaseObjectProxy", wrapt.ObjectProxy)):
        setattr(obj, attr, wrapper.__wrapped__)
