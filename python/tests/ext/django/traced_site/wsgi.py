"""What gunicorn serves."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from .preload import preload  # noqa: E402, needs Django to be set up

preload()
