"""A Flask request with one template, through the WSGI application."""

from typing import Any

from implementations.none import Implementation
from scenarios import django_request, protocol

TEMPLATE = "<h1>{{ name }}</h1>{% for item in others %}<li>{{ item }}</li>{% endfor %}"


def make_application(implementation: Implementation) -> Any:
    """A shop with one page."""
    implementation.instrument_flask()
    import flask
    from jinja2 import DictLoader

    application = flask.Flask(__name__)
    application.jinja_loader = DictLoader({"product.html": TEMPLATE})
    implementation.instrument_flask_application(application)

    @application.get("/products/<int:number>")
    def page(number: int) -> str:
        others = [f"product {other}" for other in range(3)]
        return flask.render_template("product.html", name=f"product {number - 1}", others=others)

    return application


def prepare(implementation: Implementation) -> protocol.Operation:
    return django_request.serve(make_application(implementation))


if __name__ == "__main__":
    protocol.send(prepare)
