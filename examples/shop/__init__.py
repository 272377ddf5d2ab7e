"""The web shop: a Django project with SQLite and templates."""
