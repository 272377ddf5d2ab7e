"""Web servers in processes of their own that run the test project."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, Iterator, Tuple

import aws_xray_sdk

_HERE = Path(__file__).resolve().parent
_START_SECONDS = 30
_STOP_SECONDS = 20


class Server:
    """A running server.

    :param port: where it listens on the loopback interface.
    :param log: what it prints.
    """

    def __init__(self, port: int, log: Path) -> None:
        self.port = port
        self.log = log

    def get(self, path: str, headers: Tuple[Tuple[str, str], ...] = ()) -> Tuple[int, bytes]:
        """Sends a GET request with these headers and no others; returns status and body."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        try:
            connection.putrequest('GET', path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()


@contextlib.contextmanager
def running(directory: Path, daemon_address: str, *arguments: str, **environment: str) -> Iterator[Server]:
    """Runs ``python arguments...`` with the test project; ``{port}`` stands for a free port.

    :param directory: for databases and the log.
    """
    port, log = _free_port(), directory / 'server.log'
    inherited: Dict[str, str] = {
        **os.environ,
        'DJANGO_SETTINGS_MODULE': 'traced_site.settings',
        'TRACED_SITE_DATABASES': str(directory),
        'PYTHONPATH': os.pathsep.join([str(Path(aws_xray_sdk.__file__).parents[1]), str(_HERE)]),
        'PYTHONUNBUFFERED': '1',
        'AWS_XRAY_DAEMON_ADDRESS': daemon_address,
        **environment,
    }
    with log.open('wb') as output:
        # A group of its own, because some servers have children.
        process = subprocess.Popen(
            [sys.executable, *(argument.format(port=port) for argument in arguments)],
            env=inherited,
            cwd=directory,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait_until_it_listens(port, process, log)
        yield Server(port, log)
    finally:
        _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def _wait_until_it_listens(port: int, process: 'subprocess.Popen[bytes]', log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=1):
            return
        if process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f'the server does not listen:\n{log.read_text()[-4000:]}')
        time.sleep(0.05)


def _stop(process: 'subprocess.Popen[bytes]') -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(_STOP_SECONDS)
