"""Run pricing: ``python -m pricing --port 8082``."""

import argparse

from pricing.app import app


def main():
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="pricing", description="The pricing service.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8082, help="port to listen on (default: %(default)s)")
    arguments = parser.parse_args()
    app.run(host=arguments.host, port=arguments.port, threaded=True)


if __name__ == "__main__":
    main()
