"""The standard library's HTTP client: requests are subsegments."""

from .patch import add_ignored, patch, reset_ignored, unpatch

__all__ = ["add_ignored", "patch", "reset_ignored", "unpatch"]
