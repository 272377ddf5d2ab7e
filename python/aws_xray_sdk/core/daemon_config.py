"""Where the X-Ray daemon or agent listens."""

from __future__ import annotations

import os

from .exceptions.exceptions import InvalidDaemonAddressException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

DAEMON_ADDRESS_KEY = "AWS_XRAY_DAEMON_ADDRESS"
DEFAULT_ADDRESS = "127.0.0.1:2000"


class DaemonConfig:
    """
    The UDP address for documents and the TCP address for sampling rules.

    Precedence: the environment variable ``AWS_XRAY_DAEMON_ADDRESS``, then the
    argument, then ``127.0.0.1:2000``.

    :param daemon_address: ``host:port`` for both, or
        ``tcp:host:port udp:host:port`` in either order; a host is a name, an
        IPv4 address or an IPv6 address in brackets.
    :raises InvalidDaemonAddressException: the address has another form; the
        message names it and where it came from.
    """

    def __init__(self, daemon_address: Optional[str] = DEFAULT_ADDRESS) -> None:
        # Imported here so that this module can be loaded on its own.
        from aws_xray_sdk._engine import parse_daemon_address

        address, origin = daemon_address, "daemon_address"
        if address is None:
            address = DEFAULT_ADDRESS
        if DAEMON_ADDRESS_KEY in os.environ:
            address, origin = os.environ[DAEMON_ADDRESS_KEY], DAEMON_ADDRESS_KEY
        try:
            parsed = parse_daemon_address(address)
        except (TypeError, ValueError) as error:
            raise InvalidDaemonAddressException(
                "Invalid daemon address %r in %s: %s" % (address, origin, error)
            ) from None
        self._udp_ip, self._udp_port, self._tcp_ip, self._tcp_port = parsed

    @property
    def udp_ip(self) -> str:
        """The host that receives documents."""
        return self._udp_ip

    @property
    def udp_port(self) -> int:
        """The port that receives documents."""
        return self._udp_port

    @property
    def tcp_ip(self) -> str:
        """The host that answers for sampling rules."""
        return self._tcp_ip

    @property
    def tcp_port(self) -> int:
        """The port that answers for sampling rules."""
        return self._tcp_port
