"""Many requests at once: every document valid, every parent right, none mixed, none lost."""

from __future__ import annotations

import concurrent.futures
import gc
import threading
from collections import Counter
from pathlib import Path
from typing import Any, List

import pytest
import servers
from django.db import connections
from django.test import Client

from support.daemon import FakeDaemon
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


def test_memory_stays_flat(global_recorder: Any, lenient_daemon: FakeDaemon) -> None:
    # Nobody reads from the address, so nothing but what is kept by mistake can grow.
    global_recorder.configure(daemon_address=lenient_daemon.address)
    lenient_daemon.close()
    client = Client()

    def requests(count: int) -> int:
        for _ in range(count):
            assert client.get('/shelf/').status_code == 200
            list(client.get('/parts/').streaming_content)
        gc.collect()
        return _resident_kilobytes()

    before = requests(150)
    assert requests(600) - before < 2048


def _resident_kilobytes() -> int:
    status = Path('/proc/self/status').read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith('VmRSS:'))
