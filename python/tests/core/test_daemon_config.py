"""Addresses of the daemon: every form that is understood, and the ones that are refused by name."""

from __future__ import annotations

import pytest

from aws_xray_sdk.core.daemon_config import DaemonConfig
from aws_xray_sdk.core.exceptions.exceptions import InvalidDaemonAddressException


def parts(config):
    """The four parts of an address."""
    return config.udp_ip, config.udp_port, config.tcp_ip, config.tcp_port


@pytest.mark.parametrize(
    ('address', 'expected'),
    [
        (None, ('127.0.0.1', 2000, '127.0.0.1', 2000)),
        ('127.0.0.2:3000', ('127.0.0.2', 3000, '127.0.0.2', 3000)),
        ('xray.example.internal:3000', ('xray.example.internal', 3000, 'xray.example.internal', 3000)),
        ('tcp:127.0.0.1:2000 udp:127.0.0.2:2001', ('127.0.0.2', 2001, '127.0.0.1', 2000)),
        ('udp:127.0.0.2:2001 tcp:127.0.0.1:2000', ('127.0.0.2', 2001, '127.0.0.1', 2000)),
        pytest.param('[::1]:3000', ('::1', 3000, '::1', 3000), marks=pytest.mark.improvement('D21')),
        pytest.param(
            'tcp:[::1]:2000 udp:[fe80::2]:2001',
            ('fe80::2', 2001, '::1', 2000),
            marks=pytest.mark.improvement('D21'),
        ),
        pytest.param(
            '  tcp:127.0.0.1:2000   udp:127.0.0.2:2001 ',
            ('127.0.0.2', 2001, '127.0.0.1', 2000),
            marks=pytest.mark.improvement('spaces'),
        ),
    ],
)
def test_understood(address, expected):
    assert parts(DaemonConfig(address)) == expected


def test_default():
    assert parts(DaemonConfig()) == ('127.0.0.1', 2000, '127.0.0.1', 2000)


@pytest.mark.parametrize(
    'address',
    [
        'localhost',
        '127.0.0.1:port',
        '127.0.0.1',
        'tcp:127.0.0.1:2000 127.0.0.2:2001',
        'tcp:127.0.0.1:2000 tcp:127.0.0.2:2001',
        'udp:127.0.0.1:2000 udp:127.0.0.2:2001',
        'tcp:127.0.0.1:2000 udp:127.0.0.2',
        'a b c',
        'tcp:localhost udp:localhost',
        pytest.param('127.0.0.1:70000', marks=pytest.mark.improvement('range of ports')),
        pytest.param('127.0.0.1:-1', marks=pytest.mark.improvement('range of ports')),
        pytest.param(':2000', marks=pytest.mark.improvement('empty host')),
    ],
)
def test_refused_by_name(address):
    with pytest.raises(InvalidDaemonAddressException) as caught:
        DaemonConfig(address)
    assert address in str(caught.value)


def test_the_environment_wins(monkeypatch):
    monkeypatch.setenv('AWS_XRAY_DAEMON_ADDRESS', '127.0.0.9:9000')
    assert parts(DaemonConfig('127.0.0.2:3000')) == ('127.0.0.9', 9000, '127.0.0.9', 9000)
    assert parts(DaemonConfig()) == ('127.0.0.9', 9000, '127.0.0.9', 9000)
