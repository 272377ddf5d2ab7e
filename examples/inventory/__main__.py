"""Run the inventory: ``python -m inventory --port 8081``."""

import argparse

from aiohttp import web

from inventory.app import create_app


def main():
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="inventory", description="The inventory service.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8081, help="port to listen on (default: %(default)s)")
    arguments = parser.parse_args()
    web.run_app(create_app(), host=arguments.host, port=arguments.port, print=None)


if __name__ == "__main__":
    main()
