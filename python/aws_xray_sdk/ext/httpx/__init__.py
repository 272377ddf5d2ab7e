"""httpx: requests are subsegments, with the synchronous and the asynchronous client."""

from .patch import patch

__all__ = ["patch"]
