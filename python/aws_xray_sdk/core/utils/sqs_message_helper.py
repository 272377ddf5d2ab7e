"""Reading the trace header of messages that came from Amazon SQS."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping

SQS_XRAY_HEADER = "AWSTraceHeader"


class SqsMessageHelper:
    """Questions about one message of an SQS event."""

    @staticmethod
    def isSampled(sqs_message: Mapping[str, Any]) -> bool:
        """
        Tell whether the sender of a message sampled its trace.

        :param sqs_message: a message as Lambda passes it, with ``attributes``.
        """
        header = sqs_message["attributes"].get(SQS_XRAY_HEADER)
        return header is not None and "Sampled=1" in header
