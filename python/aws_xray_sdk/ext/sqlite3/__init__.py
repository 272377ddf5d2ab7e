"""sqlite3: queries are subsegments."""

from .patch import patch

__all__ = ["patch"]
