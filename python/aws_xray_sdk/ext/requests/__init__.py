"""requests: calls are subsegments."""

from .patch import patch

__all__ = ["patch"]
