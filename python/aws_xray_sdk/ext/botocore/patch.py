"""Patches the clients of botocore: one subsegment for each operation, retries included."""

from __future__ import annotations

from botocore.client import BaseClient
from botocore.endpoint import Endpoint

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core._request import begin_quietly, end_query
from aws_xray_sdk.core.utils.stacktrace import get_stacktrace

from .._wrapping import wrap_method
from ..boto_utils import describe_call, inject_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

# What asks how to sample, or sends traces, is no work of the application.
_OWN_OPERATIONS = frozenset(("GetSamplingRules", "GetSamplingTargets", "PutTraceSegments"))


def patch() -> None:
    """Record the operations of every client; a further call changes nothing."""
    wrap_method(BaseClient, "_make_api_call", _make_api_call)
    wrap_method(Endpoint, "prepare_request", _prepare_request)


def _make_api_call(original: Callable[..., Any]) -> Callable[..., Any]:
    def make_api_call(self: Any, operation_name: str, api_params: Any) -> Any:
        service = self._service_model.metadata["endpointPrefix"]
        if service == "xray" and operation_name in _OWN_OPERATIONS:
            return original(self, operation_name, api_params)
        subsegment = begin_quietly(xray_recorder, service)
        if subsegment is None:
            return original(self, operation_name, api_params)
        subsegment.namespace = "aws"
        try:
            answer = original(self, operation_name, api_params)
        except BaseException as error:
            stack = get_stacktrace(limit=xray_recorder.max_trace_back)
            describe_call(subsegment, self, operation_name, api_params, exception=error, stack=stack)
            end_query(xray_recorder, subsegment)
            raise
        describe_call(subsegment, self, operation_name, api_params, answer)
        end_query(xray_recorder, subsegment)
        return answer

    return make_api_call


def _prepare_request(original: Callable[..., Any]) -> Callable[..., Any]:
    def prepare_request(self: Any, *args: Any, **kwargs: Any) -> Any:
        return inject_header(original.__get__(self), self, args, kwargs)

    return prepare_request
