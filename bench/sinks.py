"""Receivers for what the tracers send: a UDP daemon, an OTLP collector, a Datadog agent.

Each runs as a process of its own on the last core, prints ``{"port": …}`` once it listens, answers every line on
standard input with a JSON report of what arrived since its start, and ends with its standard input. Bodies are kept
as they come and counted only when a report is asked for, so that the receiver costs the sender as little as it can.
"""

import gzip
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

from entity_counts import count_datadog_spans, count_entities, count_otlp_spans

SO_RCVBUFFORCE = 33
RECEIVE_BUFFER = 64 * 1024 * 1024
POLL_SECONDS = 0.001
QUIET_SECONDS = 0.05


class Sink:
    """A running receiver, as the sender sees it."""

    def __init__(self, kind: str) -> None:
        """:param kind: ``xray``, ``otlp`` or ``datadog``"""
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port: int = self._read()["port"]

    def report(self) -> Dict[str, int]:
        """What arrived so far: ``messages``, ``entities``, ``bytes``, ``dropped``."""
        assert self._process.stdin is not None
        self._process.stdin.write("report\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End the receiver and wait for it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)

    def _read(self) -> Dict[str, int]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the sink ended before it answered")
        return json.loads(line)


class UdpReceiver:
    """The X-Ray daemon's side of the wire: one JSON document a datagram."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER)
        except PermissionError:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._datagrams: List[bytes] = []
        self._messages = self._entities = self._bytes = 0

    def serve(self) -> None:
        """Poll instead of block: a blocked reader's wake-up would be charged to the sender."""
        while True:
            if select.select([sys.stdin], [], [], 0)[0]:
                if not sys.stdin.readline():
                    return
                answer(self._report())
            self._drain()
            time.sleep(POLL_SECONDS)

    def _drain(self) -> bool:
        received = False
        while True:
            try:
                self._datagrams.append(self._socket.recv(65536))
            except BlockingIOError:
                return received
            received = True

    def _report(self) -> Dict[str, int]:
        self._drain()
        time.sleep(QUIET_SECONDS)
        while self._drain():
            time.sleep(QUIET_SECONDS)
        for datagram in self._datagrams:
            self._messages += 1
            self._bytes += len(datagram)
            self._entities += count_entities(json.loads(datagram.split(b"\n", 1)[1]))
        self._datagrams.clear()
        return {
            "messages": self._messages,
            "entities": self._entities,
            "bytes": self._bytes,
            "dropped": self._kernel_drops(),
        }

    def _kernel_drops(self) -> int:
        local = f":{self.port:04X}"
        for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[1].endswith(local):
                return int(columns[-1])
        raise RuntimeError("the sink's own socket is not in /proc/net/udp")


class HttpReceiver:
    """A collector or agent: keeps every body, answers what keeps the exporter content."""

    def __init__(self, path_ending: str, answer_body: bytes, count: Callable[[bytes], int]) -> None:
        """
        :param path_ending: requests to other paths are acknowledged and ignored
        :param answer_body: the body of each answer
        :param count: the number of spans in a request's body
        """
        self._count = count
        self._bodies: List[bytes] = []
        self._lock = threading.Lock()
        self._messages = self._entities = self._bytes = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = read_body(self)
                if self.path.endswith(path_ending):
                    with receiver._lock:
                        receiver._bodies.append(body)
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer_body)))
                self.end_headers()
                self.wfile.write(answer_body)

            do_PUT = do_GET = do_POST

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: standard output carries the reports."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]

    def serve(self) -> None:
        """Serve in threads, report from this one."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        for _ in sys.stdin:
            answer(self._report())

    def _report(self) -> Dict[str, int]:
        time.sleep(QUIET_SECONDS)
        with self._lock:
            bodies, self._bodies = self._bodies, []
        for body in bodies:
            self._messages += 1
            self._bytes += len(body)
            self._entities += self._count(body)
        return {"messages": self._messages, "entities": self._entities, "bytes": self._bytes, "dropped": 0}


def answer(report: Dict[str, int]) -> None:
    """Write one line for the sender."""
    print(json.dumps(report), flush=True)


def read_body(request: BaseHTTPRequestHandler) -> bytes:
    """A request's whole body, whichever way it is framed and packed."""
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        body = b"".join(chunks(request))
    else:
        body = request.rfile.read(int(request.headers.get("Content-Length", 0)))
    return gzip.decompress(body) if request.headers.get("Content-Encoding") == "gzip" else body


def chunks(request: BaseHTTPRequestHandler) -> Iterator[bytes]:
    """The chunks of a chunked body."""
    while True:
        size = int(request.rfile.readline().split(b";")[0], 16)
        chunk = request.rfile.read(size)
        request.rfile.readline()
        if not size:
            return
        yield chunk


RECEIVERS: Dict[str, Callable[[], Any]] = {
    "xray": UdpReceiver,
    "otlp": lambda: HttpReceiver("/v1/traces", b"", count_otlp_spans),
    "datadog": lambda: HttpReceiver("/v0.5/traces", b'{"rate_by_service": {}}', count_datadog_spans),
}

if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    receiver = RECEIVERS[sys.argv[1]]()
    answer({"port": receiver.port})
    receiver.serve()
