"""What uvicorn serves."""

from django.core.asgi import get_asgi_application

from . import wsgi

__all__ = ['application']

application = get_asgi_application() if wsgi.application else None
