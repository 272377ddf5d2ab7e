"""Sending documents to the daemon or agent over UDP."""

from __future__ import annotations

from aws_xray_sdk._engine import UdpSender
from aws_xray_sdk.core._made_once import made_once
from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PROTOCOL_HEADER = '{"format":"json","version":1}'
PROTOCOL_DELIMITER = "\n"
DEFAULT_DAEMON_ADDRESS = "127.0.0.1:2000"


class UDPEmitter(UdpSender):
    """
    Sends each document as a datagram, at once and without ever blocking.

    Nothing is opened before the first document. A document over 64 kB is split
    or cut, so that its root always arrives. What cannot be sent is counted, see
    :meth:`statistics`, and logged once a minute.

    :param daemon_address: see :class:`~aws_xray_sdk.core.daemon_config.DaemonConfig`.
    """

    def __init__(self, daemon_address: str = DEFAULT_DAEMON_ADDRESS) -> None:
        self.set_daemon_address(daemon_address)

    def set_daemon_address(self, address: str) -> None:
        """
        Send to another place from now on.

        :raises InvalidDaemonAddressException: for an address that is none.
        """
        if not address:
            return
        config = DaemonConfig(address)
        self._ip, self._port = config.udp_ip, config.udp_port
        self._set_destination(self._ip, self._port)

    @property
    def ip(self) -> str:
        """Host that documents are sent to."""
        return self._ip

    @property
    def port(self) -> int:
        """UDP port that documents are sent to."""
        return self._port

    @made_once
    def _socket(self) -> Any:
        """For tools that look at it or put their own here: documents go through it from then on."""
        import socket
        import weakref

        family = socket.AF_INET6 if ":" in self._ip else socket.AF_INET
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.setblocking(False)
        weakref.finalize(self, made.close)
        return made

    def _parse_address(self, daemon_address: str) -> tuple[str, int]:
        host, separator, port = daemon_address.rpartition(":")
        if not separator or not port.isdigit():
            raise InvalidDaemonAddressException("the daemon address %r is not of the form host:port" % daemon_address)
        return host, int(port)
