"""What the subsegments of AWS calls say."""

from __future__ import annotations

import logging

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.models import http
from aws_xray_sdk.ext.util import inject_trace_header, to_snake_case

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Mapping, Optional, Sequence

log = logging.getLogger(__name__)

# For each service the parameters that are recorded with every operation, and
# with some: first those of the request, after the arrow those of the answer.
# Written as Parameter, Parameter:recorded_as, #List:its_length, @Map:its_keys.
# None of them holds contents, such as items, messages and objects.
RECORDED_PARAMETERS: Mapping[str, Mapping[str, str]] = {
    "dynamodb": {
        "*": "TableName IndexName ConsistentRead ProjectionExpression Select Limit ScanIndexForward"
        " AttributesToGet Segment TotalSegments ExclusiveStartTableName ProvisionedThroughput"
        " GlobalSecondaryIndexes GlobalSecondaryIndexUpdates LocalSecondaryIndexes"
        " @RequestItems:table_names"
        " -> ConsumedCapacity ItemCollectionMetrics Count ScannedCount #TableNames:table_count",
        "UpdateTable": "AttributeDefinitions",
    },
    "lambda": {
        "*": "FunctionName InvocationType LogType Qualifier -> FunctionError Status StatusCode",
    },
    "runtime.sagemaker": {"*": "EndpointName"},
    "s3": {"*": "Bucket:bucket_name Key Prefix VersionId", "CopyObject": "Bucket CopySource"},
    "sns": {"*": "TopicArn"},
    "sqs": {
        "*": "QueueUrl QueueName QueueNamePrefix QueueOwnerAWSAccountId Label AttributeNames"
        " MessageAttributeNames MaxNumberOfMessages VisibilityTimeout WaitTimeSeconds DelaySeconds"
        " @MessageAttributes:message_attribute_names #Entries:message_count"
        " -> QueueUrl MessageId #Messages:message_count #QueueUrls:queue_count"
        " #Successful:successful_count #Failed:failed_count",
        "CreateQueue": "Attributes",
        "GetQueueAttributes": "-> Attributes",
        "SetQueueAttributes": "@Attributes:attribute_names",
    },
}


def inject_header(wrapped: Callable[..., Any], instance: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """
    Add the trace header to a request of botocore before it is prepared.

    :param wrapped: prepares the request, called with ``args`` and ``kwargs``.
    :param args: the request comes first.
    """
    subsegment = xray_recorder._peek()
    if getattr(subsegment, "namespace", None) == "aws":
        try:
            inject_trace_header(args[0].headers, subsegment)
        except Exception:
            log.warning("an AWS call goes out without a trace header", exc_info=True)
    return wrapped(*args, **kwargs)


def aws_meta_processor(
    wrapped: Callable[..., Any],
    instance: Any,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    return_value: Any,
    exception: Optional[BaseException],
    subsegment: Any,
    stack: Any,
) -> None:
    """
    Describe a call of a client, for :meth:`AWSXRayRecorder.record_subsegment`.

    :param instance: the client.
    :param args: the operation and its parameters, unless ``kwargs`` has them as
        ``operation_name`` and ``api_params``.
    """
    named = dict(zip(("operation_name", "api_params"), args), **kwargs)
    describe_call(
        subsegment,
        instance,
        named["operation_name"],
        named.get("api_params"),
        return_value,
        exception,
        stack,
    )


def describe_call(
    subsegment: Any,
    client: Any,
    operation: str,
    parameters: Optional[Mapping[str, Any]],
    answer: Optional[Mapping[str, Any]] = None,
    exception: Optional[BaseException] = None,
    stack: Any = None,
) -> None:
    """
    Fill the ``aws`` and ``http`` sections of a subsegment. Never raises.

    :param client: the client of botocore that was called.
    :param operation: the operation, such as ``GetItem``.
    :param parameters: what it was called with.
    :param answer: what it answered.
    :param exception: what it failed with.
    :param stack: where it failed.
    """
    try:
        aws: Dict[str, Any] = {"operation": operation, "region": client.meta.region_name}
        refusal = getattr(exception, "response", None)
        _describe_answer(subsegment, aws, answer or refusal)
        if exception is not None:
            # A service that answers has failed itself; else it was not reached.
            subsegment.add_exception(exception, stack, refusal is not None)
        _record_parameters(aws, subsegment.name, operation, parameters or {}, answer or {})
        subsegment.set_aws(aws)
    except Exception:
        log.warning("an AWS call is recorded without its details", exc_info=True)


def _describe_answer(subsegment: Any, aws: Dict[str, Any], answer: Any) -> None:
    metadata = answer.get("ResponseMetadata") if isinstance(answer, dict) else None
    if not metadata:
        return
    aws["request_id"] = metadata.get("RequestId")
    subsegment.put_http_meta(http.STATUS, metadata.get("HTTPStatusCode"))
    second_id = metadata.get("HTTPHeaders", {}).get("x-amz-id-2")
    if second_id:
        aws["id_2"] = second_id


def _record_parameters(
    aws: Dict[str, Any],
    service: str,
    operation: str,
    request: Mapping[str, Any],
    answer: Mapping[str, Any],
) -> None:
    operations = RECORDED_PARAMETERS.get(service, {})
    for text in (operations.get("*", ""), operations.get(operation, "")):
        of_request, _, of_answer = text.partition("->")
        for wanted, given in ((of_request, request), (of_answer, answer)):
            for parameter in wanted.split():
                _record_parameter(aws, parameter, given)


def _record_parameter(aws: Dict[str, Any], parameter: str, given: Mapping[str, Any]) -> None:
    kind = parameter[0] if parameter[0] in "#@" else ""
    name, _, recorded_as = parameter[len(kind) :].partition(":")
    if name not in given:
        return
    value = given[name]
    if kind == "#":
        value = len(value)
    elif kind == "@":
        value = list(value)
    aws[recorded_as or to_snake_case(name)] = value
