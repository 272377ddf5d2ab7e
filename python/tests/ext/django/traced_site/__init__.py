"""The Django project that the tests send requests to."""
