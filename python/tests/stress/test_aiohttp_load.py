"""Thousands of aiohttp requests at once over real HTTP, their documents over real UDP: none lost, none mixed."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any, Iterator, List

import pytest

from support.daemon import FakeDaemon

# The program makes its AsyncContext at import, as the documentation shows it.
pytestmark = pytest.mark.improvement('sdk issues 203 and 417')

PROGRAM = (Path(__file__).parent / 'aiohttp_load.py').read_text(encoding='utf-8')

#: Linux only: a receive buffer beyond the limit of the system, for those who may.
SO_RCVBUFFORCE = 33
BUFFER_BYTES = 64 * 1024 * 1024


def widen(receiver: socket.socket) -> None:
    """Gives the socket room for everything a round sends, as far as the system lets it."""
    try:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)


def dropped_by_kernel(port: int) -> int:
    """How many datagrams to ``port`` the kernel threw away because the receive buffer was full."""
    rows = [line.split() for line in Path('/proc/net/udp').read_text(encoding='ascii').splitlines()[1:]]
    (drops,) = [int(row[-1]) for row in rows if row[1].endswith(f':{port:04X}')]
    return drops


@pytest.fixture
def wide_daemon() -> Iterator[FakeDaemon]:
    """A daemon with a receive buffer for thousands of documents."""
    with FakeDaemon() as daemon:
        widen(daemon._socket)
        yield daemon


def load(run_program: Any, daemon: FakeDaemon, concurrent: int, rounds: int, use_uvloop: str = 'no') -> List[int]:
    """Runs the program; resident bytes after each round."""
    completed = run_program(
        PROGRAM,
        timeout=280,
        AWS_XRAY_DAEMON_ADDRESS=daemon.address,
        CONCURRENT=str(concurrent),
        ROUNDS=str(rounds),
        USE_UVLOOP=use_uvloop,
    )
    assert dropped_by_kernel(daemon.port) == 0, 'the socket buffer was too small for this test'
    return json.loads(completed.stdout)


def expected_tree(number: str) -> List[str]:
    """One trace: the nested gathers of the first service around the call of the second."""
    branches = [
        line
        for name in ('a', 'b')
        for line in (f'  {name} {number}', f'    {name} {number}.0', f'    {name} {number}.1')
    ]
    called = [f'      {name}' for name in (f'back {number}.0', f'back {number}.1', f'thread {number}')]
    return ['service', *branches, '  call (remote)', '    service', *called]


@pytest.mark.parametrize('use_uvloop', ['no', 'yes'], ids=['asyncio', 'uvloop'])
def test_2000_concurrent_requests(run_program: Any, wide_daemon: FakeDaemon, use_uvloop: str) -> None:
    load(run_program, wide_daemon, concurrent=2000, rounds=1, use_uvloop=use_uvloop)
    roots = wide_daemon.traces()
    assert len(roots) == len({root.trace_id for root in roots}) == 2000
    assert sorted(int(root['annotations']['number']) for root in roots) == list(range(2000))
    for root in roots:
        number = root['annotations']['number']
        root.children.sort(key=lambda child: child.name)
        assert root.render().split('\n') == expected_tree(number)
        for node in root.walk():
            if 'annotations' in node.document and node is not root:
                assert node['annotations'] == {'leaf': node.name}


def test_memory_is_flat(run_program: Any, wide_daemon: FakeDaemon) -> None:
    rounds = load(run_program, wide_daemon, concurrent=200, rounds=12)
    settled, last = max(rounds[2:7]), max(rounds[-3:])
    # 200 requests hold ten thousand entities a round: a leak of one of them a request would be megabytes.
    assert last - settled < 1_000_000, f'resident bytes after each round: {rounds}'
    assert len(wide_daemon.documents()) == 200 * 12 * 2
