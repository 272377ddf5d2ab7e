"""X-Ray tracing for Python on a Rust engine, under the import name of the AWS X-Ray SDK."""

from .sdk_config import SDKConfig

global_sdk_config = SDKConfig()

__all__ = ["SDKConfig", "global_sdk_config"]
