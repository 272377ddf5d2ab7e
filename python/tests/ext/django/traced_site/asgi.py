"""What uvicorn serves."""

from django.core.asgi import get_asgi_application

application = get_asgi_application()

from .preload import preload  # noqa: E402, needs Django to be set up

preload()
