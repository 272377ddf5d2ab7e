"""A real HTTP server that answers with what it was asked, for tests of HTTP clients."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Tuple


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients here may leave whenever they want; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class EchoServer:
    """
    Answers on 127.0.0.1 until it is closed.

    ``/status/N`` answers with that status, ``/redirect/N`` redirects N times, ``/large`` sends 64 KB, ``/drop``
    closes the connection, anything else echoes the request's headers as JSON.
    """

    def __init__(self) -> None:
        #: The headers of every request, in order, names in lower case.
        self.requests: List[Dict[str, str]] = []
        #: Status, headers and body of the answers to come, before those that follow from the path.
        self.answers: List[Tuple[int, Dict[str, str], bytes]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                server.requests.append(headers)
                length = int(headers.get('content-length', 0))
                self.rfile.read(length)
                self._answer(self.path.partition('?')[0].strip('/').split('/'), headers)

            do_POST = do_PUT = do_HEAD = do_GET

            def _answer(self, parts: List[str], headers: Dict[str, str]) -> None:
                if server.answers:
                    return self._send(*server.answers.pop(0))
                if parts[0] == 'drop':
                    self.close_connection = True
                    return
                status, answer_headers = 200, {'Content-Type': 'application/json'}
                if parts[0] == 'status':
                    status = int(parts[1])
                if parts[0] == 'redirect':
                    left = int(parts[1]) - 1
                    status, answer_headers['Location'] = 302, f'/redirect/{left}' if left else '/done'
                echo = json.dumps(headers).encode()
                self._send(status, answer_headers, b'x' * 65536 if parts[0] == 'large' else echo)

            def _send(self, status: int, headers: Dict[str, str], body: bytes) -> None:
                self.send_response(status)
                for name, value in {**headers, 'Content-Length': str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != 'HEAD':
                    self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """The tests look at what arrived, not at a log."""

        self._server = _Server(('127.0.0.1', 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The TCP port."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The address, without a path."""
        return f'http://127.0.0.1:{self.port}'

    def trace_headers(self) -> List[Any]:
        """The trace header of every request, None where there was none."""
        return [headers.get('x-amzn-trace-id') for headers in self.requests]

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._thread.join(timeout=20)
        self._server.server_close()

    def __enter__(self) -> EchoServer:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
