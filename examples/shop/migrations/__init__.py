"""Database migrations of the shop."""
