"""A backend is away while documents arrive all the time, and the agent is killed and restarted meanwhile.

``FLUORO_OUTAGE_SECONDS`` says for how long, 6 by default.
"""

import collections
import contextlib
import http.server
import json
import os
import signal
import socket
import threading
import time

import pytest

OUTAGE_SECONDS = float(os.environ.get("FLUORO_OUTAGE_SECONDS", "6"))
DOCUMENTS_PER_SECOND = 200
PATIENCE_SECONDS = 120
KEYS = {
    "AWS_ACCESS_KEY_ID": "AKID",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}


class Backend(http.server.ThreadingHTTPServer):
    """Takes documents and counts them; while it is away, it hangs up on everyone."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.taken = collections.Counter()
        self.is_away = False


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.server.is_away:
            self.close_connection = True
            return
        if self.path == "/TraceSegments":
            self.server.taken.update(json.loads(body)["TraceSegmentDocuments"])
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


class Load:
    """Sends documents over UDP at a steady pace, with pauses."""

    def __init__(self):
        self.sent = []
        self.agent = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send_for(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(DOCUMENTS_PER_SECOND // 20):
                self.send_one()
            time.sleep(0.05)

    def send_one(self):
        number, now = len(self.sent) + 1, time.time()
        ids = f'"id":"{number:016x}","trace_id":"1-{int(now):08x}-{number:024x}"'
        times = f'"start_time":{now:.6f},"end_time":{now + 0.1:.6f}'
        document = f'{{"name":"shop", {ids},{times}, "metadata":{{"default":{{"text":"{"é" * 300}"}}}}}}'
        datagram = b'{"format":"json","version":1}\n' + document.encode()
        self.socket.sendto(datagram, ("127.0.0.1", self.agent.ports["udp"]))
        self.sent.append(document)

    def wait_until_kept(self, earlier):
        """Datagrams are not acknowledged: before an agent is replaced, it must have them all."""
        eventually(lambda: earlier + total(self.agent) == len(self.sent), "all documents to be kept")


@pytest.fixture
def backend():
    with Backend() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def eventually(ask, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if ask():
            return
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


def total(agent):
    [status] = agent.get("/api/agent")["Sinks"]
    return status["Sent"] + status["Pending"]


def kill(agent):
    agent.process.send_signal(signal.SIGKILL)
    agent.process.wait(PATIENCE_SECONDS)


def end(agent):
    assert agent.stop() == 0


def test_every_document_arrives_exactly_as_sent(backend, start_agent, tmp_path):
    flags = ("--forward=xray", "--region=eu-west-1", f"--aws-endpoint={backend.url}", "--local-mode=true")
    start = lambda: start_agent(*flags, data=tmp_path / "store", environment=KEYS)  # noqa: E731
    load = Load()
    with contextlib.closing(load.socket):
        load.agent = start()
        load.send_for(2)
        eventually(lambda: sum(backend.taken.values()) == len(load.sent), "the documents before the outage")
        before = len(load.sent)
        backend.is_away = True
        load.send_for(OUTAGE_SECONDS / 3)
        load.wait_until_kept(earlier=0)
        for replace in (kill, end):
            replace(load.agent)
            load.agent = start()
            load.send_for(OUTAGE_SECONDS / 3)
            # The counter of what was sent begins anew with each agent.
            load.wait_until_kept(earlier=before)
        assert sum(backend.taken.values()) == before, "the backend was away"
        backend.is_away = False
        load.send_for(2)
    eventually(lambda: len(backend.taken) == len(load.sent), "all documents")
    assert set(backend.taken) == set(load.sent)
    twice = sum(backend.taken.values()) - len(backend.taken)
    assert twice <= 8 * 50, "only what was on its way may come twice"
