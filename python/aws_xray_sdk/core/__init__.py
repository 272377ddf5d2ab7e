"""Record requests as segments and send them to an X-Ray daemon or agent."""

from aws_xray_sdk import global_sdk_config
from aws_xray_sdk._engine import set_enabled

from ._submodules import on_demand
from .async_recorder import AsyncAWSXRayRecorder
from .patcher import patch, patch_all
from .recorder import AWSXRayRecorder

global_sdk_config._on_change.append(set_enabled)

TYPE_CHECKING = False
if not TYPE_CHECKING:  # a type checker would take any name for a module
    __getattr__ = on_demand(__name__, "plugins")

xray_recorder = AsyncAWSXRayRecorder()

__all__ = [
    "AWSXRayRecorder",
    "patch",
    "patch_all",
    "xray_recorder",
]
