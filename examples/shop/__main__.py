"""Run the shop: ``python -m shop --port 8080``."""

import argparse
import os

import django
import uvicorn
from django.core.asgi import get_asgi_application
from django.core.management import call_command


def main():
    """Lay out the database, then serve until stopped."""
    parser = argparse.ArgumentParser(prog="shop", description="The web shop.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8080, help="port to listen on (default: %(default)s)")
    arguments = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
    django.setup()
    call_command("check", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("loaddata", "products", verbosity=0)
    uvicorn.run(get_asgi_application(), host=arguments.host, port=arguments.port, log_level="warning")


if __name__ == "__main__":
    main()
