"""Many requests at once: every document valid, every parent right, none mixed, none lost."""

from __future__ import annotations

import concurrent.futures
import gc
import logging
import threading
from collections import Counter
from pathlib import Path
from typing import Any, List
from wsgiref.util import setup_testing_defaults

import pytest
import servers
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client

from support.daemon import FakeDaemon, unused_udp_port
from support.documents import Node

_THREADS = 32
_REQUESTS_PER_THREAD = 20
_WORKERS = 8
_REQUESTS = 800


def _check(traces: List[Node], count: int) -> None:
    assert len(traces) == count
    assert len({trace.trace_id for trace in traces}) == count
    for trace in traces:
        kinds = Counter('query' if 'sql' in child.document else child.name for child in trace.children)
        assert kinds == {'query': 3, 'shelf.html': 1}, trace.render()
        assert [child.name for child in trace.find('shelf.html').children] == ['book.html']


@pytest.mark.improvement('S1')
def test_threads_of_one_process(global_recorder: Any, daemon: FakeDaemon) -> None:
    together = threading.Barrier(_THREADS)

    def requests(number: int) -> None:
        client = Client()
        together.wait(30)
        try:
            for _ in range(_REQUESTS_PER_THREAD):
                assert client.get('/shelf/', HTTP_HOST='shop.example').status_code == 200
        finally:
            connections.close_all()

    with concurrent.futures.ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(requests, range(_THREADS)))
    _check(daemon.traces(), _THREADS * _REQUESTS_PER_THREAD)
    for trace in daemon.traces():
        queries = [child['sql']['sanitized_query'] for child in trace.children if 'sql' in child.document]
        assert [query.split('FROM')[0].strip() for query in queries] == [
            'SELECT COUNT(*) AS "__count"',
            'SELECT "traced_site_book"."id", "traced_site_book"."title"',
            'SELECT ?',
        ]


def test_workers_that_were_forked(daemon: FakeDaemon, tmp_path: Path) -> None:
    command = ['-m', 'gunicorn', '--preload', '--workers', str(_WORKERS), '--bind', '127.0.0.1:{port}']
    command += ['--log-level', 'warning', 'traced_site.wsgi']
    # Begins and sends a segment in the parent, so that everything there is to inherit is.
    with servers.running(tmp_path, daemon.address, *command, TRACED_SITE_PRELOAD='1') as server:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            answers = pool.map(lambda _: server.get('/shelf/', (('Host', 'shop.example'),)), range(_REQUESTS))
            assert Counter(status for status, _ in answers) == {200: _REQUESTS}
        daemon.wait_for_documents(_REQUESTS + 1, timeout=30)
    preload, *requests = daemon.traces()
    assert preload.name == 'preload'
    _check(requests, _REQUESTS)
    ids = [node.id for trace in requests for node in trace.walk()]
    assert len(ids) == len(set(ids))


def test_memory_stays_flat(global_recorder: Any, caplog: pytest.LogCaptureFixture) -> None:
    # Django logs each exception, and what is logged is kept for the report of the test.
    caplog.set_level(logging.CRITICAL, 'django.request')
    # Nobody listens there, so nothing but what is kept by mistake can grow.
    global_recorder.configure(daemon_address=f'127.0.0.1:{unused_udp_port()}')
    # Not the test client, which grows by a kilobyte with each request.
    application = get_wsgi_application()

    def requests(count: int) -> int:
        for _ in range(count):
            for path in ('/shelf/', '/parts/', '/missing/', '/broken/'):
                environment = {'PATH_INFO': path, 'HTTP_HOST': 'shop.example'}
                setup_testing_defaults(environment)
                response = application(environment, lambda status, headers: None)
                assert list(response)
                response.close()
        gc.collect()
        return _resident_kilobytes()

    before = requests(200)
    # A kilobyte kept for each request would be four times as much.
    assert requests(1000) - before < 1000


def _resident_kilobytes() -> int:
    status = Path('/proc/self/status').read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith('VmRSS:'))
