"""A Django request with three SQLite queries and one template, through the WSGI handler."""

import io
from typing import Any

from implementations.none import Implementation
from scenarios import protocol

TEMPLATE = "<h1>{{ product.name }}</h1>{% for item in others %}<li>{{ item.name }}</li>{% endfor %}{{ count }}"


def make_application(implementation: Implementation) -> Any:
    """A shop with one page, all of it in this file and in memory."""
    import django
    from django.conf import settings

    added = implementation.django_settings()
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "CONN_MAX_AGE": None}},
        INSTALLED_APPS=added.pop("INSTALLED_APPS", []),
        LOGGING_CONFIG=None,
        MIDDLEWARE=added.pop("MIDDLEWARE", []),
        SECRET_KEY="bench",
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"product.html": TEMPLATE})]},
            }
        ],
        USE_TZ=True,
        **added,
    )
    implementation.instrument_django()
    django.setup()

    from django.core.wsgi import get_wsgi_application
    from django.db import connection, models
    from django.shortcuts import render
    from django.urls import path

    class Product(models.Model):
        """What the shop sells."""

        name = models.CharField(max_length=40)

        class Meta:
            app_label = "shop"

    def page(request: Any, number: int) -> Any:
        product = Product.objects.get(pk=number)
        others = list(Product.objects.exclude(pk=number)[:3])
        return render(
            request,
            "product.html",
            {
                "product": product,
                "others": others,
                "count": Product.objects.count(),
            },
        )

    settings.ROOT_URLCONF = (path("products/<int:number>", page),)
    with connection.schema_editor() as editor:
        editor.create_model(Product)
    Product.objects.bulk_create([Product(name=f"product {number}") for number in range(10)])
    return get_wsgi_application()


def environ() -> "dict[str, Any]":
    """What a WSGI server hands over for one request."""
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/products/3",
        "QUERY_STRING": "",
        "SERVER_NAME": "shop.example",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "shop.example",
        "HTTP_USER_AGENT": "bench/1.0",
        "HTTP_ACCEPT": "text/html",
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def serve(application: Any) -> protocol.Operation:
    """Requests as a WSGI server makes them: call, read the body, close."""
    statuses = []

    def start_response(status: str, headers: Any, exception: Any = None) -> None:
        statuses.append(status)

    def run(count: int) -> None:
        for _ in range(count):
            body = application(environ(), start_response)
            content = b"".join(body)
            close = getattr(body, "close", None)
            if close is not None:
                close()
        assert set(statuses) == {"200 OK"} and b"<h1>product 2</h1>" in content, (statuses[-1], content)
        statuses.clear()

    return run


def prepare(implementation: Implementation) -> protocol.Operation:
    return serve(make_application(implementation))


if __name__ == "__main__":
    protocol.send(prepare)
