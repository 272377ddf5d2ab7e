"""botocore, and boto3 on top of it: calls of AWS services are subsegments."""

from .patch import patch

__all__ = ["patch"]
