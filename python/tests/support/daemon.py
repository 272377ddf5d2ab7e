"""A daemon that listens on real UDP, for tests.

Sending to it is synchronous on the loopback interface and datagrams stay in order, so :meth:`FakeDaemon.documents`
posts a marker datagram to itself and returns once the marker came through: everything sent before is then read, and no
test has to sleep.
"""

from __future__ import annotations

import socket
import threading
import uuid
from typing import Any, Iterable, List, Optional, Set

from .documents import Document, InvalidTrace, Node, parse_document, read_traces

_HEADER = '{"format":"json","version":1}'
_DATAGRAM_LIMIT = 65_536
_RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024


class FakeDaemon:
    """Collects the datagrams sent to it until :meth:`close`.

    :param host: the address to listen on, IPv4 or IPv6.
    """

    def __init__(self, host: str = '127.0.0.1') -> None:
        family = socket.AF_INET6 if ':' in host else socket.AF_INET
        self.host = host
        #: Ids that other processes answer for, so that a subsegment may name them as its parent.
        self.external_parents: Set[str] = set()
        self._datagrams: List[bytes] = []
        self._arrived = threading.Condition()
        self._closing = False
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        self._socket.bind((host, 0))
        self._thread = threading.Thread(target=self._receive, name='fake-daemon', daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._socket.getsockname()[1]

    @property
    def address(self) -> str:
        """What goes into ``daemon_address``."""
        return f'[{self.host}]:{self.port}' if ':' in self.host else f'{self.host}:{self.port}'

    def datagrams(self, timeout: float = 10.0) -> List[bytes]:
        """Everything that was sent before this call, oldest first.

        :param timeout: seconds to wait for the marker.
        """
        marker = uuid.uuid4().bytes
        with socket.socket(self._socket.family, socket.SOCK_DGRAM) as sender:
            sender.sendto(marker, self._socket.getsockname())
        with self._arrived:
            if not self._arrived.wait_for(lambda: marker in self._datagrams, timeout):
                raise AssertionError(f'the marker did not come through in {timeout} s: datagrams were lost')
            self._datagrams.remove(marker)
            return list(self._datagrams)

    def documents(self) -> List[Document]:
        """The documents of everything that was sent before this call, oldest first."""
        return [_document(datagram) for datagram in self.datagrams()]

    def document(self) -> Document:
        """The only document that was sent."""
        (document,) = self.documents()
        return document

    def wait_for_documents(self, count: int, timeout: float = 10.0) -> List[Document]:
        """Waits until ``count`` documents arrived; needed only where another process or thread sends them.

        :param timeout: seconds to wait.
        """
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self._datagrams) >= count, timeout):
                raise AssertionError(f'{len(self._datagrams)} of {count} documents arrived in {timeout} s')
        return self.documents()

    def traces(self) -> List[Node]:
        """The documents so far, validated and joined into trees; the roots, oldest first."""
        return read_traces(self.documents(), self.external_parents)

    def trace(self) -> Node:
        """The root of the only tree."""
        roots = self.traces()
        if len(roots) != 1:
            raise InvalidTrace(f'{len(roots)} roots: {[root.name for root in roots]}')
        return roots[0]

    def clear(self) -> None:
        """Forgets everything that was sent before this call."""
        self.datagrams()
        with self._arrived:
            self._datagrams.clear()

    def close(self) -> None:
        """Stops listening; a further call changes nothing."""
        if self._closing:
            return
        self._closing = True
        with socket.socket(self._socket.family, socket.SOCK_DGRAM) as sender:
            sender.sendto(b'', self._socket.getsockname())
        self._thread.join(timeout=10)
        self._socket.close()

    def __enter__(self) -> FakeDaemon:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def _receive(self) -> None:
        while not self._closing:
            datagram = self._socket.recv(_DATAGRAM_LIMIT)
            with self._arrived:
                self._datagrams.append(datagram)
                self._arrived.notify_all()


def _document(datagram: bytes) -> Document:
    header, newline, body = datagram.decode('utf-8').partition('\n')
    if (header, newline) != (_HEADER, '\n'):
        raise InvalidTrace(f'a datagram starts with {header[:100]!r}')
    return parse_document(body)


def unused_udp_port(host: Optional[str] = '127.0.0.1') -> int:
    """A UDP port on which nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def names(nodes: Iterable[Node]) -> List[str]:
    """The names of ``nodes``, in order."""
    return [node.name for node in nodes]
